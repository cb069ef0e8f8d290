// What the server adds to a crash report: the client whose command was running, that command, and INFO.
#pragma once

namespace strata::resp {

class Server;

// Once per process: the report tells of this server.
void install_crash_sections(Server& server);

}  // namespace strata::resp
