#include "adapters/cpprest/http_client.h"

#include <utility>  // missing in boost/asio/awaitable.hpp

#include <cpprest/http_client.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>

#include <algorithm>
#include <optional>
#include <tuple>

#include "adapters/cpprest/exchange.h"
#include "adapters/cpprest/tls_parts.h"
#include "vpcp/base/guarded.h"

namespace vpcp {
namespace {

namespace http = web::http;
using cpprest::TlsParts;
using http::client::http_client;
using http::client::http_client_config;

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

using boost::asio::ip::tcp;

/// Called with every request. A new connection's socket is not open yet: it can be opened here only when the
/// family is known for certain, or the connect would fail.
void prepare_socket(http::client::native_handle handle, bool tls, const std::optional<tcp>& family,
                    milliseconds dead_peer) {
  using Socket = tcp::socket;
  Socket* socket = tls ? &static_cast<boost::asio::ssl::stream<Socket&>*>(handle)->next_layer()
                       : static_cast<Socket*>(handle);
  boost::system::error_code failed;
  if (!socket->is_open() && family) socket->open(*family, failed);
  if (socket->is_open()) set_keepalive(socket->native_handle(), dead_peer);
}

/// That of the host's addresses, when all are of one: then a watch over a new connection has its keepalive
/// from the beginning. Asks the resolver, and so may wait as long as that does.
std::optional<tcp> family_of(const web::uri& url) {
  boost::system::error_code failed;
  boost::asio::io_context context;
  std::string host = url.host();
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::optional<tcp> family;
  for (const auto& found : tcp::resolver(context).resolve(host, std::to_string(url.port()), failed)) {
    const tcp protocol = found.endpoint().protocol();
    if (family && *family != protocol) return std::nullopt;
    family = protocol;
  }
  return family;
}

}  // namespace

struct CpprestHttpClient::Impl {
  /// What is fixed for a client of the library: base URL, time-outs and TLS.
  using Key = std::tuple<std::string, milliseconds, milliseconds, std::shared_ptr<const TlsSettings>>;

  explicit Impl(CpprestOptions o) : options(std::move(o)) {}

  std::shared_ptr<X509_STORE> trusted() {
    return roots.with([this](std::shared_ptr<X509_STORE>& store) {
      if (!store) store = cpprest::load_roots(options.ca_bundle);
      return store;
    });
  }

  Result<TlsParts> tls_parts(const HttpRequest& request) {
    TlsParts parts;
    if (request.tls) parts = TRY(cpprest::read_tls(*request.tls));
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
        cpprest::apply_tls(parts, context.native_handle());
      });
    }
    config.set_nativehandle_options(
        [tls, family = family_of(url), dead_peer = request.dead_peer](http::client::native_handle handle) {
          prepare_socket(handle, tls, family, dead_peer);
        });
    return config;
  }

  Result<std::shared_ptr<http_client>> make(const web::uri& url, const HttpRequest& request) {
    const http_client_config made = TRY(config(url, request));
    return std::make_shared<http_client>(url.authority(), made);
  }

  Result<std::shared_ptr<http_client>> client_for(const web::uri& url, const HttpRequest& request) {
    if (request.fresh_connection) return make(url, request);
    const Key key{url.authority().to_string(), request.timeout, request.dead_peer, request.tls};
    const auto known = clients.with([&](auto& all) -> std::shared_ptr<http_client> {
      const auto found = all.find(key);
      return found == all.end() ? nullptr : found->second;
    });
    if (known) return known;
    std::shared_ptr<http_client> made = TRY(make(url, request));  // may wait for the resolver: not locked
    return clients.with([&](auto& all) {
      // Settings that only this map still holds have been replaced, by a renewed certificate for instance.
      std::erase_if(all, [](const auto& entry) { return std::get<3>(entry.first).use_count() == 1; });
      return all.emplace(key, std::move(made)).first->second;  // another thread's, if that was quicker
    });
  }

  /// The next one asks the resolver anew: the host may have other addresses by now.
  void forget(const web::uri& url, const HttpRequest& request) {
    clients.with([&](auto& all) {
      all.erase({url.authority().to_string(), request.timeout, request.dead_peer, request.tls});
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
    auto result = cpprest::exchange(ctx, *client, request, url);
    if (result.ok() || result.error().reason != "NotSent") return result;
    impl_->forget(url, request);
    if (request.method != "GET" || ctx.stopped()) return result;
    const auto anew = TRY(impl_->client_for(url, request));
    return cpprest::exchange(ctx, *anew, request, url);
  } catch (const std::exception& e) {  // thrown before the library took the request
    return Error{ErrorKind::Transient, "NotSent", e.what()};
  }
}

Result<HttpResponse> CpprestHttpClient::stream_lines(const Context& ctx, const HttpRequest& request,
                                                     const std::function<void(std::string_view)>& on_line) {
  if (ctx.stopped()) return Error{ErrorKind::Transient, "Stopped", "the stream was no longer wanted"};
  const web::uri url = TRY(parse_url(request.url));
  const auto client = TRY(impl_->client_for(url, request));
  auto ended = cpprest::exchange_lines(ctx, *client, request, url, on_line);
  if (!ended.ok() && ended.error().reason == "NotSent") impl_->forget(url, request);
  return ended;
}

}  // namespace vpcp
