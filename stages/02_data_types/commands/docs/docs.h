// Documentation of stage 2's commands, one file per group, in stage 1's manner.
#pragma once

#include "01_resp_server/commands/docs/docs.h"

namespace strata::db {

void document_list_commands(resp::CommandTable& commands);
void document_hash_commands(resp::CommandTable& commands);
void document_set_commands(resp::CommandTable& commands);
void document_sorted_set_commands(resp::CommandTable& commands);
void document_bitmap_commands(resp::CommandTable& commands);
void document_hyperloglog_commands(resp::CommandTable& commands);
void document_geo_commands(resp::CommandTable& commands);
void document_transaction_commands(resp::CommandTable& commands);
void document_sort_commands(resp::CommandTable& commands);
void document_scripting_commands(resp::CommandTable& commands);

}  // namespace strata::db
