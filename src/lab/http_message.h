#pragma once
#include <map>
#include <optional>
#include <string>

#include "vpcp/base/clock.h"

namespace vpcp::lab {

struct Request {
  std::string method;  ///< "GET"
  std::string path;    ///< As on the wire, without the query.
  std::map<std::string, std::string> query;
  std::string body;
  std::string content_type;
  std::string authorization;
  std::string user_agent;
  std::string source;  ///< The asker's address: whom the rate limit counts.

  /// "" for one that is not there.
  [[nodiscard]] std::string query_text(const std::string& name) const {
    const auto found = query.find(name);
    return found == query.end() ? "" : found->second;
  }
};

struct Response {
  int status{200};
  std::string body;
  std::string content_type{"application/json"};
  std::optional<int> retry_after;  ///< Seconds.
  // What a fault does on the way back.
  milliseconds delay{0};
  bool lost{false};  ///< The request was done; its answer breaks off.
};

/// Splits "a=b&c=d", decoding %XX and '+'; empty pairs are skipped, the first of equal names wins.
std::map<std::string, std::string> parse_query(const std::string& text);
std::string percent_decode(const std::string& text, bool plus_is_space);

}  // namespace vpcp::lab
