#include "adapters/vultr/accounts.h"

#include <regex>

#include "adapters/vultr/request_gate.h"
#include "adapters/vultr/vultr_cloud.h"

namespace vpcp {
namespace {

std::string without_end(std::string url, std::string_view end) {
  if (url.ends_with(end)) url.resize(url.size() - end.size());
  return url;
}

}  // namespace

std::string base_url_fault(const std::string& url) {
  static const std::regex base(
      "https?://([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:]+\\])(:[0-9]{1,5})?(/[^?#[:space:]]*)?");
  if (std::regex_match(url, base)) return "";
  return '"' + url + "\" is not the address of an API: write http:// or https:// and a host, such as " +
         VultrAccounts::kPublicUrl;
}

VultrAccounts::VultrAccounts(Ports ports, std::string base_url)
    : ports_(ports),
      base_url_(without_end(without_end(without_end(std::move(base_url), "/"), "/v2"), "/")),
      gate_(std::make_shared<vultr::RequestGate>(ports.clock)) {}

VultrAccounts::~VultrAccounts() = default;

std::shared_ptr<CloudProvider> VultrAccounts::account(const Secret& api_key) {
  const std::string digest = sha256_hex(api_key.reveal());
  return accounts_.with([&](auto& accounts) {
    auto& account = accounts[digest];
    if (!account) {
      account = std::make_shared<vultr::VultrCloud>(
          vultr::VultrCloud::Ports{ports_.http, gate_, ports_.metrics, ports_.clock}, base_url_, api_key);
    }
    return account;
  });
}

}  // namespace vpcp
