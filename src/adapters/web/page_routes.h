#pragma once
#include <string>
#include <vector>

#include "adapters/web/page_model.h"
#include "adapters/web/web_server.h"

namespace vpcp::web {

/// The page at "/", its files, and its events. `listen` is where the server listens: on loopback only
/// requests for a loopback name are answered, so that no web site can have its own name point here. `model`
/// outlives the routes.
std::vector<Route> page_routes(PageModel& model, const std::string& listen);

/// Whether a request for `host` may be answered by a server at `listen`.
bool is_ours(const std::string& host, const std::string& listen);

}  // namespace vpcp::web
