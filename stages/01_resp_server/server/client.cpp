#include "01_resp_server/server/client.h"

#include "01_resp_server/net/socket.h"
#include "01_resp_server/server/clients.h"
#include "01_resp_server/server/server.h"
#include "common/clock.h"

namespace strata::resp {

Client::Client(Server& owner, int descriptor, uint64_t number)
    : server(owner), id(number), fd(descriptor), reply(out, this), created_ms(wall_ms()) {
  last_active_ms = server.loop.now_ms();
}

Client::~Client() = default;

const std::string& Client::peer_address() {
  if (peer_.empty()) peer_ = net::peer_address(fd);
  return peer_;
}

const std::string& Client::local_address() {
  if (local_.empty()) local_ = net::local_address(fd);
  return local_;
}

size_t Client::memory_bytes() const {
  return sizeof(Client) + input_.memory_bytes() + parser_.memory_bytes() + out.memory_bytes() + name.capacity();
}

void Client::on_readable() { server.clients.readable(*this); }

void Client::on_writable() { server.clients.writable(*this); }

void Client::on_error_reply(std::string_view text) {
  errors_answered++;
  server.stats.count_error(text);
}

}  // namespace strata::resp
