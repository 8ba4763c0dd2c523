#include "adapters/vultr/accounts.h"

#include <algorithm>
#include <string_view>

#include "adapters/vultr/request_gate.h"
#include "adapters/vultr/vultr_cloud.h"

namespace vpcp {
namespace {

std::string without_end(std::string url, std::string_view end) {
  if (url.ends_with(end)) url.resize(url.size() - end.size());
  return url;
}

/// Empty when it is not http or https.
std::string_view after_scheme(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (url.starts_with(scheme)) return url.substr(scheme.size());
  }
  return "";
}

}  // namespace

std::string base_url_fault(const std::string& url) {
  const std::string_view rest = after_scheme(url);
  const auto is_part = [](char c) { return c > ' ' && c < '\x7f' && c != '?' && c != '#' && c != '@'; };
  if (!rest.empty() && rest.front() != '/' && rest.front() != ':' && std::ranges::all_of(rest, is_part))
    return "";
  // A user name may come with a password, which no error tells.
  const std::string shown = url.find('@') == std::string::npos ? '"' + url + '"' : "what holds a user name";
  return shown + " is not the address of an API: write http:// or https:// and a host, such as " +
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
