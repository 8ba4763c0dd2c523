#include "adapters/cpprest/http_client.h"

#include <utility>  // missing in boost/asio/awaitable.hpp

#include <cpprest/http_client.h>
#include <cpprest/rawptrstream.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <tuple>
#include <variant>
#include <vector>

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

/// Takes the body of an answer; says of each part whether it may be so long. Write-only.
class Sink : public concurrency::streams::details::streambuf_state_manager<std::uint8_t> {
 public:
  Sink() : streambuf_state_manager(std::ios_base::out) {}

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
  /// On the pool thread. False: this is more than we take.
  virtual bool take_part(std::string_view part) = 0;

  pplx::task<int_type> _putc(std::uint8_t byte) override {
    return _putn(&byte, 1).then([byte](std::size_t) { return static_cast<int_type>(byte); });
  }
  pplx::task<std::size_t> _putn(const std::uint8_t* bytes, std::size_t count) override {
    if (!take_part({reinterpret_cast<const char*>(bytes), count})) {
      return pplx::task_from_exception<std::size_t>(std::length_error("the answer is too long"));
    }
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
};

/// Keeps the body whole.
class BodySink final : public Sink {
 public:
  explicit BodySink(std::size_t limit) : limit_(limit) {}
  std::string take() { return std::move(text_); }

 protected:
  bool take_part(std::string_view part) override {
    if (part.size() > limit_ - text_.size()) return false;
    text_.append(part);
    return true;
  }

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

/// Lines of a body on their way from the pool thread to the thread that waits.
class LineBox {
 public:
  void put(std::string line) {
    const std::lock_guard lock(mutex_);
    bytes_ += line.size();
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }
  void head(int status) {
    const std::lock_guard lock(mutex_);
    status_ = status;
    changed_.notify_all();
  }
  void end(Ending ending) {
    const std::lock_guard lock(mutex_);
    ending_ = std::move(ending);
    changed_.notify_all();
  }
  [[nodiscard]] std::size_t waiting_bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }

  struct News {
    int status{0};  ///< 0: the head has not come.
    std::deque<std::string> lines;
    bool ended{false};
  };
  /// Lines once the status is known, or the ending; waits for one of them. nullopt: the context ended first.
  std::optional<News> wait(const Context& ctx) {
    std::unique_lock lock(mutex_);
    const auto news = [this] { return ending_.index() != 0 || (status_ != 0 && !lines_.empty()); };
    const bool any = ctx.deadline == SteadyTime::max()
                         ? changed_.wait(lock, ctx.stop, news)
                         : changed_.wait_until(lock, ctx.stop, ctx.deadline, news);
    if (!any) return std::nullopt;
    bytes_ = 0;
    return News{status_, std::exchange(lines_, {}), ending_.index() != 0};
  }
  Ending take() {
    const std::lock_guard lock(mutex_);
    return std::move(ending_);
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::string> lines_;
  std::size_t bytes_{0};
  int status_{0};
  Ending ending_;
};

/// Cuts the body into lines as it arrives.
class LineSink final : public Sink {
 public:
  LineSink(std::shared_ptr<LineBox> box, std::size_t limit) : box_(std::move(box)), limit_(limit) {}
  /// What came after the last line's end.
  std::string rest() { return std::move(begun_); }

 protected:
  bool take_part(std::string_view part) override {
    for (std::size_t end = 0; (end = part.find('\n')) != std::string_view::npos;
         part.remove_prefix(end + 1)) {
      if (begun_.size() + end > limit_) return false;
      begun_.append(part.substr(0, end));
      if (!begun_.empty()) box_->put(std::exchange(begun_, {}));
    }
    if (begun_.size() + part.size() > limit_) return false;
    begun_.append(part);
    return box_->waiting_bytes() <= kMostWaiting;
  }

 private:
  static constexpr std::size_t kMostWaiting = std::size_t{64} << 20U;  // a reader that has stopped reading
  std::shared_ptr<LineBox> box_;
  std::size_t limit_;
  std::string begun_;
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
                              const std::shared_ptr<Sink>& sink) {
  http::http_request message(request.method);
  message.set_request_uri(url.resource());
  for (const auto& [name, value] : request.headers) message.headers().add(name, value);
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

/// As exchange, with the lines handed over while they come.
Result<HttpResponse> exchange_lines(const Context& ctx, http_client& client, const HttpRequest& request,
                                    const web::uri& url,
                                    const std::function<void(std::string_view)>& on_line) {
  const auto box = std::make_shared<LineBox>();
  const auto sink = std::make_shared<LineSink>(box, request.max_body);
  pplx::cancellation_token_source source;
  const auto none = pplx::cancellation_token::none();
  auto ended = client.request(to_message(request, url, sink), source.get_token())
                   .then(
                       [box](const pplx::task<http::http_response>& head) {
                         const http::http_response answer = head.get();
                         box->head(answer.status_code());
                         return answer.content_ready();
                       },
                       none)
                   .then(
                       [box](const pplx::task<http::http_response>& whole) {
                         try {
                           box->end(whole.get());
                         } catch (...) {
                           box->end(std::current_exception());
                         }
                       },
                       none);
  std::string refusal;
  bool stopped = false;
  while (true) {
    const auto news = box->wait(ctx);
    stopped = !news;
    if (stopped) break;
    for (const std::string& line : news->lines) {
      if (news->status / 100 != 2) {
        refusal += line + "\n";
      } else if (!ctx.stopped()) {
        on_line(line);
      }
    }
    if (news->ended) break;
  }
  if (stopped) pplx::create_task([source] { source.cancel(); }).wait();
  ended.wait();
  const Ending ending = box->take();
  if (stopped) return Error{ErrorKind::Transient, "Stopped", "the stream was no longer wanted"};
  if (const auto* answer = std::get_if<http::http_response>(&ending))
    return to_response(*answer, refusal + sink->rest());
  return to_error(std::get<std::exception_ptr>(ending), url.host());
}

/// Finds a dead peer also where nothing waits for an answer: three probes without one, and it is dead.
void set_keepalive(int socket, milliseconds dead_peer) {
  const auto set = [socket](int level, int name, int value) {
    ::setsockopt(socket, level, name, &value, sizeof value);
  };
  const int seconds = std::max(2, static_cast<int>(dead_peer.count() / 1000));
  const int between = std::max(1, seconds / 4);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, std::max(1, seconds - 3 * between));
  set(IPPROTO_TCP, TCP_KEEPINTVL, between);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, seconds * 1000);
}

/// Called with every request. A new connection's socket is not open yet: it can be opened here only when the
/// family is known for certain, or the connect would fail.
void prepare_socket(http::client::native_handle handle, bool tls, bool ipv4_literal, milliseconds dead_peer) {
  using Socket = boost::asio::ip::tcp::socket;
  Socket* socket = tls ? &static_cast<boost::asio::ssl::stream<Socket&>*>(handle)->next_layer()
                       : static_cast<Socket*>(handle);
  boost::system::error_code failed;
  if (!socket->is_open() && ipv4_literal) socket->open(boost::asio::ip::tcp::v4(), failed);
  if (socket->is_open()) set_keepalive(socket->native_handle(), dead_peer);
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

using CertificatePtr = std::shared_ptr<X509>;

/// TlsSettings in OpenSSL's form.
struct TlsParts {
  std::shared_ptr<X509_STORE> roots;  ///< Absent: the system's.
  std::vector<CertificatePtr> chain;  ///< The client's own certificate first; empty: none.
  std::shared_ptr<EVP_PKEY> key;
};

std::vector<CertificatePtr> read_certificates(std::string_view pem) {
  std::vector<CertificatePtr> all;
  const std::shared_ptr<BIO> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  while (X509* one = PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr))
    all.emplace_back(one, X509_free);
  ERR_clear_error();  // the end of the text is told as an error
  return all;
}

Error bad_tls(const char* what) {
  ERR_clear_error();
  return {ErrorKind::Invalid, "BadTlsSettings", what};
}

Result<TlsParts> read_tls(const TlsSettings& settings) {
  TlsParts parts;
  if (!settings.ca_pem.empty()) {
    parts.roots.reset(X509_STORE_new(), X509_STORE_free);
    const auto trusted = read_certificates(settings.ca_pem);
    if (trusted.empty()) return bad_tls("the certificate authority holds no certificate in PEM form");
    for (const auto& one : trusted) X509_STORE_add_cert(parts.roots.get(), one.get());
  }
  if (settings.certificate_pem.empty()) return parts;
  parts.chain = read_certificates(settings.certificate_pem);
  if (parts.chain.empty()) return bad_tls("the client certificate is not in PEM form");
  const std::string_view pem = settings.key_pem.reveal();
  const std::shared_ptr<BIO> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const auto no_passphrase = [](char*, int, int, void*) { return 0; };
  parts.key.reset(PEM_read_bio_PrivateKey(text.get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
  if (!parts.key) return bad_tls("the client key is not an unencrypted private key in PEM form");
  if (X509_check_private_key(parts.chain.front().get(), parts.key.get()) != 1) {
    return bad_tls("the client key does not belong to the client certificate");
  }
  return parts;
}

void apply_tls(const TlsParts& parts, SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set1_cert_store(context, parts.roots.get());
  if (parts.chain.empty()) return;
  SSL_CTX_use_certificate(context, parts.chain.front().get());
  for (std::size_t i = 1; i < parts.chain.size(); ++i) SSL_CTX_add1_chain_cert(context, parts.chain[i].get());
  SSL_CTX_use_PrivateKey(context, parts.key.get());
}

}  // namespace

struct CpprestHttpClient::Impl {
  /// What is fixed for a client of the library: base URL, time-outs and TLS.
  using Key = std::tuple<std::string, milliseconds, milliseconds, std::shared_ptr<const TlsSettings>>;

  explicit Impl(CpprestOptions o) : options(std::move(o)) {}

  std::shared_ptr<X509_STORE> trusted() {
    return roots.with([this](std::shared_ptr<X509_STORE>& store) {
      if (!store) store = load_roots(options.ca_bundle);
      return store;
    });
  }

  Result<TlsParts> tls_parts(const HttpRequest& request) {
    TlsParts parts;
    if (request.tls) parts = TRY(read_tls(*request.tls));
    if (!parts.roots) parts.roots = trusted();
    return parts;
  }

  Result<http_client_config> config(const web::uri& url, const HttpRequest& request) {
    http_client_config config;
    config.set_timeout(std::chrono::duration_cast<std::chrono::microseconds>(request.timeout));
    config.set_max_redirects(0);  // following one would send the key to another host
    config.set_validate_certificates(!request.tls || !request.tls->skip_verify);
    const bool tls = url.scheme() == "https";
    if (tls) {
      TlsParts parts = TRY(tls_parts(request));
      config.set_ssl_context_callback([parts = std::move(parts)](boost::asio::ssl::context& context) {
        apply_tls(parts, context.native_handle());
      });
    }
    config.set_nativehandle_options([tls, literal = is_ipv4_literal(url.host()),
                                     dead_peer = request.dead_peer](http::client::native_handle handle) {
      prepare_socket(handle, tls, literal, dead_peer);
    });
    return config;
  }

  Result<std::shared_ptr<http_client>> make(const web::uri& url, const HttpRequest& request) {
    const http_client_config made = TRY(config(url, request));
    return std::make_shared<http_client>(url.authority(), made);
  }

  Result<std::shared_ptr<http_client>> client_for(const web::uri& url, const HttpRequest& request) {
    if (request.fresh_connection) return make(url, request);
    return clients.with([&](auto& known) -> Result<std::shared_ptr<http_client>> {
      const Key key{url.authority().to_string(), request.timeout, request.dead_peer, request.tls};
      if (const auto found = known.find(key); found != known.end()) return found->second;
      // Settings that only this map still holds have been replaced, by a renewed certificate for instance.
      std::erase_if(known, [](const auto& entry) { return std::get<3>(entry.first).use_count() == 1; });
      std::shared_ptr<http_client> client = TRY(make(url, request));
      known.emplace(key, client);
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

namespace {

Result<web::uri> parse_url(const std::string& text) {
  try {
    web::uri url(text);
    if ((url.scheme() == "http" || url.scheme() == "https") && !url.host().empty()) return url;
    return Error{ErrorKind::Invalid, "BadUrl", "the URL needs http or https and a host"};
  } catch (const web::uri_exception&) {
    return Error{ErrorKind::Invalid, "BadUrl", "the URL is not well-formed"};
  }
}

}  // namespace

Result<HttpResponse> CpprestHttpClient::send(const Context& ctx, const HttpRequest& request) {
  if (ctx.stopped() || ctx.left() == milliseconds{0}) {
    return Error{ErrorKind::Transient, "NotSent", "no time is left for the request"};
  }
  const web::uri url = TRY(parse_url(request.url));
  try {
    const auto client = TRY(impl_->client_for(url, request));
    auto result = exchange(ctx, *client, request, url);
    const bool again =
        request.method == "GET" && !result.ok() && result.error().reason == "NotSent" && !ctx.stopped();
    return again ? exchange(ctx, *client, request, url) : std::move(result);
  } catch (const std::exception& e) {  // thrown before the library took the request
    return Error{ErrorKind::Transient, "NotSent", e.what()};
  }
}

Result<HttpResponse> CpprestHttpClient::stream_lines(const Context& ctx, const HttpRequest& request,
                                                     const std::function<void(std::string_view)>& on_line) {
  if (ctx.stopped()) return Error{ErrorKind::Transient, "Stopped", "the stream was no longer wanted"};
  const web::uri url = TRY(parse_url(request.url));
  const auto client = TRY(impl_->client_for(url, request));
  return exchange_lines(ctx, *client, request, url, on_line);
}

}  // namespace vpcp
