// INFO memory.
#pragma once

namespace strata::resp {

class InfoWriter;
class Server;

void memory_section(Server& server, InfoWriter& out);

}  // namespace strata::resp
