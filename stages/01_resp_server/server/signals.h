// What the process does on signals: SIGTERM and SIGINT ask for a clean shutdown, SIGHUP and SIGPIPE are
// ignored (a closed terminal or socket is no reason to end). Crashes are the business of common/crash.h.
#pragma once

namespace strata::resp {

class Server;

// Signals go to `server` from now on; at most one server per process. Undone by release_signals.
void catch_signals(Server& server);
void release_signals();

}  // namespace strata::resp
