#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "adapters/web/http_request.h"
#include "vpcp/base/result.h"

namespace vpcp::web {

using Text = std::shared_ptr<const std::string>;

inline Text text_of(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

/// What a request is answered with, whole. The body may be shared: clients that are slow to take it hold it
/// together.
struct Answer {
  int status{200};
  const char* type{"text/plain; charset=utf-8"};
  Text body;
  std::string headers{};  ///< More of them, each ended by "\r\n".
};

/// An answer without end, as server-sent events. Used by the server's thread only.
class EventFeed {
 public:
  virtual ~EventFeed() = default;
  /// The next events, framed, or nullptr when there is no news. Asked several times a second, and only after
  /// the client has taken the last ones. Must not wait.
  virtual Text next() = 0;
};
/// `headers` as in an Answer.
struct Feed {
  std::unique_ptr<EventFeed> events;
  std::string headers{};
};

using Reply = std::variant<Answer, Feed>;

/// What stands at a path. Called by the server's thread: must not wait.
struct Route {
  std::string path;
  std::function<Reply(const Request&)> reply;
};

/// Answers GET and HEAD over HTTP/1.1 on one thread of its own, until it is destroyed. No client can delay
/// another one: nothing waits for a connection, and each has a deadline. When there are too many, those that
/// have been still for longest are closed. Every answer forbids sniffing and use by other sites.
class WebServer {
 public:
  /// `listen` is "host:port", host an IPv4 address; port 0 takes a free one. Errors: Invalid
  /// "ListenAddressInvalid", Denied "CannotListen".
  static Result<std::unique_ptr<WebServer>> start(const std::string& listen, std::vector<Route> routes);
  ~WebServer();

  [[nodiscard]] std::uint16_t port() const;

 private:
  class Impl;
  explicit WebServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// `make` remembers its last text and gives it again for ten times as long as the making took: however many
/// ask, it takes a tenth of a core at most. For the server's thread.
std::function<Text()> paced(std::function<std::string()> make);

/// "/metrics", with what `text` gives in Prometheus' format, paced.
Route metrics_route(std::function<std::string()> text);

}  // namespace vpcp::web
