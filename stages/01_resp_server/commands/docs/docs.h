// Documentation of stage 1's commands, one file per group: what COMMAND DOCS, redis-cli's help and the
// handbook show.
//
// A row belongs to a full name ("config|get") and is independent of the handler; the command may be
// registered before or after it. Since, history and syntax are facts about Redis 7.0, so that clients see in
// the documentation what they can rely on; commands/syntax.h explains the grammar of .syntax.
#pragma once

#include <string_view>
#include <utility>

#include "01_resp_server/server/command_table.h"

namespace strata::resp {

// Adds the rows of one group.
class DocGroup {
 public:
  // `commands` must outlive this; `group` is a literal.
  DocGroup(CommandTable& commands, std::string_view group) : commands_(commands), group_(group) {}

  void operator()(std::string_view full_name, CommandDoc doc) const {
    doc.group = group_;
    commands_.add_docs(full_name, std::move(doc));
  }

 private:
  CommandTable& commands_;
  std::string_view group_;
};

void document_connection_commands(CommandTable& commands);
void document_server_commands(CommandTable& commands);
void document_pubsub_commands(CommandTable& commands);
void document_string_commands(CommandTable& commands);
void document_generic_commands(CommandTable& commands);

}  // namespace strata::resp
