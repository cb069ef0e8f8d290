// A command is described by data: name, arity, flags, where its keys are, documentation, handler.
//
// One CommandSpec serves the dispatcher (arity, flags, gates), COMMAND INFO / DOCS / GETKEYS, the statistics of INFO
// and, in later stages, routing by key positions. Subcommands (CONFIG GET) are CommandSpecs too, held by their
// container. Specs are handed to CommandTable::add once, at install time, and never move afterwards.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace strata::resp {

class Client;
class Server;

// The arguments of one command, name first. The views are valid until the handler returns.
using Args = std::span<const std::string_view>;
using Handler = void (*)(Client&, Args);

// What a command does, as COMMAND INFO names it.
enum CommandFlag : uint64_t {
  kWrite = 1ull << 0,
  kReadOnly = 1ull << 1,
  kDenyOom = 1ull << 2,
  kAdmin = 1ull << 3,
  kPubsub = 1ull << 4,
  kNoScript = 1ull << 5,
  kBlocking = 1ull << 6,
  kLoading = 1ull << 7,
  kStale = 1ull << 8,
  kSkipMonitor = 1ull << 9,
  kSkipSlowlog = 1ull << 10,
  kAsking = 1ull << 11,
  kFast = 1ull << 12,
  kNoAuth = 1ull << 13,
  kMayReplicate = 1ull << 14,
  kNoAsyncLoading = 1ull << 15,
  kNoMulti = 1ull << 16,
  kMovableKeys = 1ull << 17,  // derived from the key specs: a fixed first/last/step triple cannot name all keys
  kAllowBusy = 1ull << 18,
  kOnlySentinel = 1ull << 19,
  kNoMandatoryKeys = 1ull << 20,
  kProtected = 1ull << 21,  // behind an option such as enable-debug-command; not shown by COMMAND
};

// ACL category bits beyond those that follow from flags and group (see commands/command_categories.cpp).
enum AclCategory : uint64_t {
  kCatKeyspace = 1ull << 0,
  kCatRead = 1ull << 1,
  kCatWrite = 1ull << 2,
  kCatSet = 1ull << 3,
  kCatSortedSet = 1ull << 4,
  kCatList = 1ull << 5,
  kCatHash = 1ull << 6,
  kCatString = 1ull << 7,
  kCatBitmap = 1ull << 8,
  kCatHyperLogLog = 1ull << 9,
  kCatGeo = 1ull << 10,
  kCatStream = 1ull << 11,
  kCatPubsub = 1ull << 12,
  kCatAdmin = 1ull << 13,
  kCatFast = 1ull << 14,
  kCatSlow = 1ull << 15,
  kCatBlocking = 1ull << 16,
  kCatDangerous = 1ull << 17,
  kCatConnection = 1ull << 18,
  kCatTransaction = 1ull << 19,
  kCatScripting = 1ull << 20,
};

// How a command uses the keys that a KeySpec finds.
enum KeyFlag : uint32_t {
  kKeyRO = 1u << 0,
  kKeyRW = 1u << 1,
  kKeyOW = 1u << 2,
  kKeyRM = 1u << 3,  // exactly one of these
  kKeyAccess = 1u << 4,
  kKeyUpdate = 1u << 5,
  kKeyInsert = 1u << 6,
  kKeyDelete = 1u << 7,
  kKeyNotKey = 1u << 8,
  kKeyIncomplete = 1u << 9,
  kKeyVariableFlags = 1u << 10,
};

// Where some of a command's keys are: a start (an index, or the argument after a keyword) and how to go on from there.
struct KeySpec {
  enum class Begin : uint8_t { kUnknown, kIndex, kKeyword };
  enum class Find : uint8_t { kUnknown, kRange, kKeyNum };

  uint32_t flags = 0;
  Begin begin = Begin::kIndex;
  int index = 1;                  // kIndex: position of the first key
  std::string_view keyword = {};  // kKeyword: the token; `index` is where the search starts (negative: backwards)
  Find find = Find::kRange;
  int last = 0;          // kRange: relative to the first key; negative counts from the end (-1: last argument)
  int step = 1;          // distance between keys
  int limit = 0;         // kRange with last == -1: 2 means half of the arguments, 0/1 all
  int keynum_index = 0;  // kKeyNum: where the number of keys stands, relative to the start
  int first_key = 1;     // kKeyNum: where the first key stands, relative to the start
  std::string_view notes = {};
};

// One key at `index`.
constexpr KeySpec key_at(int index, uint32_t flags) { return KeySpec{.flags = flags, .index = index}; }
// Keys from `index` to `last` (negative: counted from the end of the command), every `step` arguments.
constexpr KeySpec keys_in_range(int index, int last, int step, uint32_t flags) {
  return KeySpec{.flags = flags, .index = index, .last = last, .step = step};
}

// A key in a command line: its position and what the command does with it (KeyFlag bits).
struct FoundKey {
  int index;
  uint32_t flags;
};

// What COMMAND DOCS and the handbook tell of a command. `syntax` is the argument grammar described in
// commands/syntax.h; texts are one sentence without a full stop.
struct CommandDoc {
  std::string_view summary = {};
  std::string_view since = {};
  std::string_view group = {};
  std::string_view complexity = {};
  std::string_view syntax = {};
  std::string_view deprecated_since = {};
  std::string_view replaced_by = {};
  std::vector<std::pair<std::string_view, std::string_view>> history = {};  // (version, what changed)
  bool syscmd = false;                                                      // doc flag "syscmd"
};

struct CommandStats {
  uint64_t calls = 0;
  uint64_t nsec = 0;
  uint64_t rejected_calls = 0;  // refused before running: arity, gates
  uint64_t failed_calls = 0;    // ran and answered an error
};

class LatencyHistogram;

struct CommandSpec {
  std::string_view name = {};  // lower case; of a subcommand, its own word only
  int arity = 0;               // with the name counted; negative: at least -arity
  uint64_t flags = 0;
  uint64_t categories = 0;
  std::vector<KeySpec> keys = {};
  std::vector<std::string_view> tips = {};
  int member = 0;  // the argument that is looked up in the first key's value, if there is one: for lookahead.h
  Handler run = nullptr;
  std::vector<CommandSpec> subcommands = {};
  // Finds the keys where KeySpecs cannot: positions that depend on the syntax (SORT's STORE), flags that do (SET's GET).
  // Asked when a spec has kKeyVariableFlags or does not match; false on a syntax error.
  bool (*find_keys)(Args, std::vector<FoundKey>&) = nullptr;
  // What an error begins with when the command is refused before it runs, in place of "ERR " (EXEC: EXECABORT).
  std::string_view refusal = {};

  // Filled in by CommandTable::add.
  std::string full_name = {};  // "config|get"
  const CommandSpec* parent = nullptr;
  const CommandDoc* doc = nullptr;
  bool removed = false;  // renamed to nothing by the configuration
  uint64_t gates = 0;    // the gates that concern this command, as bits (see gates.h)
  mutable CommandStats stats = {};
  mutable std::shared_ptr<LatencyHistogram> latency = {};  // allocated at the first call

  bool is(uint64_t flag) const { return (flags & flag) != 0; }
  bool is_container() const { return !subcommands.empty(); }
  bool accepts(size_t argc) const {
    return arity >= 0 ? argc == static_cast<size_t>(arity) : argc >= static_cast<size_t>(-arity);
  }
  const CommandSpec* subcommand(std::string_view word) const;  // case-insensitive; nullptr when there is none
};

}  // namespace strata::resp
