#pragma once
#include <map>
#include <memory>
#include <string>

#include "vpcp/base/guarded.h"
#include "vpcp/ports/cloud_provider.h"
#include "vpcp/ports/http_client.h"
#include "vpcp/ports/metrics.h"

namespace vpcp {

namespace vultr {
class RequestGate;
}

/// What is wrong with a base URL, as a sentence with its fix; "" for http or https with a host.
std::string base_url_fault(const std::string& url);

/// Vultr's API v2 (https://docs.vultr.com/api). All accounts share one pace of requests, since Vultr counts
/// them by source address; each has one view of its cloud. `http`, `metrics` and `clock` must outlive every
/// account.
class VultrAccounts : public CloudAccounts {
 public:
  static constexpr const char* kPublicUrl = "https://api.vultr.com";
  struct Ports {
    HttpClient& http;
    Metrics& metrics;
    const Clock& clock;
  };

  /// `base_url` without "/v2", which is tolerated.
  explicit VultrAccounts(Ports ports, std::string base_url = kPublicUrl);
  ~VultrAccounts() override;
  std::shared_ptr<CloudProvider> account(const Secret& api_key) override;

 private:
  Ports ports_;
  std::string base_url_;
  std::shared_ptr<vultr::RequestGate> gate_;
  Guarded<std::map<std::string, std::shared_ptr<CloudProvider>>> accounts_;  ///< By the key's digest.
};

}  // namespace vpcp
