#include "adapters/cpprest/http_client.h"

#include <utility>  // missing in boost/asio/awaitable.hpp

#include <cpprest/http_client.h>
#include <cpprest/rawptrstream.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <variant>

#include "vpcp/base/guarded.h"

// cpprestsdk has traps; these rules keep out of them and hold for this whole file:
//  * nothing blocks on the pool thread; continuations only move values;
//  * every task ends in a continuation that takes all exceptions: a dropped failing task ends the process;
//  * cancellation runs on the pool thread;
//  * bodies go to BodySink: the library's own buffers dead-lock when a write fails.

namespace vpcp {
namespace {

namespace http = web::http;
using http::client::http_client;
using http::client::http_client_config;
using Closing = std::ios_base::openmode;

/// Takes the body of an answer, up to a limit. Write-only.
class BodySink final : public concurrency::streams::details::streambuf_state_manager<std::uint8_t> {
 public:
  explicit BodySink(std::size_t limit) : streambuf_state_manager(std::ios_base::out), limit_(limit) {}
  std::string take() { return std::move(text_); }

  bool can_seek() const override { return false; }
  bool has_size() const override { return false; }
  std::size_t buffer_size(Closing) const override { return 0; }
  void set_buffer_size(std::size_t, Closing) override {}
  std::size_t in_avail() const override { return 0; }
  pos_type getpos(Closing) const override { return static_cast<pos_type>(traits::eof()); }
  pos_type seekpos(pos_type, Closing) override { return static_cast<pos_type>(traits::eof()); }
  pos_type seekoff(off_type, std::ios_base::seekdir, Closing) override {
    return static_cast<pos_type>(traits::eof());
  }
  bool acquire(std::uint8_t*&, std::size_t&) override { return false; }
  void release(std::uint8_t*, std::size_t) override {}
  // The inherited ones wait for the pool while running on it when a write has failed.
  pplx::task<void> close(Closing mode) override {
    if (mode & std::ios_base::out) m_stream_can_write = false;
    return pplx::task_from_result();
  }
  pplx::task<void> close(Closing mode, std::exception_ptr failure) override {
    if (!m_currentException) m_currentException = failure;
    return close(mode);
  }

 protected:
  pplx::task<int_type> _putc(std::uint8_t byte) override {
    return _putn(&byte, 1).then([byte](std::size_t) { return static_cast<int_type>(byte); });
  }
  pplx::task<std::size_t> _putn(const std::uint8_t* bytes, std::size_t count) override {
    if (count > limit_ - text_.size()) {
      return pplx::task_from_exception<std::size_t>(std::length_error("the answer is too long"));
    }
    text_.append(reinterpret_cast<const char*>(bytes), count);
    return pplx::task_from_result(count);
  }
  pplx::task<int_type> _bumpc() override { return pplx::task_from_result<int_type>(traits::eof()); }
  int_type _sbumpc() override { return traits::eof(); }
  pplx::task<int_type> _getc() override { return pplx::task_from_result<int_type>(traits::eof()); }
  int_type _sgetc() override { return traits::eof(); }
  pplx::task<int_type> _nextc() override { return pplx::task_from_result<int_type>(traits::eof()); }
  pplx::task<int_type> _ungetc() override { return pplx::task_from_result<int_type>(traits::eof()); }
  pplx::task<std::size_t> _getn(std::uint8_t*, std::size_t) override {
    return pplx::task_from_result<std::size_t>(0);
  }
  std::size_t _scopy(std::uint8_t*, std::size_t) override { return 0; }
  pplx::task<bool> _sync() override { return pplx::task_from_result(true); }
  std::uint8_t* _alloc(std::size_t) override { return nullptr; }
  void _commit(std::size_t) override {}

 private:
  std::string text_;
  std::size_t limit_;
};

/// How a request ended: the library's answer, or the exception it ended with.
using Ending = std::variant<std::monostate, http::http_response, std::exception_ptr>;

/// Where the pool thread leaves the ending for the thread that waits.
class Mailbox {
 public:
  void put(Ending ending) {
    const std::lock_guard lock(mutex_);
    ending_ = std::move(ending);
    arrived_.notify_all();
  }
  /// False when the context ended first.
  bool wait(const Context& ctx) {
    std::unique_lock lock(mutex_);
    const auto here = [this] { return ending_.index() != 0; };
    if (ctx.deadline == SteadyTime::max()) return arrived_.wait(lock, ctx.stop, here);
    return arrived_.wait_until(lock, ctx.stop, ctx.deadline, here);
  }
  Ending take() {
    const std::lock_guard lock(mutex_);
    return std::move(ending_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any arrived_;
  Ending ending_;
};

enum class Reached { NotSent, MaybeDone, CertificateRefused };

bool is_certificate_error(long code) {
  const auto packed = static_cast<unsigned long>(code);
  return ERR_GET_LIB(packed) == ERR_LIB_SSL && ERR_GET_REASON(packed) == SSL_R_CERTIFICATE_VERIFY_FAILED;
}

/// How far a failed request came. The library tells only by the text; unknown texts count as far.
Reached how_far(const http::http_exception& failure) {
  if (is_certificate_error(failure.error_code().value())) return Reached::CertificateRefused;
  // Before the connection stands, and a request head that did not go out whole.
  static constexpr std::string_view kBefore[] = {"Error resolving", "Failed to connect",
                                                 "Error in SSL handshake", "Failed to write request headers"};
  const std::string_view text = failure.what();
  const bool before = std::any_of(std::begin(kBefore), std::end(kBefore),
                                  [&](std::string_view start) { return text.starts_with(start); });
  return before ? Reached::NotSent : Reached::MaybeDone;
}

Error to_error(const std::exception_ptr& failure, const std::string& host) {
  try {
    std::rethrow_exception(failure);
  } catch (const http::http_exception& e) {
    const std::string text = host + ": " + e.what();
    switch (how_far(e)) {
      case Reached::NotSent:
        return {ErrorKind::Transient, "NotSent", text};
      case Reached::MaybeDone:
        return {ErrorKind::Transient, "AnswerLost", text};
      case Reached::CertificateRefused:
        return {ErrorKind::Denied, "CertificateRefused",
                host + ": the certificate is not signed by a known CA or is for another name"};
    }
    return {ErrorKind::Transient, "AnswerLost", text};
  } catch (const std::exception& e) {
    return {ErrorKind::Transient, "AnswerLost", host + ": " + e.what()};
  } catch (...) {
    return {ErrorKind::Transient, "AnswerLost", host + ": the request failed"};
  }
}

HttpResponse to_response(const http::http_response& answer, std::string body) {
  HttpResponse response;
  response.status = answer.status_code();
  for (const auto& [name, value] : answer.headers()) {
    std::string key = name;
    std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return std::tolower(c); });
    response.headers.insert_or_assign(std::move(key), value);
  }
  response.body = std::move(body);
  return response;
}

/// The request in the library's form. Its body is read from `request.body` where it lies, so `request` must
/// outlive the exchange.
http::http_request to_message(const HttpRequest& request, const web::uri& url,
                              const std::shared_ptr<BodySink>& sink) {
  http::http_request message(request.method);
  message.set_request_uri(url.resource());
  if (request.bearer)
    message.headers().add("Authorization", "Bearer " + std::string(request.bearer->reveal()));
  if (!request.body.empty()) {
    const std::string_view bytes = request.body.reveal();
    auto stream = concurrency::streams::rawptr_stream<std::uint8_t>::open_istream(
        reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    message.set_body(stream, bytes.size(), request.content_type);
  }
  concurrency::streams::streambuf<std::uint8_t> buffer(
      std::static_pointer_cast<concurrency::streams::details::basic_streambuf<std::uint8_t>>(sink));
  message.set_response_stream(concurrency::streams::basic_ostream<std::uint8_t>(buffer));
  return message;
}

Result<HttpResponse> exchange(const Context& ctx, http_client& client, const HttpRequest& request,
                              const web::uri& url) {
  const auto sink = std::make_shared<BodySink>(request.max_body);
  const auto mailbox = std::make_shared<Mailbox>();
  pplx::cancellation_token_source source;
  const auto none = pplx::cancellation_token::none();
  auto ended =
      client.request(to_message(request, url, sink), source.get_token())
          .then([](const pplx::task<http::http_response>& head) { return head.get().content_ready(); }, none)
          .then(
              [mailbox](const pplx::task<http::http_response>& whole) {
                try {
                  mailbox->put(whole.get());
                } catch (...) {
                  mailbox->put(std::current_exception());
                }
              },
              none);
  if (!mailbox->wait(ctx)) {
    pplx::create_task([source] { source.cancel(); }).wait();
  }
  ended.wait();
  const Ending ending = mailbox->take();
  if (const auto* answer = std::get_if<http::http_response>(&ending))
    return to_response(*answer, sink->take());
  return to_error(std::get<std::exception_ptr>(ending), url.host());
}

/// Finds a dead peer in some 35 s also where nothing waits for an answer.
void set_keepalive(int socket) {
  const auto set = [socket](int level, int name, int value) {
    ::setsockopt(socket, level, name, &value, sizeof value);
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 20);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 30000);
}

/// Called with every request. A new connection's socket is not open yet: it can be opened here only when the
/// family is known for certain, or the connect would fail.
void prepare_socket(http::client::native_handle handle, bool tls, bool ipv4_literal) {
  using Socket = boost::asio::ip::tcp::socket;
  Socket* socket = tls ? &static_cast<boost::asio::ssl::stream<Socket&>*>(handle)->next_layer()
                       : static_cast<Socket*>(handle);
  boost::system::error_code failed;
  if (!socket->is_open() && ipv4_literal) socket->open(boost::asio::ip::tcp::v4(), failed);
  if (socket->is_open()) set_keepalive(socket->native_handle());
}

bool is_ipv4_literal(const std::string& host) {
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(host, failed);
  return !failed && address.is_v4();
}

std::shared_ptr<X509_STORE> load_roots(const std::string& bundle) {
  std::shared_ptr<X509_STORE> store(X509_STORE_new(), X509_STORE_free);
  X509_STORE_load_file(store.get(), bundle.c_str());  // without roots every certificate is refused: safe
  ERR_clear_error();
  return store;
}

}  // namespace

struct CpprestHttpClient::Impl {
  using Key = std::pair<std::string, milliseconds>;  ///< Base URL and time-out: both are fixed for a client.

  explicit Impl(CpprestOptions o) : options(std::move(o)) {}

  std::shared_ptr<X509_STORE> trusted() {
    return roots.with([this](std::shared_ptr<X509_STORE>& store) {
      if (!store) store = load_roots(options.ca_bundle);
      return store;
    });
  }

  http_client_config config(const web::uri& url, milliseconds timeout) {
    http_client_config config;
    config.set_timeout(std::chrono::duration_cast<std::chrono::microseconds>(timeout));
    config.set_max_redirects(0);  // following one would send the key to another host
    config.set_validate_certificates(true);
    const bool tls = url.scheme() == "https";
    if (tls) {
      config.set_ssl_context_callback([store = trusted()](boost::asio::ssl::context& context) {
        SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
        SSL_CTX_set1_cert_store(context.native_handle(), store.get());
      });
    }
    config.set_nativehandle_options(
        [tls, literal = is_ipv4_literal(url.host())](http::client::native_handle handle) {
          prepare_socket(handle, tls, literal);
        });
    return config;
  }

  std::shared_ptr<http_client> make(const web::uri& url, milliseconds timeout) {
    return std::make_shared<http_client>(url.authority(), config(url, timeout));
  }

  std::shared_ptr<http_client> client_for(const web::uri& url, const HttpRequest& request) {
    if (request.fresh_connection) return make(url, request.timeout);
    return clients.with([&](auto& known) {
      auto& client = known[{url.authority().to_string(), request.timeout}];
      if (!client) client = make(url, request.timeout);
      return client;
    });
  }

  CpprestOptions options;
  Guarded<std::shared_ptr<X509_STORE>> roots;
  Guarded<std::map<Key, std::shared_ptr<http_client>>> clients;
};

CpprestHttpClient::CpprestHttpClient(CpprestOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
CpprestHttpClient::~CpprestHttpClient() = default;

Result<HttpResponse> CpprestHttpClient::send(const Context& ctx, const HttpRequest& request) {
  if (ctx.stopped() || ctx.left() == milliseconds{0}) {
    return Error{ErrorKind::Transient, "NotSent", "no time is left for the request"};
  }
  try {
    const web::uri url(request.url);
    if ((url.scheme() != "http" && url.scheme() != "https") || url.host().empty()) {
      return Error{ErrorKind::Invalid, "BadUrl", "the URL needs http or https and a host"};
    }
    const auto client = impl_->client_for(url, request);
    auto result = exchange(ctx, *client, request, url);
    const bool again =
        request.method == "GET" && !result.ok() && result.error().reason == "NotSent" && !ctx.stopped();
    return again ? exchange(ctx, *client, request, url) : std::move(result);
  } catch (const web::uri_exception&) {
    return Error{ErrorKind::Invalid, "BadUrl", "the URL is not well-formed"};
  } catch (const std::exception& e) {  // thrown before the library took the request
    return Error{ErrorKind::Transient, "NotSent", e.what()};
  }
}

}  // namespace vpcp
