// Runs scripts, and the commands that scripts call.
//
//   EVAL ----> run(): KEYS, ARGV, time stands still ----> Lua ----> redis.call ----> call()
//                                                          |                          |
//                                                          |        refused? (flags, gates, memory)  ----> error
//                                                          |        Server::call with a client of our own
//                                                          |        its reply becomes a Lua value
//                                                          v
//                              every 100,000 instructions: too slow? then others are served, killed? then it ends
//
// To the outside a script is one command: nobody runs in between, what it writes is passed on as one unit (the write
// stream collects below the outermost command), and clients that wait for a key are served when it is over. A script that
// is slow lets clients in that want to stop it; all others are answered BUSY by a gate, which is armed meanwhile.
//
// A script that wrote is never stopped half-way: only SHUTDOWN NOSAVE ends it, and with it the server.
#pragma once

#include <array>
#include <functional>
#include <lua.hpp>
#include <memory>
#include <string>
#include <vector>

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/server/server.h"
#include "02_data_types/scripting/running/script_run.h"

namespace strata::script {

class ScriptRunner {
 public:
  ScriptRunner(resp::Server& server, db::Keyspace& keyspace);
  ~ScriptRunner();

  // Calls the function on top of the Lua stack and answers run.caller what it returns. Keys and arguments are given to
  // the function if `as_arguments`, else they are the globals KEYS and ARGV.
  void run(lua_State* lua, ScriptRun& run, resp::Args keys, resp::Args args, bool as_arguments);

  // redis.call and redis.pcall: the command is on the Lua stack. Leaves the reply there; an error is raised, if asked.
  int call(lua_State* lua, bool raise_errors);

  // redis.setresp: in which protocol replies come.
  void set_resp(int version);

  // redis.set_repl: which copies of the data (WriteEffects::Copies bits) hear of what the rest of this script does.
  void set_replication(uint8_t copies);

  // SCRIPT KILL, FUNCTION KILL: answers the client.
  void kill(resp::Client& client, bool function);

  // Is there such a command?
  bool knows(resp::Args words) const { return server_.commands.resolve(words) != nullptr; }

  const ScriptRun* running() const { return run_; }  // null: none
  // For whom `client` runs: the caller of the script if it is the scripts' own client, else itself.
  resp::Client& caller_of(resp::Client& client);
  int64_t running_ms() const;

  // Makes the runner known to the functions of a state, and the state interruptible.
  void adopt(lua_State* lua);
  static ScriptRunner& of(lua_State* lua);

  // What others are told while this script keeps the server busy.
  static std::string_view busy_text(const ScriptRun& run);

  // During its life the loading of a library ends with an error after `ms` (0: never).
  class LoadLimit {
   public:
    LoadLimit(ScriptRunner& runner, int64_t ms);
    ~LoadLimit() { runner_.load_until_us_ = 0; }
    LoadLimit(const LoadLimit&) = delete;
    LoadLimit& operator=(const LoadLimit&) = delete;

   private:
    ScriptRunner& runner_;
  };

  // Why a script with these flags (ScriptFlag) may not run here; empty: it may. Null: nobody objects.
  std::function<std::string_view(uint32_t flags)> objection;

  // busy-reply-threshold, in ms; 0: scripts may take as long as they like.
  int64_t threshold_ms = 5000;

 private:
  static bool busy_gate(resp::Client& client, const resp::CommandSpec& spec, resp::Args args);
  static void on_instructions(lua_State* lua, lua_Debug* activation);
  void consider_time(lua_State* lua);
  void serve_others();
  void become_slow();

  void prepare_client(const ScriptRun& run);
  void push_arguments(lua_State* lua, resp::Args keys, resp::Args args, bool as_arguments);
  void answer_failure(lua_State* lua);

  bool read_words(lua_State* lua, int count);
  const resp::CommandSpec* admitted(std::string_view* error);
  bool passes_gates(const resp::CommandSpec& spec);
  int push_client_reply(lua_State* lua, bool raise_errors);

  resp::Server& server_;
  db::Keyspace& keyspace_;
  std::unique_ptr<resp::Client> client_;  // runs the scripts' commands
  ScriptRun* run_ = nullptr;
  int64_t load_until_us_ = 0;  // 0: there is no limit

  resp::GateBit busy_gate_;
  resp::GateBit gates_of_all_ = 0;          // those that concern commands in scripts
  resp::GateBit gates_of_first_write_ = 0;  // and those that must not stop a script half-way

  // Of the command that is being called; reused.
  std::vector<std::string_view> words_;
  std::vector<std::array<char, 32>> numbers_;
  std::string gathered_;
};

// Handles errors of protected calls: whatever was raised becomes a table {err, source, line}.
int describe_error(lua_State* lua);

}  // namespace strata::script
