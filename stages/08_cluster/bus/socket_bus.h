// The cluster bus over TCP: links to other nodes, and those that they open to us.
//
// Packets wait until the end of the turn, when the view that they speak of is on the disk (Member::settle), and then leave
// in order. A packet that is sent to many is held once.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "01_resp_server/net/event_loop.h"
#include "01_resp_server/net/listener.h"
#include "08_cluster/core/surroundings.h"
#include "common/files.h"

namespace strata::cluster {

class SocketBus;

class SocketLink final : public Link, public net::Watcher {
 public:
  SocketLink(SocketBus& bus, UniqueFd socket) : bus_(bus), socket_(std::move(socket)) {}
  ~SocketLink() override;
  SocketLink(const SocketLink&) = delete;
  SocketLink& operator=(const SocketLink&) = delete;

  void send(std::shared_ptr<const std::string> packet) override;
  std::string peer_ip() const override;
  std::string local_ip() const override;
  void on_readable() override;
  void on_writable() override;

  size_t unsent_bytes() const { return unsent_bytes_; }
  size_t memory_bytes() const { return sizeof *this + input_.capacity() + unsent_bytes_; }
  bool wants_to_write() const { return (interest_ & net::kWrite) != 0; }

 private:
  friend class SocketBus;
  void flush();
  void want(uint32_t interest);
  void fail(const char* what, int error);

  SocketBus& bus_;
  UniqueFd socket_;
  bool connecting_ = false;
  bool closed_ = false;  // freed at the end of the turn
  uint32_t interest_ = net::kNone;
  std::string input_;  // the beginning of a packet
  std::deque<std::shared_ptr<const std::string>> output_;
  size_t sent_of_first_ = 0;
  size_t unsent_bytes_ = 0;
};

class SocketBus final : public Bus {
 public:
  struct Hooks {
    std::function<void(Link&)> opened;
    std::function<void(Link&)> lost;
    std::function<void(Link&, std::string_view packet)> received;
    std::function<void()> before_flush;
  };
  SocketBus(net::EventLoop& loop, Hooks hooks);

  Status listen(const std::vector<std::string>& addresses, int port, int backlog);
  Link* open(Node& node) override;
  void close(Link& link) override;
  // Closes links whose output has grown beyond this; 0: any size will do.
  void enforce_limit(size_t bytes);

  template <class Visit>
  void each(Visit visit) const {
    for (const auto& link : links_) {
      if (!link->closed_) visit(*link);
    }
  }
  std::string source_address;        // bind-source-addr; empty: the system chooses
  std::function<bool()> may_accept;  // not while data is being loaded
  int64_t keepalive_seconds = 0;
  uint64_t over_limit = 0;  // links that enforce_limit closed

 private:
  friend class SocketLink;
  SocketLink& add(UniqueFd socket);
  void accept(int fd);
  void flush_soon(SocketLink& link);
  void flush();

  net::EventLoop& loop_;
  Hooks hooks_;
  std::vector<char> scratch_;  // what was read last, from whichever link
  net::Listener listener_;
  std::list<std::unique_ptr<SocketLink>> links_;
  std::vector<SocketLink*> to_flush_;
  bool cleaning_ = false;
};

}  // namespace strata::cluster
