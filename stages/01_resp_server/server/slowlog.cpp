#include "01_resp_server/server/slowlog.h"

#include <fmt/format.h>

#include "common/clock.h"

namespace strata::resp {

void Slowlog::add(Client& client, const CommandSpec& spec, Args args, int64_t duration_us) {
  if (threshold_us < 0 || most_entries == 0 || spec.is(kSkipSlowlog)) return;
  Redaction::Secret secret = Redaction::of(client.server).find(spec);
  std::string peer = client.has(Client::kInternal) ? std::string() : client.peer_address();
  entries_.push_front({next_id_++, wall_ms() / 1000, duration_us, cut(args, secret), std::move(peer), client.name});
  while (entries_.size() > static_cast<uint64_t>(most_entries)) entries_.pop_back();
}

std::vector<std::string> Slowlog::cut(Args args, Redaction::Secret secret) {
  size_t whole = args.size() > kMostArgs ? kMostArgs - 1 : args.size();
  std::vector<std::string> kept;
  kept.reserve(whole + 1);
  for (size_t i = 0; i < whole; i++) {
    std::string_view shown = Redaction::shown(secret, args, i);
    std::string text(shown.substr(0, kMostArgBytes));
    if (shown.size() > kMostArgBytes) text += fmt::format("... ({} more bytes)", shown.size() - kMostArgBytes);
    kept.push_back(std::move(text));
  }
  if (whole < args.size()) kept.push_back(fmt::format("... ({} more arguments)", args.size() - whole));
  return kept;
}

}  // namespace strata::resp
