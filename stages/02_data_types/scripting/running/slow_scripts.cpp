// Scripts that take too long: others are let in, to stop them.
#include "02_data_types/scripting/running/script_runner.h"
#include "02_data_types/scripting/running/values.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/text.h"

namespace strata::script {

using resp::Client;

namespace {

// SHUTDOWN is let through by its flag, but only in the form that saves nothing: half of a script is not to be saved.
bool is_shutdown_nosave(const resp::CommandSpec& spec, resp::Args args) {
  return spec.name == "shutdown" && args.size() == 2 && equals_nocase(args[1], "nosave");
}

}  // namespace

bool ScriptRunner::busy_gate(Client& client, const resp::CommandSpec& spec, resp::Args args) {
  const auto& runner = client.server.get<ScriptRunner>();
  if (is_shutdown_nosave(spec, args)) return true;
  client.reply.error(busy_text(*runner.run_));
  return false;
}

std::string_view ScriptRunner::busy_text(const ScriptRun& run) {
  return run.is_function ? "BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE."
                         : "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";
}

ScriptRunner::LoadLimit::LoadLimit(ScriptRunner& runner, int64_t ms) : runner_(runner) {
  runner_.load_until_us_ = ms == 0 ? 0 : mono_us() + ms * 1000;
}

void ScriptRunner::on_instructions(lua_State* lua, lua_Debug*) { of(lua).consider_time(lua); }

int64_t ScriptRunner::running_ms() const { return run_ == nullptr ? 0 : (mono_us() - run_->started_us) / 1000; }

// [task 2.14] Let others in when a script takes too long, and end it when they want it.
void ScriptRunner::consider_time(lua_State* lua) {
  if (load_until_us_ != 0 && mono_us() > load_until_us_) {
    push_error(lua, "ERR FUNCTION LOAD timeout", false);
    lua_error(lua);
  }
  if (run_ == nullptr || threshold_ms == 0) return;
  if (!run_->slow) {
    if (running_ms() < threshold_ms) return;
    become_slow();
  }
  serve_others();
  if (!run_->killed) return;
  // The script may catch this error, and be at its next line sooner than it thinks.
  lua_sethook(lua, on_instructions, LUA_MASKLINE, 0);
  push_error(lua, "ERR Script killed by user with SCRIPT KILL...", false);
  lua_error(lua);
}

void ScriptRunner::become_slow() {
  run_->slow = true;
  server_.armed |= busy_gate_;
  // The caller's next commands wait for their turn.
  server_.clients.suspend(run_->caller);
  log_warning(
      "Slow script detected: still in execution after {} milliseconds. You can try killing the script using the {} "
      "command. Script name is: {}.",
      running_ms(), run_->is_function ? "FUNCTION KILL" : "SCRIPT KILL", run_->name);
}

void ScriptRunner::serve_others() {
  if (run_->killed) return;
  server_.clients.serve_while_busy(&run_->caller);
  if (server_.shutdown.in_progress()) server_.shutdown.poll();
  if (server_.shutdown.stopping()) run_->killed = true;
}

void ScriptRunner::kill(Client& client, bool function) {
  if (run_ == nullptr) {
    client.reply.error("NOTBUSY No scripts in execution right now.");
  } else if (run_->caller.obeyed()) {
    client.reply.error(
        "UNKILLABLE The busy script was sent by a master instance in the context of replication and cannot be killed.");
  } else if (run_->wrote) {
    client.reply.error(
        "UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait the "
        "script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.");
  } else if (run_->is_function != function) {
    client.reply.error(busy_text(*run_));
  } else {
    run_->killed = true;
    client.reply.ok();
  }
}

}  // namespace strata::script
