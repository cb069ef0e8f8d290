// A command that reaches a task nobody has written yet (STRATA_TODO) answers `-ERR TODO 1.2 ...` in place of its reply.
//
// So an unfinished server tells its client which task is missing, and goes on serving what does not need it. Costs
// nothing in a finished one.
#pragma once

namespace strata::resp {

class Server;

// From now on; until the process ends, or another server asks for the same.
void answer_todos(Server& server);

}  // namespace strata::resp
