#pragma once
#include "adapters/cpprest/sinks.h"
#include "vpcp/ports/http_client.h"

namespace vpcp::cpprest {

/// One request and its answer. `request` must live until this returns.
Result<HttpResponse> exchange(const Context& ctx, web::http::client::http_client& client,
                              const HttpRequest& request, const web::uri& url);

/// As exchange, with the lines of a 2xx answer handed over while they come.
Result<HttpResponse> exchange_lines(const Context& ctx, web::http::client::http_client& client,
                                    const HttpRequest& request, const web::uri& url,
                                    const std::function<void(std::string_view)>& on_line);

}  // namespace vpcp::cpprest
