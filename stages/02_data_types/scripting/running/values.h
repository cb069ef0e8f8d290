// Values on their way between the two worlds.
//
//   a command's reply          in Lua, RESP2          in Lua, RESP3 (redis.setresp(3))
//   :7                         7                      7
//   $3 abc                     "abc"                  "abc"
//   +OK                        {ok = "OK"}            {ok = "OK"}
//   -ERR x                     {err = "ERR x"}        {err = "ERR x"}
//   *2 ...                     {..., ...}             {..., ...}
//   $-1, *-1                   false                  nil (_)
//   % ~ , # ( =                                       {map = {}} {set = {}} {double = } true {big_number = }
//                                                     {verbatim_string = {string = , format = }}
//
//   a script's result          the client's reply
//   number                     integer, cut towards zero
//   string                     bulk
//   true, false                1, null; true and false after redis.setresp(3)
//   nil and what is no value   null
//   a table as above           what it stands for; otherwise an array of its elements up to the first nil
#pragma once

#include <lua.hpp>
#include <string_view>

#include "01_resp_server/server/client.h"

namespace strata::script {

// Pushes what the RESP bytes say; one whole reply. True when it is an error.
bool push_reply(lua_State* lua, std::string_view reply);

// Pushes {err = text}, with the note that the error was counted already if it was.
void push_error(lua_State* lua, std::string_view text, bool counted);

// Answers the value on top of the stack and pops it. `script_resp`: the protocol that the script chose.
void answer_value(lua_State* lua, resp::Client& client, int script_resp);

// Answers an error, and counts it unless that has been done.
void answer_error(resp::Client& client, std::string_view text, bool counted);

}  // namespace strata::script
