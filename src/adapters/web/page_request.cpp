#include "adapters/web/page_request.h"

#include "vpcp/base/ip.h"

namespace vpcp::web {

bool is_ours(const std::string& host, const std::string& listen) {
  const auto endpoint = Endpoint::parse(listen);
  const auto loopback = Cidr::parse("127.0.0.0/8");
  if (!endpoint || !loopback->contains(endpoint->address)) return true;
  const std::string name = host.substr(0, host.rfind(':'));
  const auto address = Ipv4::parse(name);
  return name == "localhost" || name == "[::1]" || (address && loopback->contains(*address));
}

std::optional<ObjectKey> wanted_peering(const Request& request) {
  const std::string wanted = query_value(request.query, "peering");
  const std::size_t slash = wanted.find('/');
  if (slash == std::string::npos || slash + 1 == wanted.size()) return std::nullopt;
  return ObjectKey{wanted.substr(0, slash), wanted.substr(slash + 1)};
}

}  // namespace vpcp::web
