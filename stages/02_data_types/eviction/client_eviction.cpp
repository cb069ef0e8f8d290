#include "02_data_types/eviction/client_eviction.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "01_resp_server/server/client.h"
#include "common/log.h"

namespace strata::db {

using resp::Client;

namespace {

bool counts(const Client& client) {
  const bool ordinary = client.kind == resp::ClientClass::kNormal || client.kind == resp::ClientClass::kPubsub;
  return ordinary && !client.has(Client::kCloseNow);
}

}  // namespace

ClientEviction::ClientEviction(resp::Server& server, const Eviction& eviction) : server_(server), eviction_(eviction) {
  server.loop.before_sleep([this] {
    if (limit != 0) check();
  });
}

size_t ClientEviction::limit_bytes() const {
  if (limit >= 0) return static_cast<size_t>(limit);
  return static_cast<size_t>(eviction_.options.limit_bytes / 100 * -limit);
}

void ClientEviction::check() {
  // Adding up takes less than a tenth of a microsecond per client, and may take a tenth of the time.
  const int64_t now_us = server_.loop.now_us();
  if (now_us - last_check_us_ < static_cast<int64_t>(server_.clients.count())) return;
  last_check_us_ = now_us;
  if (const size_t bytes = limit_bytes(); bytes > 0) enforce(bytes);
}

// [task 2.10] Close the largest clients until the rest fits.
void ClientEviction::enforce(size_t bytes_limit) {
  size_t sum = 0;
  server_.clients.each([&sum](Client& client) {
    if (counts(client)) sum += client.memory_bytes();
  });
  if (sum <= bytes_limit) return;
  std::vector<std::pair<size_t, Client*>> by_size;
  server_.clients.each([&by_size](Client& client) {
    if (counts(client) && !client.has(Client::kNoEvict)) by_size.emplace_back(client.memory_bytes(), &client);
  });
  std::sort(by_size.rbegin(), by_size.rend());
  for (auto [bytes, client] : by_size) {
    if (sum <= bytes_limit) return;
    log_notice("Evicting client: id={} addr={} tot-mem={}", client->id, client->peer_address(), bytes);
    server_.clients.close(*client);
    evicted_clients_++;
    sum -= bytes;
  }
}

}  // namespace strata::db
