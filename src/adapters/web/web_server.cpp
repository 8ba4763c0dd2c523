#include "adapters/web/web_server.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <thread>
#include <utility>

#include "adapters/web/connection.h"
#include "adapters/web/listener.h"

namespace vpcp::web {
namespace {

/// A process has 1024 descriptors to begin with, and SSH sessions need some.
constexpr std::size_t kConnections = 400;
/// How often feeds are asked for news and deadlines are looked at.
constexpr milliseconds kTick{100};

/// Of paced(): so many times as long as it took is rested.
constexpr int kRest = 10;

SteadyTime now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

class WebServer::Impl {
 public:
  Impl(Socket listener, std::vector<Route> routes)
      : listener_(std::move(listener)),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        routes_(std::move(routes)) {
    watch(listener_.fd(), EPOLLIN, EPOLL_CTL_ADD);
    watch(wake_.fd(), EPOLLIN, EPOLL_CTL_ADD);
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  ~Impl() {
    thread_.request_stop();
    const std::uint64_t one = 1;
    (void)!::write(wake_.fd(), &one, sizeof one);
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const { return port_of(listener_); }

 private:
  void run(const std::stop_token& stop) {
    std::array<epoll_event, 64> events{};
    SteadyTime next_tick = now() + kTick;
    while (!stop.stop_requested()) {
      const auto wait = std::chrono::ceil<milliseconds>(std::max(SteadyTime::duration{0}, next_tick - now()));
      const int n = ::epoll_wait(epoll_.fd(), events.data(), events.size(), static_cast<int>(wait.count()));
      for (int i = 0; i < n; ++i) {
        if (events[static_cast<std::size_t>(i)].data.fd == listener_.fd())
          accept_all();
        else
          proceed(events[static_cast<std::size_t>(i)].data.fd);
      }
      if (now() < next_tick) continue;
      tick();
      next_tick = now() + kTick;
    }
  }

  void accept_all() {
    for (;;) {
      Socket socket(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (socket.fd() < 0 && errno == EMFILE) {
        if (!connections_.empty()) close_the_stillest();
        watch(listener_.fd(), 0, EPOLL_CTL_MOD);  // until the next tick, instead of asking without end
      }
      if (socket.fd() < 0) return;
      if (connections_.size() >= kConnections) close_the_stillest();
      const int fd = socket.fd();
      connections_.emplace(fd, Connection(std::move(socket), now()));
      watch(fd, EPOLLIN, EPOLL_CTL_ADD);
    }
  }

  void proceed(int fd) {
    const auto found = connections_.find(fd);
    if (found == connections_.end()) return;
    const bool goes_on =
        found->second.proceed([this](const Request& request) { return reply(request); }, now());
    settle(found, goes_on);
  }

  void tick() {
    watch(listener_.fd(), EPOLLIN, EPOLL_CTL_MOD);
    for (auto it = connections_.begin(); it != connections_.end();) {
      const auto here = it++;
      settle(here, here->second.tick(now()));
    }
  }

  /// Afterwards the connection is gone, or waited for as it now needs.
  void settle(std::map<int, Connection>::iterator connection, bool goes_on) {
    if (!goes_on) {
      connections_.erase(connection);  // closing a descriptor takes it off the watch
      return;
    }
    const std::uint32_t what = connection->second.wants_to_write() ? EPOLLOUT : EPOLLIN;
    watch(connection->first, what, EPOLL_CTL_MOD);
  }

  /// Feeds go last: a person looks at each.
  void close_the_stillest() {
    const auto stillest =
        std::min_element(connections_.begin(), connections_.end(), [](const auto& a, const auto& b) {
          return std::pair(a.second.is_feed(), a.second.moved()) <
                 std::pair(b.second.is_feed(), b.second.moved());
        });
    connections_.erase(stillest);
  }

  Reply reply(const Request& request) {
    for (const Route& route : routes_) {
      if (route.path == request.path) return route.reply(request);
    }
    return Answer{404, "text/plain; charset=utf-8", text_of("not found\n")};
  }

  void watch(int fd, std::uint32_t what, int operation) {
    epoll_event event{};
    event.events = what;
    event.data.fd = fd;
    (void)::epoll_ctl(epoll_.fd(), operation, fd, &event);
  }

  Socket listener_;
  Socket epoll_;
  Socket wake_;
  std::vector<Route> routes_;
  std::map<int, Connection> connections_;
  std::jthread thread_;  ///< Last: it uses the rest.
};

WebServer::WebServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

WebServer::~WebServer() = default;

Result<std::unique_ptr<WebServer>> WebServer::start(const std::string& listen, std::vector<Route> routes) {
  Socket listener = TRY(listen_on(listen));
  return std::unique_ptr<WebServer>(
      new WebServer(std::make_unique<Impl>(std::move(listener), std::move(routes))));
}

std::uint16_t WebServer::port() const {
  return impl_->port();
}

std::function<Text()> paced(std::function<std::string()> make) {
  return [make = std::move(make), last = Text(), until = SteadyTime()]() mutable {
    const SteadyTime began = now();
    if (!last || began >= until) {
      last = text_of(make());
      const SteadyTime ended = now();
      until = ended + kRest * (ended - began);
    }
    return last;
  };
}

Route metrics_route(std::function<std::string()> text) {
  return {"/metrics", [text = paced(std::move(text))](const Request&) {
            return Answer{200, "text/plain; version=0.0.4; charset=utf-8", text()};
          }};
}

}  // namespace vpcp::web
