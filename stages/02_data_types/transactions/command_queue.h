// Commands put aside for later, with arguments that outlive the buffer they were received in.
//
// Each command is one block of memory, which holds the views that its handler will see and the bytes they refer to:
//
//   | view 0 | view 1 | ... | bytes of argument 0, argument 1, ... |
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "01_resp_server/server/command.h"

namespace strata::db {

class QueuedCommand {
 public:
  QueuedCommand(const resp::CommandSpec& spec, resp::Args args);

  const resp::CommandSpec& spec() const { return *spec_; }
  resp::Args args() const { return {reinterpret_cast<const std::string_view*>(block_.get()), count_}; }
  size_t memory_bytes() const { return sizeof *this + bytes_; }

 private:
  const resp::CommandSpec* spec_;
  size_t count_;
  size_t bytes_;
  std::unique_ptr<std::byte[]> block_;
};

class CommandQueue {
 public:
  void push(const resp::CommandSpec& spec, resp::Args args);
  void clear() { *this = CommandQueue(); }

  const std::vector<QueuedCommand>& commands() const { return commands_; }
  size_t memory_bytes() const { return bytes_; }
  uint64_t flags() const { return flags_; }  // CommandFlag bits that any of the commands has

 private:
  std::vector<QueuedCommand> commands_;
  size_t bytes_ = 0;
  uint64_t flags_ = 0;
};

}  // namespace strata::db
