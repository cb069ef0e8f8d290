// DEBUG LISTPACK, QUICKLIST and QUICKLIST-PACKED-THRESHOLD: the bytes behind small collections and lists, on stdout.
#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "01_resp_server/commands/debug_commands.h"
#include "01_resp_server/commands/subcommand_error.h"
#include "02_data_types/commands/list_commands.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::db {

namespace {

using namespace resp;

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

std::string describe(const Listpack& listpack) {
  std::string out = fmt::format("{{total bytes {}}} {{num entries {}}}\n", listpack.total_bytes(), listpack.count());
  size_t index = 0;
  for (auto at = listpack.first(); at != Listpack::kNone; at = listpack.next(at), index++) {
    constexpr size_t kShown = 40;
    Element element = listpack.get(at);
    Element::Digits digits;
    std::string_view text = element.as_text(digits);
    size_t bytes = listpack.element_bytes(at);
    auto start = reinterpret_cast<const char*>(listpack.bytes().data() + at);
    out += fmt::format("{{index: {}, offset: {}, bytes: {} [{}{}], {} {}{}}}\n", index, at, bytes,
                       hex({start, std::min(bytes, kShown)}), bytes > kShown ? "..." : "",
                       element.is_number ? "[int]" : "[str]", quote(text.substr(0, kShown)),
                       text.size() > kShown ? "..." : "");
  }
  return out + "{end}\n";
}

std::string describe(const QuickList& list, bool with_elements) {
  std::string out = fmt::format("{{count : {}}}\n{{len : {}}}\n{{fill : {}}}\n{{compress : {}}}\n", list.size(),
                                list.node_count(), list.fill(), list.depth());
  NodeReader reader;
  size_t number = 0;
  for (const QuickListNode* node = list.head(); node != nullptr; node = node->next) {
    out += fmt::format("{{quicklist node({})\n{{container : {}, encoding: {}, size: {}, count: {}}}\n", number++,
                       node->is_plain() ? "PLAIN" : "PACKED", node->is_compressed() ? "LZF" : "RAW", node->size(),
                       node->count());
    if (with_elements && node->is_plain()) {
      auto bytes = reader.open(*node);
      out += fmt::format("{{ entry : {} }}\n", quote({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
    } else if (with_elements) {
      out += fmt::format("{{ listpack:\n{}}}\n", describe(reader.listpack(*node)));
    }
    out += "}\n";
  }
  return out;
}

// The value that DEBUG is asked about, with an encoding of this name; nothing after an error.
Ref debugged(Client& client, Args args, std::string_view encoding, std::string_view error) {
  Ref ref = database_of(client).peek(args[2]);
  if (!ref) {
    client.reply.error(kNoSuchKeyError);
  } else if (keyspace_of(client).types.of(*ref).encoding_name(*ref) != encoding) {
    client.reply.error(error);
  } else {
    return ref;
  }
  return {};
}

void debug_listpack(Client& client, Args args) {
  Ref ref = debugged(client, args, "listpack", "ERR Not a listpack encoded object.");
  if (!ref) return;
  print(describe(Listpack(ref->pointer<uint8_t>())));
  client.reply.simple("Listpack structure printed on stdout");
}

void debug_quicklist(Client& client, Args args) {
  if (args.size() > 4) {
    reply_bad_subcommand(client, args);
    return;
  }
  Ref ref = debugged(client, args, "quicklist", "ERR Not a quicklist encoded object.");
  if (!ref) return;
  print(describe(list_of(*ref), args.size() == 4 && args[3] != "0"));
  client.reply.simple("Quicklist structure printed on stdout");
}

void debug_packed_threshold(Client& client, Args args) {
  constexpr uint64_t kMost = (1ull << 32) - (1ull << 20);
  uint64_t bytes = 0;
  if (!parse_memory(args[2], &bytes) || bytes > kMost) {
    client.reply.error("ERR argument must be a memory value bigger than 1 and smaller than 4gb");
    return;
  }
  QuickList::set_plain_bytes(bytes == 0 ? QuickList::kDefaultPlainBytes : bytes);
  client.reply.ok();
}

}  // namespace

void install_list_debug(Server& server) {
  auto& debug = server.get<DebugCommands>();
  debug.add("quicklist-packed-threshold", 3, debug_packed_threshold,
            {"QUICKLIST-PACKED-THRESHOLD <size>",
             "    List elements of this size and more get a node of their own that is not packed.",
             "    1gb by default and at most; 0 restores that."});
  debug.add("listpack", 3, debug_listpack,
            {"LISTPACK <key>", "    Print the elements of the listpack at <key> with their bytes."});
  debug.add("quicklist", -3, debug_quicklist,
            {"QUICKLIST <key> [<0|1>]", "    Print the nodes of the list at <key>; with 1, their elements too."});
}

}  // namespace strata::db
