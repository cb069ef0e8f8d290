// Documentation of the connection commands.
#include "01_resp_server/commands/docs/docs.h"

namespace strata::resp {

void document_connection_commands(CommandTable& commands) {
  const DocGroup doc(commands, "connection");

  doc("auth", {.summary = "Proves who the client is with a password, or with a user name and a password",
               .since = "1.0.0",
               .complexity = "O(N), N being the passwords of the user",
               .syntax = "[username@6.0.0] password",
               .history = {{"6.0.0", "A user name in front of the password (ACL)"}}});
  doc("client", {.summary = "Groups the commands about client connections",
                 .since = "2.4.0",
                 .complexity = "Depends on the subcommand"});
  doc("client|getname",
      {.summary = "Answers the name this connection gave itself", .since = "2.6.9", .complexity = "O(1)"});
  doc("client|getredir", {.summary = "Answers which client receives the tracking messages of this one",
                          .since = "6.0.0",
                          .complexity = "O(1)"});
  doc("client|help",
      {.summary = "Lists the subcommands with a line about each", .since = "5.0.0", .complexity = "O(1)"});
  doc("client|id",
      {.summary = "Answers the number of this connection, never used twice", .since = "5.0.0", .complexity = "O(1)"});
  doc("client|info", {.summary = "Describes this connection in one line", .since = "6.2.0", .complexity = "O(1)"});
  doc("client|kill", {.summary = "Closes the connections that match an address or a set of filters",
                      .since = "2.4.0",
                      .complexity = "O(N), N being the connections",
                      .syntax = "filter:<ip:port!2.8.12|new-format:<[ID client-id:integer@2.8.12]|"
                                "[TYPE normal_master_slave_pubsub:<NORMAL|MASTER@3.2.0|SLAVE|REPLICA@5.0.0|"
                                "PUBSUB>@2.8.12]|[USER username]|[ADDR ip:port]|[LADDR ip:port@6.2.0]|"
                                "[SKIPME yes/no]>...>",
                      .history = {{"2.8.12", "Filters given by name"},
                                  {"2.8.12", "Filter `ID`"},
                                  {"3.2.0", "`TYPE` knows `master`"},
                                  {"5.0.0", "`TYPE` calls `slave` `replica` and takes either"},
                                  {"6.2.0", "Filter `LADDR`"}}});
  doc("client|list", {.summary = "Describes each connection in a line of its own",
                      .since = "2.4.0",
                      .complexity = "O(N), N being the connections",
                      .syntax = "[TYPE <NORMAL|MASTER|REPLICA|PUBSUB>@5.0.0] "
                                "[ID id:{client-id:integer...}@6.2.0]",
                      .history = {{"2.8.12", "Field `id`"},
                                  {"5.0.0", "Filter `TYPE`"},
                                  {"6.0.0", "Field `user`"},
                                  {"6.2.0", "Fields `argv-mem`, `tot-mem`, `laddr`, `redir`; filter `ID`"},
                                  {"7.0.0", "Fields `resp`, `multi-mem`, `rbs`, `rbp`"},
                                  {"7.0.3", "Field `ssub`"}}});
  doc("client|no-evict", {.summary = "Exempts this connection from being closed when clients use too much memory",
                          .since = "7.0.0",
                          .complexity = "O(1)",
                          .syntax = "enabled:<ON|OFF>"});
  doc("client|pause", {.summary = "Holds back the commands of clients, all or only writes, for a number of "
                                  "milliseconds",
                       .since = "2.9.50",
                       .complexity = "O(1)",
                       .syntax = "timeout:integer [mode:<WRITE|ALL>@6.2.0]",
                       .history = {{"6.2.0", "Mode `WRITE`, given as a second argument"}}});
  doc("client|reply", {.summary = "Switches the answers to this connection on or off, or skips one",
                       .since = "3.2.0",
                       .complexity = "O(1)",
                       .syntax = "<ON|OFF|SKIP>"});
  doc("client|setname", {.summary = "Gives this connection a name that lists and logs show",
                         .since = "2.6.9",
                         .complexity = "O(1)",
                         .syntax = "connection-name"});
  doc("client|trackinginfo", {.summary = "Tells how client-side caching is set up for this connection",
                              .since = "6.2.0",
                              .complexity = "O(1)"});
  doc("client|unblock", {.summary = "Ends the wait of a client that a blocking command holds, as if by timeout "
                                    "or with an error",
                         .since = "5.0.0",
                         .complexity = "O(log N), N being the connections",
                         .syntax = "client-id:integer [<TIMEOUT|ERROR>]"});
  doc("client|unpause", {.summary = "Lets paused clients go on at once",
                         .since = "6.2.0",
                         .complexity = "O(N), N being the paused clients"});
  doc("echo",
      {.summary = "Answers with the text it was given", .since = "1.0.0", .complexity = "O(1)", .syntax = "message"});
  doc("hello", {.summary = "Switches the protocol version, can log in and set a name on the way, and "
                           "describes the server",
                .since = "6.0.0",
                .complexity = "O(1)",
                .syntax = "[arguments:{protover:integer [AUTH {username password}] [SETNAME clientname]}]",
                .history = {{"6.2.0", "`protover` may be left out, which describes the connection as it is"}}});
  doc("ping", {.summary = "Answers PONG, or the text it was given, to show that the server is alive",
               .since = "1.0.0",
               .complexity = "O(1)",
               .syntax = "[message]"});
  doc("quit", {.summary = "Asks the server to close this connection", .since = "1.0.0", .complexity = "O(1)"});
  doc("reset",
      {.summary = "Puts this connection back into the state of a new one", .since = "6.2.0", .complexity = "O(1)"});
  doc("select", {.summary = "Makes another database the current one of this connection",
                 .since = "1.0.0",
                 .complexity = "O(1)",
                 .syntax = "index:integer"});
}

}  // namespace strata::resp
