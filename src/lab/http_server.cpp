#include "lab/http_server.h"

#include <arpa/inet.h>
#include <cpprest/containerstream.h>
#include <cpprest/http_listener.h>
#include <netinet/in.h>
#include <pplx/threadpool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab/later.h"

namespace vpcp::lab {
namespace {

using web::http::http_request;
using web::http::http_response;

constexpr std::uint64_t kMaxBody = 8ULL
                                   << 20;  // twice the largest user-data that the real one is known to take

/// http_listener cannot be asked which port it got, so a free one is looked up first.
std::uint16_t free_port(const std::string& address) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return 0;
  sockaddr_in where{};
  where.sin_family = AF_INET;
  socklen_t size = sizeof where;
  const bool bound = inet_pton(AF_INET, address.c_str(), &where.sin_addr) == 1 &&
                     ::bind(fd, reinterpret_cast<const sockaddr*>(&where), size) == 0 &&
                     ::getsockname(fd, reinterpret_cast<sockaddr*>(&where), &size) == 0;
  ::close(fd);
  return bound ? ntohs(where.sin_port) : 0;
}

std::string header(const http_request& request, const char* name) {
  const auto found = request.headers().find(name);
  return found == request.headers().end() ? "" : found->second;
}

Request read_head(const http_request& message) {
  Request request;
  request.method = message.method();
  request.path = message.request_uri().path();
  request.query = parse_query(message.request_uri().query());
  request.content_type = message.headers().content_type();
  request.authorization = header(message, "Authorization");
  request.user_agent = header(message, "User-Agent");
  request.source = message.remote_address();
  return request;
}

/// Awaits the task and drops its failure: whoever asked may be gone. A failed task that nobody awaits ends
/// the process.
template <class T>
void forget(pplx::task<T> task) {
  task.then([](pplx::task<T> done) {
    try {
      done.get();
    } catch (const std::exception&) {  // nobody is left to be told
    }
  });
}

/// Promises a long body and ends after its first byte: the asker cannot know whether the request was done.
void send_broken(const http_request& message, http_response response) {
  response.set_body(concurrency::streams::bytestream::open_istream(std::vector<std::uint8_t>{'{'}), 4096,
                    "application/json");
  forget(message.reply(response));
}

void send(const http_request& message, const Response& answer) {
  http_response response(static_cast<web::http::status_code>(answer.status));
  if (answer.retry_after) response.headers().add("Retry-After", std::to_string(*answer.retry_after));
  if (answer.lost) return send_broken(message, std::move(response));
  if (!answer.body.empty()) {
    response.set_body(std::vector<unsigned char>(answer.body.begin(), answer.body.end()));
    response.headers().set_content_type(answer.content_type);
  }
  forget(message.reply(response));
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(std::string url, Handle handle) : url_(std::move(url)), handle_(std::move(handle)), listener_(url_) {
    listener_.support([this](const http_request& message) { receive(message); });
  }
  ~Impl() { forget_and_wait(listener_.close()); }

  Status open() {
    try {
      listener_.open().wait();
    } catch (const std::exception& e) {  // the library has no other way to tell
      return Error{ErrorKind::Denied, "CannotListen", "cannot listen on " + url_ + ": " + e.what()};
    }
    return {};
  }
  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  static void forget_and_wait(const pplx::task<void>& task) {
    try {
      task.wait();
    } catch (const std::exception&) {  // was not open
    }
  }

  void receive(const http_request& message) {
    if (message.headers().content_length() > kMaxBody) {
      Response too_large;
      too_large.status = 413;
      return send(message, too_large);
    }
    forget(message.extract_vector().then([this, message](const std::vector<unsigned char>& body) {
      Request request = read_head(message);
      request.body.assign(body.begin(), body.end());
      answer(message, handle_(request));
    }));
  }

  void answer(const http_request& message, const Response& response) {
    if (response.delay.count() <= 0) return send(message, response);
    const auto due = std::chrono::steady_clock::now() + response.delay;
    later_.at(due, [message, response] { send(message, response); });
  }

  const std::string url_;
  const Handle handle_;
  web::http::experimental::listener::http_listener listener_;
  Later later_;
};

void start_http_threads(std::size_t threads) {
  crossplat::threadpool::initialize_with_threads(threads);
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;
const std::string& HttpServer::url() const {
  return impl_->url();
}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(const std::string& address, std::uint16_t port,
                                                       const Handle& handle) {
  constexpr int kTries = 5;  // someone else may take the free port meanwhile
  for (int left = port == 0 ? kTries : 1;; --left) {
    const std::uint16_t chosen = port == 0 ? free_port(address) : port;
    auto impl = std::make_unique<Impl>("http://" + address + ":" + std::to_string(chosen), handle);
    const Status opened = impl->open();
    if (opened.ok()) return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
    if (left <= 1) return opened.error();
  }
}

}  // namespace vpcp::lab
