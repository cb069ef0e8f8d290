// net/event_loop.h: a watcher that was removed is not called any more, timers run when due, hooks keep their order.
#include "01_resp_server/net/event_loop.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace strata::net {
namespace {

struct Pipe {
  Pipe() {
    int fds[2];
    EXPECT_EQ(::pipe(fds), 0);
    out = UniqueFd(fds[0]);
    in = UniqueFd(fds[1]);
  }
  void write() { ASSERT_EQ(::write(in.get(), "x", 1), 1); }
  UniqueFd out, in;
};

struct Counter : Watcher {
  std::function<void()> then = [] {};
  int readable = 0;
  int writable = 0;
  void on_readable() override {
    readable++;
    then();
  }
  void on_writable() override { writable++; }
};

TEST(EventLoop, TellsOfReadableDescriptors) {
  EventLoop loop;
  Pipe pipe;
  Counter counter;
  ASSERT_TRUE(loop.watch(pipe.out.get(), kRead, &counter).ok());
  loop.run_once(0);
  EXPECT_EQ(counter.readable, 0);
  pipe.write();
  loop.run_once(1000);
  EXPECT_EQ(counter.readable, 1);
}

TEST(EventLoop, SocketsAreServedInTheMiddleOfAHandler) {
  EventLoop loop;
  Pipe busy, other;
  Counter in_the_middle, served;
  bool timer_ran = false;
  loop.after(0, [&] { timer_ran = true; });
  in_the_middle.then = [&] {
    other.write();
    loop.unwatch(busy.out.get());  // it would be served as well
    loop.serve_sockets();
    EXPECT_EQ(served.readable, 1);
    EXPECT_FALSE(timer_ran) << "only sockets";
  };
  ASSERT_TRUE(loop.watch(busy.out.get(), kRead, &in_the_middle).ok());
  ASSERT_TRUE(loop.watch(other.out.get(), kRead, &served).ok());
  busy.write();
  loop.run_once(1000);
  EXPECT_EQ(in_the_middle.readable, 1);
}

TEST(EventLoop, AWatcherRemovedInTheSameTurnIsNotCalled) {
  EventLoop loop;
  Pipe first, second;
  Counter a, b;
  a.then = [&] { loop.unwatch(second.out.get()); };
  b.then = [&] { loop.unwatch(first.out.get()); };
  ASSERT_TRUE(loop.watch(first.out.get(), kRead, &a).ok());
  ASSERT_TRUE(loop.watch(second.out.get(), kRead, &b).ok());
  first.write();
  second.write();
  loop.run_once(1000);
  EXPECT_EQ(a.readable + b.readable, 1) << "whoever came first removed the other";
}

TEST(EventLoop, ADescriptorReusedInTheSameTurnDoesNotGetTheOldEvents) {
  EventLoop loop;
  Pipe first, second, fresh;
  Counter a, b, newcomer;
  bool replaced = false;
  auto replace = [&](int fd) {
    if (std::exchange(replaced, true)) return;
    loop.unwatch(fd);
    ASSERT_GE(::dup2(fresh.out.get(), fd), 0);  // the same number, another pipe, nothing to read
    ASSERT_TRUE(loop.watch(fd, kRead, &newcomer).ok());
  };
  a.then = [&] { replace(second.out.get()); };
  b.then = [&] { replace(first.out.get()); };
  ASSERT_TRUE(loop.watch(first.out.get(), kRead, &a).ok());
  ASSERT_TRUE(loop.watch(second.out.get(), kRead, &b).ok());
  first.write();
  second.write();
  loop.run_once(1000);
  EXPECT_EQ(newcomer.readable, 0);
}

TEST(EventLoop, TimersRunOnceOrAgainAndCanBeCancelledFromInside) {
  EventLoop loop;
  int once = 0;
  int again = 0;
  TimerId id = 0;
  loop.after(1, [&] { once++; });
  id = loop.every(1, [&] {
    if (++again == 3) loop.cancel(id);
  });
  bool over = false;
  loop.after(30, [&] { over = true; });
  while (!over) loop.run_once(50);
  EXPECT_EQ(once, 1);
  EXPECT_EQ(again, 3);
}

TEST(EventLoop, HooksRunInOrderAndSoonRunsBeforeSleeping) {
  EventLoop loop;
  std::string order;
  loop.before_sleep([&] { order += "1"; });
  loop.before_sleep([&] { order += "2"; });
  loop.after_sleep([&] { order += "3"; });
  loop.soon([&] { order += "0"; });
  loop.run_once(0);
  EXPECT_EQ(order, "0123");
}

TEST(EventLoop, WakeEndsAWait) {
  EventLoop loop;
  loop.wake();
  int64_t before = loop.now_ms();
  loop.run_once(10000);
  EXPECT_LT(loop.now_ms() - before, 5000);
}

}  // namespace
}  // namespace strata::net
