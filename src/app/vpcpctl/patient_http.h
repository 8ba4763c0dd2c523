#pragma once
#include <memory>

#include "vpcp/ports/http_client.h"

namespace vpcp::ctl {

/// For a person at a terminal: a look (GET) that is answered 429 Too Many Requests is asked again after the
/// pause that the server names, twice, as far as that is at most 10 s. A controller beside it uses the same
/// allowance. Thread-safe.
class PatientHttp : public HttpClient {
 public:
  explicit PatientHttp(std::unique_ptr<HttpClient> inner) : inner_(std::move(inner)) {}
  Result<HttpResponse> send(const Context& ctx, const HttpRequest& request) override;
  Result<HttpResponse> stream_lines(const Context& ctx, const HttpRequest& request,
                                    const std::function<void(std::string_view)>& on_line) override {
    return inner_->stream_lines(ctx, request, on_line);
  }

 private:
  std::unique_ptr<HttpClient> inner_;
};

}  // namespace vpcp::ctl
