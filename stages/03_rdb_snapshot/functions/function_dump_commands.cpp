// FUNCTION DUMP and FUNCTION RESTORE: all libraries as one payload, which ends like that of DUMP (dump_payload.h).
#include "01_resp_server/commands/docs/docs.h"
#include "01_resp_server/commands/support.h"
#include "03_rdb_snapshot/bytes/byte_sink.h"
#include "03_rdb_snapshot/dump/dump_payload.h"
#include "03_rdb_snapshot/families.h"
#include "03_rdb_snapshot/format/opcodes.h"
#include "03_rdb_snapshot/functions/function_codec.h"
#include "03_rdb_snapshot/rdb_options.h"

namespace strata::rdb {

using namespace resp;

namespace {

enum class Policy : uint8_t { kFlush, kAppend, kReplace };

script::FunctionEngine& engine_of(Client& client) { return client.server.get<script::FunctionEngine>(); }

void function_dump_command(Client& client, Args) {
  MemorySink sink;
  RdbWriter out(sink, {.compress = client.server.get<RdbOptions>().compression, .checksum = false});
  save_functions(engine_of(client).set, out);
  (void)out.flush();
  client.reply.bulk(sealed_payload(std::move(sink.bytes())));
}

bool read_policy(Client& client, Args args, Policy* out) {
  *out = Policy::kAppend;
  if (args.size() == 3) return true;
  if (equals_nocase(args[3], "flush")) {
    *out = Policy::kFlush;
  } else if (equals_nocase(args[3], "replace")) {
    *out = Policy::kReplace;
  } else if (!equals_nocase(args[3], "append")) {
    client.reply.error("ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.");
    return false;
  }
  return true;
}

// The libraries of a payload, made aside: nothing changes unless all of them can be loaded.
Status read_libraries(script::FunctionEngine& engine, std::string_view payload, script::LibrarySet* out) {
  RdbReader in(payload, false);
  while (!in.at_end()) {
    uint8_t opcode = 0;
    std::string code;
    if (!in.byte(&opcode)) return Status::error(std::string("failed loading functions from the payload"));
    if (opcode != kFunction2) return Status::error(std::string("given type is not a function"));
    if (!in.string_into(&code)) return Status::error(std::string("Failed loading library data"));
    auto library = engine.compile(code, true);
    if (!library) return library.status();
    if (Status added = out->add(std::move(*library), false); !added.ok()) return added;
  }
  return {};
}

// FUNCTION RESTORE payload [FLUSH | APPEND | REPLACE]
// [task 3.14] Take the libraries of a payload in, all or none.
void function_restore_command(Client& client, Args args) {
  if (args.size() > 4) {
    client.reply.error("ERR unknown subcommand or wrong number of arguments for 'restore'. Try FUNCTION HELP.");
    return;
  }
  Policy policy = Policy::kAppend;
  std::string_view payload;
  if (!read_policy(client, args, &policy)) return;
  if (!check_payload(args[2], true, &payload)) {
    client.reply.error("ERR DUMP payload version or checksum are wrong");
    return;
  }
  script::FunctionEngine& engine = engine_of(client);
  script::LibrarySet libraries;
  Status status = read_libraries(engine, payload, &libraries);
  if (status.ok()) {
    if (policy == Policy::kFlush) {
      engine.set = std::move(libraries);
    } else {
      status = engine.set.join(std::move(libraries), policy == Policy::kReplace);
    }
  }
  if (!status.ok()) {
    client.reply.error("ERR " + status.message());
    return;
  }
  keyspace_of(client).effects.dirty++;
  client.reply.ok();
}

}  // namespace

void install_function_dump(Server& server) {
  server.commands.add_subcommand("function",
                                 {.name = "dump", .arity = 2, .flags = kNoScript, .run = function_dump_command});
  server.commands.add_subcommand("function", {.name = "restore",
                                              .arity = -3,
                                              .flags = kWrite | kDenyOom | kNoScript,
                                              .tips = {"request_policy:all_shards", "response_policy:all_succeeded"},
                                              .run = function_restore_command});
  const DocGroup doc(server.commands, "scripting");
  doc("function|dump",
      {.summary = "Gives all libraries as one payload", .since = "7.0.0", .complexity = "O(N), N being the functions"});
  doc("function|restore", {.summary = "Loads the libraries of a payload",
                           .since = "7.0.0",
                           .complexity = "O(N), N being the functions of the payload",
                           .syntax = "serialized-value [policy:<FLUSH|APPEND|REPLACE>]"});
}

}  // namespace strata::rdb
