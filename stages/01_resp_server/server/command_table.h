// The table of commands: lookup by name, in any case, and registration at install time.
//
// Specs are owned by the table and have stable addresses: clients and statistics keep pointers to them.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "01_resp_server/server/command.h"
#include "common/status.h"

namespace strata::resp {

class CommandTable {
 public:
  // Registers a command. A name that is there already is a programming error. Docs are attached by add_docs.
  CommandSpec& add(CommandSpec spec);

  // Adds a subcommand to a container that an earlier stage registered (DEBUG RELOAD, CLIENT UNBLOCK).
  CommandSpec& add_subcommand(std::string_view container, CommandSpec spec);

  // Attaches documentation to commands that are registered already or will be; full names ("config|get").
  void add_docs(std::string_view full_name, CommandDoc doc);

  // rename-command of the configuration file. An empty new name removes the command.
  Status rename(std::string_view from, std::string_view to);

  // nullptr when there is no such command. Does not look into containers.
  const CommandSpec* find(std::string_view name) const;  // in any case

  // Resolves a whole command line, subcommand included; nullptr when either part is unknown.
  const CommandSpec* resolve(Args args) const;

  // In order of registration; containers once, their subcommands are inside.
  void each(const std::function<void(CommandSpec&)>& visit);
  void each(const std::function<void(const CommandSpec&)>& visit) const;
  size_t size() const { return by_name_.size(); }

 private:
  struct Bucket {
    uint64_t word = 0;   // the first eight letters of the name, in lower
    uint64_t upper = 0;  // and in upper case
    size_t length = 0;
    const std::string* name = nullptr;
    CommandSpec* spec = nullptr;
  };
  void adopt(CommandSpec& spec, const CommandSpec* parent);
  void index();

  std::deque<CommandSpec> specs_;
  std::unordered_map<std::string, CommandSpec*> by_name_;
  std::unordered_map<std::string, CommandDoc> docs_;
  std::vector<Bucket> buckets_ = std::vector<Bucket>(1);  // open addressing, power of two, at most a quarter full
};

}  // namespace strata::resp
