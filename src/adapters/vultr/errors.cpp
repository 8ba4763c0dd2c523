#include "adapters/vultr/errors.h"

#include <algorithm>
#include <charconv>

#include "adapters/vultr/readers.h"

namespace vpcp::vultr {
namespace {

/// A refusal that is known by a part of its text, in lower case, whatever its status (400, 404 and 500 are
/// mixed).
struct Known {
  const char* part;
  ErrorKind kind;
  const char* reason;
};

constexpr Known kKnown[] = {
    {"attached to this vpc network", ErrorKind::Conflict, "StillAttached"},
    {"vpc is attached to", ErrorKind::Conflict, "StillAttached"},  // the text of 2023
    {"currently locked", ErrorKind::Conflict, "Locked"},
    {"already defined", ErrorKind::Conflict, kAlreadyDefined},
    {"pending destruction", ErrorKind::Conflict, kNotFound},
    {"instance not found", ErrorKind::Conflict, kNotFound},
    {"invalid instance id", ErrorKind::Conflict, kNotFound},
    {"invalid vpc id", ErrorKind::Conflict, kNotFound},
    {"invalid firewall group id", ErrorKind::Conflict, kNotFound},
    {"firewall rule id not found", ErrorKind::Conflict, kNotFound},
    {"invalid firewall rule id", ErrorKind::Conflict, kNotFound},
    {"more capacity", ErrorKind::Denied, "OutOfCapacity"},
    {"sold out", ErrorKind::Denied, "OutOfCapacity"},
    {"out of stock", ErrorKind::Denied, "OutOfCapacity"},
    {"reached the maximum", ErrorKind::Denied, "QuotaReached"},
    {"maximum number of", ErrorKind::Denied, "QuotaReached"},
    {"limit increase", ErrorKind::Denied, "QuotaReached"},
    {"limit reached", ErrorKind::Denied, "QuotaReached"},
    {"with a nat gateway", ErrorKind::Invalid, "NatGatewayMissing"},
    {"invalid plan", ErrorKind::Invalid, "PlanNotAvailable"},
    {"plan is not available", ErrorKind::Invalid, "PlanNotAvailable"},
    {"does not support vpc", ErrorKind::Invalid, "PlanNotAvailable"},
    {"invalid os", ErrorKind::Invalid, "ImageNotAvailable"},
    {"invalid region", ErrorKind::Invalid, "RegionUnknown"},
    {"invalid location", ErrorKind::Invalid, "RegionUnknown"},
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// Vultr's text for people, and nothing else: printable, one line, bounded.
std::string shown(std::string text) {
  constexpr std::size_t kLongest = 240;
  if (text.size() > kLongest) text.resize(kLongest);
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c > 0x7e; }, ' ');
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

std::string said(const HttpResponse& refusal, const std::string& text) {
  const std::string status = "Vultr answered " + std::to_string(refusal.status);
  return text.empty() ? status : status + ": " + shown(text);
}

/// With what a person does about it, where Vultr's own words name neither the fault nor the fix.
Error with_fix(Error error, const char* fix) {
  while (error.message.ends_with('.')) error.message.pop_back();
  error.message += std::string(": ") + fix;
  return error;
}

Error by_status(int status, std::string message) {
  if (status == 404)
    return with_fix({ErrorKind::Conflict, kNotFound, std::move(message)},
                    "what was asked for is gone, or --vultr-url (VPCP_VULTR_URL) is not right: look at both");
  if (status == 409) return {ErrorKind::Conflict, "Locked", std::move(message)};
  if (status >= 500 || status == 408)
    return with_fix({ErrorKind::Transient, "CloudUnavailable", std::move(message)},
                    "the failure is Vultr's own: wait until it is over");
  if (status >= 400) return {ErrorKind::Invalid, "RequestRefused", std::move(message)};
  return with_fix({ErrorKind::Transient, "BadAnswer", std::move(message)}, kOtherServer);
}

}  // namespace

Error to_error(const HttpResponse& refusal) {
  const std::string text = read_error_text(refusal.body);
  std::string message = said(refusal, text);
  switch (refusal.status) {
    case 429:
      return {ErrorKind::Throttled, "VultrRateLimited", std::move(message), retry_after(refusal)};
    case 401:
      return {ErrorKind::Denied, "ApiKeyRefused", std::move(message)};
    case 403:
      return with_fix({ErrorKind::Denied, "NotPermitted", std::move(message)},
                      "let the key do this, and from this address, in Vultr's portal (API, Access Control)");
    default:
      break;  // told apart by their texts
  }
  const std::string folded = lower(text);
  for (const Known& known : kKnown) {
    if (folded.find(known.part) != std::string::npos) return {known.kind, known.reason, std::move(message)};
  }
  return by_status(refusal.status, std::move(message));
}

milliseconds retry_after(const HttpResponse& answer) {
  constexpr seconds kUnsaid{5};
  constexpr int kLongest = 600;  // a pause longer than this is looked at again in between
  const auto header = answer.headers.find("retry-after");
  if (header == answer.headers.end()) return kUnsaid;
  int value = 0;
  const char* end = header->second.data() + header->second.size();
  const auto [read, failed] = std::from_chars(header->second.data(), end, value);
  if (failed != std::errc{} || read != end) return kUnsaid;
  return seconds{std::clamp(value, 1, kLongest)};
}

}  // namespace vpcp::vultr
