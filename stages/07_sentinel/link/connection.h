// A connection that the sentinel opened: requests out, replies in, nothing else. What they mean is the business of Link.
//
//   open() -> connecting -> send() ... replies -> on_reply      requests may be sent before the connection stands
//                       \-> refused, lost, nonsense -> on_lost  once; the connection is closed by then
//
// Owned through a shared_ptr: a handler may drop the connection that it is called by.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "01_resp_server/net/event_loop.h"
#include "07_sentinel/link/value.h"
#include "common/files.h"
#include "common/status.h"

namespace strata::sentinel {

class Connection final : public net::Watcher, public std::enable_shared_from_this<Connection> {
 public:
  struct Hooks {
    std::function<void(const Value&)> on_reply;
    std::function<void()> on_lost;
  };

  Connection(net::EventLoop& loop, Hooks hooks) : loop_(loop), hooks_(std::move(hooks)) {}
  ~Connection() { close(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Begins to connect to a numeric address; `source` (may be empty) is the address to come from.
  Status open(const std::string& ip, int port, const std::string& source);
  // Everything sent in one turn of the loop leaves together.
  void send(std::span<const std::string_view> words);
  void close();  // no hook is called

  bool is_open() const { return static_cast<bool>(socket_); }
  std::string local_ip() const;  // empty: unknown

 private:
  void on_readable() override;
  void on_writable() override;
  void flush();
  void lose();

  net::EventLoop& loop_;
  Hooks hooks_;
  UniqueFd socket_;
  bool connecting_ = false;
  bool flush_scheduled_ = false;
  std::string unsent_;
  ReplyParser parser_;
};

}  // namespace strata::sentinel
