// One run of a script: what it may do, what it has done. It lives as long as the run, on the stack of ScriptRunner::run.
#pragma once

#include <cstdint>
#include <string_view>

#include "01_resp_server/server/client.h"
#include "02_data_types/scripting/running/script_flags.h"

namespace strata::script {

struct ScriptRun {
  resp::Client& caller;
  resp::Args command;      // as the client gave it
  std::string_view name;   // of the function, or the script's SHA-1: for error texts
  uint32_t flags = 0;      // ScriptFlag bits
  bool read_only = false;  // EVAL_RO and its kin, or the flag no-writes
  bool is_function = false;

  int64_t started_us = 0;      // monotonic
  bool out_of_memory = false;  // at the start, and eviction could not help
  bool wrote = false;          // a write command was called: from here on it cannot be stopped, nor refused
  bool slow = false;           // it took longer than busy-reply-threshold: others are answered BUSY
  bool killed = false;
};

}  // namespace strata::script
