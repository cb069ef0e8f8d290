// What the server adds to a crash report: the client whose command was running, that command, and INFO.
#pragma once

namespace strata::resp {

class Server;

// Reports tell of this server until it is destroyed or another one is installed.
void install_crash_sections(Server& server);

}  // namespace strata::resp
