#include "adapters/libssh/stream_loop.h"

#include <poll.h>

namespace vpcp::ssh {
namespace {

/// Bounds how long bytes that libssh holds, and poll cannot see, stay unnoticed.
constexpr milliseconds kLongestRest{5'000};

SteadyTime steady_now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

StreamLoop::StreamLoop(const StreamTimes& times, Dialer& dialer, HostWatch::Listener& listener,
                       FindWay find_way)
    : times_(times),
      dialer_(dialer),
      listener_(listener),
      find_way_(std::move(find_way)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

StreamLoop::~StreamLoop() {
  thread_.request_stop();
  shared_->wake.signal();
  thread_.join();
}

void StreamLoop::add(const HostWatch::Id& id, HostWatch::Target target) {
  shared_->inbox.with([&](Inbox& inbox) { inbox.orders[id] = std::move(target); });
  shared_->wake.signal();
}

void StreamLoop::remove(const HostWatch::Id& id) {
  shared_->inbox.with([&](Inbox& inbox) { inbox.orders[id] = std::nullopt; });
  shared_->wake.signal();
}

void StreamLoop::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const SteadyTime now = steady_now();
    take_inbox(now);
    for (auto& [id, stream] : streams_) {
      if (stream.due() <= now) work(id, stream, now);
    }
    wait(now);
  }
  streams_.clear();
}

void StreamLoop::take_inbox(SteadyTime now) {
  Inbox taken = shared_->inbox.with([](Inbox& inbox) { return std::exchange(inbox, {}); });
  for (auto& [id, order] : taken.orders) {
    streams_.erase(id);
    if (order) streams_.try_emplace(id, id, std::move(*order), times_, listener_);
  }
  for (Found& found : taken.found) {
    const auto stream = streams_.find(found.id);
    if (stream == streams_.end()) continue;
    stream->second.give_way(std::move(found.way), now);
    work(found.id, stream->second, now);
  }
}

void StreamLoop::work(const HostWatch::Id& id, Stream& stream, SteadyTime now) {
  stream.work(now, dialer_);
  if (!stream.take_wish_for_a_way()) return;
  find_way_(stream.login(), [shared = shared_, id](Result<Way> way) {
    shared->inbox.with([&](Inbox& inbox) { inbox.found.push_back({id, std::move(way)}); });
    shared->wake.signal();
  });
}

void StreamLoop::wait(SteadyTime now) {
  std::vector<pollfd> fds{{shared_->wake.fd(), POLLIN, 0}};
  std::vector<std::pair<const HostWatch::Id*, Stream*>> owners;
  SteadyTime until = now + kLongestRest;
  for (auto& [id, stream] : streams_) {
    until = std::min(until, stream.due());
    if (stream.fd() < 0) continue;
    fds.push_back({stream.fd(), stream.wanted_events(), 0});
    owners.emplace_back(&id, &stream);
  }
  const auto span = std::max(std::chrono::ceil<milliseconds>(until - steady_now()), milliseconds{0});
  const int ready = ::poll(fds.data(), fds.size(), static_cast<int>(span.count()));
  shared_->wake.clear();
  const SteadyTime then = steady_now();
  for (std::size_t i = 0; i < owners.size(); ++i) {
    if (ready == 0 || fds[i + 1].revents != 0) work(*owners[i].first, *owners[i].second, then);
  }
}

}  // namespace vpcp::ssh
