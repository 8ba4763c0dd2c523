#pragma once
#include <optional>
#include <string>

#include "adapters/web/http_request.h"
#include "vpcp/api/ids.h"

namespace vpcp::web {

/// Whether a request for `host` may be answered by a server at `listen`: on loopback only one for a loopback
/// name is, so that no web site can have its own name point here.
bool is_ours(const std::string& host, const std::string& listen);

/// The object that "peering=NAMESPACE/NAME" asks for; nullopt without it.
std::optional<ObjectKey> wanted_peering(const Request& request);

}  // namespace vpcp::web
