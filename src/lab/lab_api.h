#pragma once
#include "lab/api.h"
#include "vpcp/base/secret.h"

namespace vpcp::lab {

struct LabApiOptions {
  Secret api_key;
  int requests_per_second{30};  ///< From one address, as the real one; 0: no limit.
  bool vpc2_answers{true};
};

/// From a request to its answer: rate limit, key, faults, handler, log. No sockets. Thread-safe.
class LabApi {
 public:
  /// `cloud` and `clock` must outlive this.
  LabApi(LabApiOptions options, Cloud& cloud, const Clock& clock);

  Response handle(const Request& request);

  Faults& faults() { return faults_; }
  RequestLog& requests() { return log_; }

 private:
  Response answer(const Request& request, const Router::Match& match);
  Response perform(const Request& request, const Router::Match& match);
  [[nodiscard]] bool authorized(const Request& request) const;

  const LabApiOptions options_;
  const Clock& clock_;
  RateLimit limit_;
  Faults faults_;
  RequestLog log_;
  Router router_;
};

}  // namespace vpcp::lab
