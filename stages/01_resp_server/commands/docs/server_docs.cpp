// Documentation of the commands about the server itself.
#include "01_resp_server/commands/docs/docs.h"

namespace strata::resp {

void document_server_commands(CommandTable& commands) {
  const DocGroup doc(commands, "server");

  doc("command", {.summary = "Describes every command: arity, flags, key positions, categories",
                  .since = "2.8.13",
                  .complexity = "O(N), N being the commands"});
  doc("command|count", {.summary = "Answers how many commands there are", .since = "2.8.13", .complexity = "O(1)"});
  doc("command|docs", {.summary = "Answers summary, history and argument tree of commands",
                       .since = "7.0.0",
                       .complexity = "O(N), N being the commands asked for",
                       .syntax = "[command-name...]"});
  doc("command|getkeys", {.summary = "Names the keys in a complete command line",
                          .since = "2.8.13",
                          .complexity = "O(N), N being the arguments of the line"});
  doc("command|getkeysandflags",
      {.summary = "Names the keys in a complete command line and says what would happen to them",
       .since = "7.0.0",
       .complexity = "O(N), N being the arguments of the line"});
  doc("command|help",
      {.summary = "Lists the subcommands with a line about each", .since = "5.0.0", .complexity = "O(1)"});
  doc("command|info", {.summary = "Describes the named commands, or all of them",
                       .since = "2.8.13",
                       .complexity = "O(N), N being the commands asked for",
                       .syntax = "[command-name...]",
                       .history = {{"7.0.0", "No name at all asks for every command"}}});
  doc("command|list", {.summary = "Lists the names of commands, all or those a filter lets pass",
                       .since = "7.0.0",
                       .complexity = "O(N), N being the commands",
                       .syntax = "[FILTERBY filterby:<MODULE module-name|ACLCAT category|PATTERN pattern>]"});
  doc("config", {.summary = "Groups the commands about the configuration of the running server",
                 .since = "2.0.0",
                 .complexity = "Depends on the subcommand"});
  doc("config|get", {.summary = "Answers the options whose names match, with their values",
                     .since = "2.0.0",
                     .complexity = "O(N), N being the options asked for",
                     .syntax = "{parameter}...",
                     .history = {{"7.0.0", "Several patterns in one call"}}});
  doc("config|help",
      {.summary = "Lists the subcommands with a line about each", .since = "5.0.0", .complexity = "O(1)"});
  doc("config|resetstat",
      {.summary = "Sets the counters that INFO reports back to zero", .since = "2.0.0", .complexity = "O(1)"});
  doc("config|rewrite", {.summary = "Brings the configuration file up to date with the options in force",
                         .since = "2.8.0",
                         .complexity = "O(1)"});
  doc("config|set", {.summary = "Changes options of the running server, all of them or none",
                     .since = "2.0.0",
                     .complexity = "O(N), N being the options given",
                     .syntax = "{parameter value}...",
                     .history = {{"7.0.0", "Several options in one call"}}});
  doc("info", {.summary = "Reports the state and the statistics of the server, in sections",
               .since = "1.0.0",
               .complexity = "O(1)",
               .syntax = "[section...]",
               .history = {{"7.0.0", "Several sections in one call"}}});
  doc("dbsize", {.summary = "Counts the keys of the current database", .since = "1.0.0", .complexity = "O(1)"});
  doc("flushall", {.summary = "Empties every database",
                   .since = "1.0.0",
                   .complexity = "O(N), N being the keys of all databases",
                   .syntax = "[async:<ASYNC@4.0.0|SYNC@6.2.0>]",
                   .history = {{"4.0.0", "Mode `ASYNC`"}, {"6.2.0", "Mode `SYNC`"}}});
  doc("flushdb", {.summary = "Empties the current database",
                  .since = "1.0.0",
                  .complexity = "O(N), N being the keys of the database",
                  .syntax = "[async:<ASYNC@4.0.0|SYNC@6.2.0>]",
                  .history = {{"4.0.0", "Mode `ASYNC`"}, {"6.2.0", "Mode `SYNC`"}}});
  doc("shutdown", {.summary = "Ends the server in an orderly way, after saving where that is configured",
                   .since = "1.0.0",
                   .complexity = "O(N) with saving, N being the keys of all databases; O(1) without",
                   .syntax = "[<NOSAVE|SAVE>] [NOW@7.0.0] [FORCE@7.0.0] [ABORT@7.0.0]",
                   .history = {{"7.0.0", "Modifiers `NOW`, `FORCE`, `ABORT`"}}});
  doc("time", {.summary = "Answers the clock of the server as seconds and microseconds",
               .since = "2.6.0",
               .complexity = "O(1)"});
  doc("swapdb", {.summary = "Exchanges the contents of two databases",
                 .since = "4.0.0",
                 .complexity = "O(N), N being the clients that watch or wait for keys of either database",
                 .syntax = "index1:integer index2:integer"});
  doc("slowlog", {.summary = "Groups the commands about the log of slow commands",
                  .since = "2.2.12",
                  .complexity = "Depends on the subcommand"});
  doc("slowlog|get", {.summary = "Shows the latest entries of the log of slow commands",
                      .since = "2.2.12",
                      .complexity = "O(N), N being the entries answered",
                      .syntax = "[count:integer]",
                      .history = {{"4.0.0", "Entries carry the client's address and name"}}});
  doc("slowlog|help",
      {.summary = "Lists the subcommands with a line about each", .since = "6.2.0", .complexity = "O(1)"});
  doc("slowlog|len",
      {.summary = "Counts the entries of the log of slow commands", .since = "2.2.12", .complexity = "O(1)"});
  doc("slowlog|reset",
      {.summary = "Empties the log of slow commands", .since = "2.2.12", .complexity = "O(N), N being the entries"});
  doc("latency", {.summary = "Groups the commands about the latency monitor",
                  .since = "2.8.13",
                  .complexity = "Depends on the subcommand"});
  doc("latency|doctor",
      {.summary = "Explains the latency spikes seen so far in plain words", .since = "2.8.13", .complexity = "O(1)"});
  doc("latency|graph", {.summary = "Draws the samples of an event as a small chart of characters",
                        .since = "2.8.13",
                        .complexity = "O(1)",
                        .syntax = "event"});
  doc("latency|help",
      {.summary = "Lists the subcommands with a line about each", .since = "2.8.13", .complexity = "O(1)"});
  doc("latency|histogram", {.summary = "Answers how the durations of commands are distributed",
                            .since = "7.0.0",
                            .complexity = "O(N), N being the commands with a histogram that are asked for",
                            .syntax = "[command...]"});
  doc("latency|history", {.summary = "Lists the samples of an event: when, and how many milliseconds",
                          .since = "2.8.13",
                          .complexity = "O(1)",
                          .syntax = "event"});
  doc("latency|latest",
      {.summary = "Answers the newest and the worst sample of every event", .since = "2.8.13", .complexity = "O(1)"});
  doc("latency|reset", {.summary = "Forgets the samples of the named events, or of all",
                        .since = "2.8.13",
                        .complexity = "O(1)",
                        .syntax = "[event...]"});
  doc("monitor", {.summary = "Streams every command that the server runs to this connection", .since = "1.0.0"});
  doc("lolwut", {.summary = "Draws a small picture and tells the version",
                 .since = "5.0.0",
                 .syntax = "[VERSION version:integer]"});
  doc("memory",
      {.summary = "Groups the commands about memory use", .since = "4.0.0", .complexity = "Depends on the subcommand"});
  doc("memory|doctor",
      {.summary = "Points out what is unusual about the memory use", .since = "4.0.0", .complexity = "O(1)"});
  doc("memory|help",
      {.summary = "Lists the subcommands with a line about each", .since = "4.0.0", .complexity = "O(1)"});
  doc("memory|malloc-stats", {.summary = "Prints the own statistics of the allocator",
                              .since = "4.0.0",
                              .complexity = "Grows with the memory in use"});
  doc("memory|purge", {.summary = "Has the allocator give unused pages back to the system",
                       .since = "4.0.0",
                       .complexity = "Grows with the memory in use"});
  doc("memory|stats", {.summary = "Breaks the memory use down by purpose", .since = "4.0.0", .complexity = "O(1)"});
  doc("memory|usage", {.summary = "Estimates how many bytes a key takes with its value",
                       .since = "4.0.0",
                       .complexity = "O(N), N being the samples taken",
                       .syntax = "key [SAMPLES count:integer]"});
  doc("debug", {.summary = "Groups the commands for testing and taking the server apart",
                .since = "1.0.0",
                .complexity = "Depends on the subcommand",
                .syscmd = true});
}

}  // namespace strata::resp
