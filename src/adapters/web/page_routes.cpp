#include "adapters/web/page_routes.h"

#include "adapters/web/assets.h"
#include "adapters/web/page_request.h"

namespace vpcp::web {
namespace {

/// Only our own files and events; nobody may put the page in a frame.
constexpr const char* kPageHeaders =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: no-referrer\r\nPermissions-Policy: camera=(), geolocation=(), microphone=()\r\n";

const char* type_of(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  return "image/svg+xml";
}

Answer plain(int status, const char* text) {
  return {status, "text/plain; charset=utf-8", text_of(text), kPageHeaders};
}

Reply open_feed(PageModel& model, const Request& request) {
  if (request.method != "GET") return Feed{nullptr, kPageHeaders};
  auto feed = model.open(wanted_peering(request));
  if (!feed) return plain(503, "too many pages are open\n");
  return Feed{std::move(feed), kPageHeaders};
}

}  // namespace

std::vector<Route> page_routes(PageModel& model, const std::string& listen) {
  const auto guarded = [listen](std::function<Reply(const Request&)> reply) {
    return [listen, reply = std::move(reply)](const Request& request) -> Reply {
      if (!is_ours(request.host, listen)) return plain(421, "ask for localhost\n");
      return reply(request);
    };
  };
  std::vector<Route> routes;
  for (const Asset& asset : assets()) {
    const Answer answer{200, type_of(asset.name), text_of(std::string(asset.bytes)), kPageHeaders};
    const std::string path = asset.name == "index.html" ? "/" : "/" + std::string(asset.name);
    routes.push_back({path, guarded([answer](const Request&) { return Reply(answer); })});
  }
  routes.push_back(
      {"/events", guarded([&model](const Request& request) { return open_feed(model, request); })});
  return routes;
}

}  // namespace vpcp::web
