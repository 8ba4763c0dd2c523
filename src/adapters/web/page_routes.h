#pragma once
#include <string>
#include <vector>

#include "adapters/web/page_model.h"
#include "adapters/web/web_server.h"

namespace vpcp::web {

/// The page at "/", its files, and its events. `listen` is where the server listens: requests
/// that is_ours() refuses are not answered. `model` outlives the routes.
std::vector<Route> page_routes(PageModel& model, const std::string& listen);

}  // namespace vpcp::web
