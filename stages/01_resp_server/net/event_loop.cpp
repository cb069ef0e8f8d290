#include "01_resp_server/net/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/assert.h"
#include "common/clock.h"

namespace strata::net {

namespace {

constexpr int kMaxEvents = 1024;
constexpr int kNestedEvents = 64;
constexpr int64_t kLongestWaitMs = 1000;

// An event carries its descriptor and the generation of the slot at the time of watching.
uint64_t tag(int fd, uint32_t generation) {
  return static_cast<uint64_t>(generation) << 32 | static_cast<uint32_t>(fd);
}

uint32_t epoll_mask(uint32_t interest) {
  uint32_t mask = 0;
  if (interest & kRead) mask |= EPOLLIN;
  if (interest & kWrite) mask |= EPOLLOUT;
  return mask;
}

}  // namespace

EventLoop::EventLoop()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      events_(sizeof(epoll_event) * kMaxEvents) {
  STRATA_ASSERT(epoll_.get() >= 0 && wake_.get() >= 0, "epoll or eventfd: {}", std::strerror(errno));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = tag(wake_.get(), 0);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
  refresh_clock();
}

EventLoop::~EventLoop() = default;

Status EventLoop::watch(int fd, uint32_t interest, Watcher* watcher) {
  size_t at = static_cast<size_t>(fd);
  if (at >= slots_.size()) slots_.resize(std::max(at + 1, slots_.size() * 2));
  Slot& slot = slots_[at];
  epoll_event event{};
  event.events = epoll_mask(interest);
  event.data.u64 = tag(fd, slot.generation);
  int operation = slot.watcher == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  if (slot.watcher != nullptr && slot.interest == interest) {
    slot.watcher = watcher;
    return {};
  }
  if (::epoll_ctl(epoll_.get(), operation, fd, &event) != 0) {
    return Status::error(fmt::format("epoll_ctl on descriptor {}: {}", fd, std::strerror(errno)));
  }
  slot.watcher = watcher;
  slot.interest = interest;
  return {};
}

void EventLoop::unwatch(int fd) {
  size_t at = static_cast<size_t>(fd);
  if (at >= slots_.size() || slots_[at].watcher == nullptr) return;
  epoll_event ignored{};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, &ignored);
  slots_[at] = {nullptr, kNone, slots_[at].generation + 1};
}

// [task 1.13] Remember what is to be run, and when.
TimerId EventLoop::add_timer(int64_t delay_ms, int64_t period_ms, std::function<void()> run) {
  TimerId id = next_timer_++;
  int64_t due = mono_us() + delay_ms * 1000;
  timers_.emplace(id, Timer{due, period_ms * 1000, std::move(run)});
  due_.emplace(due, id);
  return id;
}

TimerId EventLoop::every(int64_t period_ms, std::function<void()> run) {
  period_ms = std::max<int64_t>(period_ms, 1);
  return add_timer(period_ms, period_ms, std::move(run));
}

TimerId EventLoop::after(int64_t delay_ms, std::function<void()> run) { return add_timer(delay_ms, 0, std::move(run)); }

void EventLoop::cancel(TimerId id) {
  auto it = timers_.find(id);
  if (it == timers_.end()) return;
  due_.erase({it->second.due_us, id});
  timers_.erase(it);
}

void EventLoop::set_period(TimerId id, int64_t period_ms) {
  auto it = timers_.find(id);
  if (it != timers_.end()) it->second.period_us = std::max<int64_t>(period_ms, 1) * 1000;
}

// [task 1.13] Run what is due; a periodic timer stays, one that runs once goes.
void EventLoop::run_timers() {
  // Timers that become due while others run wait for the next turn, so that a slow one cannot starve the sockets.
  int64_t now = now_us_;
  while (!due_.empty() && due_.begin()->first <= now) {
    auto [due, id] = *due_.begin();
    due_.erase(due_.begin());
    auto it = timers_.find(id);
    if (it->second.period_us == 0) {
      auto run = std::move(it->second.run);
      timers_.erase(it);
      run();
      continue;
    }
    it->second.due_us = now + it->second.period_us;
    due_.emplace(it->second.due_us, id);
    auto run = it->second.run;  // a copy: the timer may cancel itself
    run();
  }
}

int64_t EventLoop::wait_ms(int64_t max_wait_ms) const {
  if (!soon_.empty() || stopped_) return 0;
  if (due_.empty()) return max_wait_ms;
  int64_t until = (due_.begin()->first - mono_us() + 999) / 1000;
  return std::clamp<int64_t>(until, 0, max_wait_ms);
}

void EventLoop::dispatch(const void* happenings, int count) {
  auto* events = static_cast<const epoll_event*>(happenings);
  for (int i = 0; i < count; i++) {
    int fd = static_cast<int>(events[i].data.u64 & 0xffffffff);
    uint32_t generation = static_cast<uint32_t>(events[i].data.u64 >> 32);
    if (fd == wake_.get()) {
      uint64_t drained;
      while (::read(fd, &drained, sizeof drained) > 0) {
      }
      continue;
    }
    uint32_t happened = events[i].events;
    bool broken = (happened & (EPOLLERR | EPOLLHUP)) != 0;
    // The slot is looked up again before each call: a handler may have unwatched the descriptor.
    auto live = [&]() -> Slot* {
      Slot& slot = slots_[static_cast<size_t>(fd)];
      return slot.watcher != nullptr && slot.generation == generation ? &slot : nullptr;
    };
    if (Slot* slot = live(); slot && (slot->interest & kRead) && (broken || (happened & EPOLLIN))) {
      slot->watcher->on_readable();
    }
    if (Slot* slot = live(); slot && (slot->interest & kWrite) && (broken || (happened & EPOLLOUT))) {
      slot->watcher->on_writable();
    }
  }
}

void EventLoop::run_once(int64_t max_wait_ms) {
  if (!soon_.empty()) {
    auto work = std::move(soon_);
    soon_.clear();
    for (auto& run : work) run();
  }
  for (auto& hook : before_sleep_) hook();
  last_turn_us_ = mono_us() - now_us_;
  int count = ::epoll_wait(epoll_.get(), reinterpret_cast<epoll_event*>(events_.data()), kMaxEvents,
                           static_cast<int>(wait_ms(max_wait_ms)));
  refresh_clock();
  turns_++;
  for (auto& hook : after_sleep_) hook();
  if (count > 0) dispatch(events_.data(), count);
  if (!due_.empty() && due_.begin()->first <= now_us_) run_timers();
}

void EventLoop::serve_sockets() {
  // A turn that is under way goes on with its own events afterwards.
  epoll_event events[kNestedEvents];
  const int count = ::epoll_wait(epoll_.get(), events, kNestedEvents, 0);
  refresh_clock();
  if (count > 0) dispatch(events, count);
}

void EventLoop::run() {
  stopped_ = false;
  while (!stopped_) run_once(kLongestWaitMs);
}

void EventLoop::wake() {
  uint64_t one = 1;
  [[maybe_unused]] ssize_t written = ::write(wake_.get(), &one, sizeof one);
}

void EventLoop::refresh_clock() { now_us_ = mono_us(); }

}  // namespace strata::net
