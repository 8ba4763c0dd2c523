#include "app/vpcpctl/patient_http.h"

#include "adapters/vultr/errors.h"
#include "adapters/vultr/request_gate.h"

namespace vpcp::ctl {

Result<HttpResponse> PatientHttp::send(const Context& ctx, const HttpRequest& request) {
  constexpr int kAgain = 2;
  constexpr seconds kLongestPause{10};
  constexpr int kTooManyRequests = 429;
  for (int again = 0;; ++again) {
    auto answer = inner_->send(ctx, request);
    const bool throttled = answer.ok() && answer->status == kTooManyRequests && request.method == "GET";
    if (!throttled || again == kAgain) return answer;
    const milliseconds wait = vultr::retry_after(*answer);
    if (wait > kLongestPause || !vultr::pause(ctx, wait)) return answer;
  }
}

}  // namespace vpcp::ctl
