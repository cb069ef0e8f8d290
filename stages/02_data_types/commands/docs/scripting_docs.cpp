// Documentation of the scripting commands.
#include "02_data_types/commands/docs/docs.h"

namespace strata::db {

namespace {

constexpr std::string_view kScriptArguments = "script numkeys:integer [key...] [arg...]";
constexpr std::string_view kShaArguments = "sha1 numkeys:integer [key...] [arg...]";
constexpr std::string_view kFunctionArguments = "function numkeys:integer [key...] [arg...]";
constexpr std::string_view kScriptCost = "What the script costs";
constexpr std::string_view kFunctionCost = "What the function costs";

void document_scripts(const resp::DocGroup& doc) {
  doc("eval", {.summary = "Runs a Lua script, with nothing else in between",
               .since = "2.6.0",
               .complexity = kScriptCost,
               .syntax = kScriptArguments});
  doc("eval_ro", {.summary = "Runs a Lua script that must not write",
                  .since = "7.0.0",
                  .complexity = kScriptCost,
                  .syntax = kScriptArguments});
  doc("evalsha", {.summary = "Runs a script that the server knows, by the SHA-1 of its text",
                  .since = "2.6.0",
                  .complexity = kScriptCost,
                  .syntax = kShaArguments});
  doc("evalsha_ro", {.summary = "Runs a script that the server knows and that must not write",
                     .since = "7.0.0",
                     .complexity = kScriptCost,
                     .syntax = kShaArguments});
  doc("script", {.summary = "Groups the commands around the cache of scripts",
                 .since = "2.6.0",
                 .complexity = "Depends on the subcommand"});
  doc("script|debug", {.summary = "Sets how scripts of this connection are debugged",
                       .since = "3.2.0",
                       .complexity = "O(1)",
                       .syntax = "mode:<YES|SYNC|NO>"});
  doc("script|exists", {.summary = "Tells which scripts the server knows",
                        .since = "2.6.0",
                        .complexity = "O(N), N being the scripts asked for",
                        .syntax = "sha1..."});
  doc("script|flush", {.summary = "Forgets all scripts",
                       .since = "2.6.0",
                       .complexity = "O(N), N being the scripts",
                       .syntax = "[async:<ASYNC|SYNC>@6.2.0]",
                       .history = {{"6.2.0", "Added the modes ASYNC and SYNC"}}});
  doc("script|help",
      {.summary = "Lists the subcommands with a line about each", .since = "5.0.0", .complexity = "O(1)"});
  doc("script|kill", {.summary = "Ends the script that is running", .since = "2.6.0", .complexity = "O(1)"});
  doc("script|load", {.summary = "Lets the server know a script",
                      .since = "2.6.0",
                      .complexity = "O(N), N being the bytes of the script",
                      .syntax = "script"});
}

void document_functions(const resp::DocGroup& doc) {
  doc("fcall", {.summary = "Calls a function of a library",
                .since = "7.0.0",
                .complexity = kFunctionCost,
                .syntax = kFunctionArguments});
  doc("fcall_ro", {.summary = "Calls a function that does not write",
                   .since = "7.0.0",
                   .complexity = kFunctionCost,
                   .syntax = kFunctionArguments});
  doc("function", {.summary = "Groups the commands around libraries of functions",
                   .since = "7.0.0",
                   .complexity = "Depends on the subcommand"});
  doc("function|delete", {.summary = "Deletes a library with its functions",
                          .since = "7.0.0",
                          .complexity = "O(1)",
                          .syntax = "library-name"});
  doc("function|flush", {.summary = "Deletes all libraries",
                         .since = "7.0.0",
                         .complexity = "O(N), N being the functions",
                         .syntax = "[async:<ASYNC|SYNC>]"});
  doc("function|help",
      {.summary = "Lists the subcommands with a line about each", .since = "7.0.0", .complexity = "O(1)"});
  doc("function|kill", {.summary = "Ends the function that is running", .since = "7.0.0", .complexity = "O(1)"});
  doc("function|list", {.summary = "Tells of the libraries and their functions",
                        .since = "7.0.0",
                        .complexity = "O(N), N being the functions",
                        .syntax = "[LIBRARYNAME library-name-pattern] [WITHCODE]"});
  doc("function|load", {.summary = "Loads a library of functions",
                        .since = "7.0.0",
                        .complexity = "O(1), and what the library's code costs",
                        .syntax = "[REPLACE] function-code"});
  doc("function|stats",
      {.summary = "Tells which function is running and how many there are", .since = "7.0.0", .complexity = "O(1)"});
}

}  // namespace

void document_scripting_commands(resp::CommandTable& commands) {
  const resp::DocGroup doc(commands, "scripting");
  document_scripts(doc);
  document_functions(doc);
}

}  // namespace strata::db
