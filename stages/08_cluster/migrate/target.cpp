#include "08_cluster/migrate/target.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "01_resp_server/net/socket.h"
#include "06_replication/net/outbound.h"
#include "common/random.h"

namespace strata::cluster {

namespace {

constexpr size_t kChunkBytes = 64 << 10;  // of a write
constexpr size_t kAnswerBytes = 4096;     // +OK of 800 keys
constexpr size_t kMaxTargets = 64;
constexpr int64_t kIdleMs = 10'000;

}  // namespace

Target::Outcome Target::wait(short events, int64_t timeout_ms) const {
  pollfd waiting{.fd = socket_.get(), .events = events, .revents = 0};
  int ready = 0;
  do {
    ready = ::poll(&waiting, 1, static_cast<int>(std::min<int64_t>(timeout_ms, INT32_MAX)));
  } while (ready < 0 && errno == EINTR);
  return ready > 0 ? Outcome::kOk : ready == 0 ? Outcome::kTimeout : Outcome::kBroken;
}

Target::Outcome Target::connect(const std::string& host, int port, int64_t timeout_ms) {
  Expected<UniqueFd> socket = repl::connect_nonblocking(host, port);
  if (!socket) return Outcome::kBroken;
  socket_ = std::move(*socket);
  net::set_nodelay(socket_.get());
  return wait(POLLOUT, timeout_ms);  // a refusal shows at the first write
}

Target::Outcome Target::write(std::string_view bytes, int64_t timeout_ms) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket_.get(), bytes.data(), std::min(bytes.size(), kChunkBytes), MSG_NOSIGNAL);
    if (n > 0) {
      bytes.remove_prefix(static_cast<size_t>(n));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (const Outcome outcome = wait(POLLOUT, timeout_ms); outcome != Outcome::kOk) return outcome;
    } else if (errno != EINTR) {
      return Outcome::kBroken;
    }
  }
  return Outcome::kOk;
}

Target::Outcome Target::read_line(std::string* line, int64_t timeout_ms) {
  while (true) {
    if (const size_t end = input_.find('\n', taken_); end != std::string::npos) {
      const size_t length = end > taken_ && input_[end - 1] == '\r' ? end - 1 - taken_ : end - taken_;
      line->assign(input_, taken_, length);
      taken_ = end + 1;
      return Outcome::kOk;
    }
    input_.erase(0, taken_);
    taken_ = 0;
    if (const Outcome outcome = wait(POLLIN, timeout_ms); outcome != Outcome::kOk) return outcome;
    std::array<char, kAnswerBytes> chunk;
    const ssize_t n = ::read(socket_.get(), chunk.data(), chunk.size());
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) return Outcome::kBroken;
    if (n > 0) input_.append(chunk.data(), static_cast<size_t>(n));
  }
}

Target* TargetCache::find(const std::string& address) {
  const auto found = targets_.find(address);
  return found == targets_.end() ? nullptr : found->second.get();
}

Target& TargetCache::add(const std::string& address, std::unique_ptr<Target> target) {
  if (targets_.size() >= kMaxTargets) {
    targets_.erase(std::next(targets_.begin(), static_cast<ptrdiff_t>(thread_random().below(targets_.size()))));
  }
  return *(targets_[address] = std::move(target));
}

void TargetCache::drop_idle(int64_t now_ms) {
  std::erase_if(targets_, [now_ms](const auto& each) { return now_ms - each.second->used_ms > kIdleMs; });
}

}  // namespace strata::cluster
