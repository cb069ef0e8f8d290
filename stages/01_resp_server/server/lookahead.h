// A look at the commands that wait behind the one that is about to run, to fetch their keys' memory in time.
//
// A lookup in a large keyspace is two or three cache misses of about 100 ns each, as much as all other work for the
// command. In a pipeline they can overlap: before the first command runs, the keys of those behind it are found in the
// input and announced to the keyspace, which prefetches their buckets, then their entries. Where a command looks up a
// member in a large value, that lookup is announced as well.
//
// The look is a hint: it changes nothing, stops at the first byte that is not plain multibulk, and may be wrong.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace strata::resp {

class Client;
class CommandTable;

// What a command is going to look up.
struct Lookup {
  std::string_view key;
  std::string_view member = {};  // in the key's value; empty: nothing
};

// What the keyspace does with the hint.
class KeyPrefetcher {
 public:
  virtual bool worthwhile(const Client& client) const = 0;  // false: do not even look
  virtual void prefetch(const Client& client, std::span<const Lookup> lookups) = 0;

 protected:
  ~KeyPrefetcher() = default;
};

class Lookahead {
 public:
  static constexpr size_t kCommands = 64;  // looked at in one go
  static constexpr size_t kKeys = 128;

  explicit Lookahead(const CommandTable& commands) : commands_(commands) {}

  // What up to kCommands whole commands at the start of `input` look up; the number of commands is in commands().
  std::span<const Lookup> lookups_in(std::string_view input);
  size_t commands() const { return count_; }

 private:
  bool take_command(const char*& p, const char* end);

  const CommandTable& commands_;
  std::vector<std::string_view> args_;
  std::vector<Lookup> lookups_;
  size_t count_ = 0;
};

}  // namespace strata::resp
