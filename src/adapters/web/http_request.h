#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace vpcp::web {

/// Longer heads are refused: nobody who asks us for something needs more.
inline constexpr std::size_t kHeadLimit = 8192;

struct Request {
  std::string method;
  std::string path;   ///< As sent: "/metrics".
  std::string query;  ///< Without "?".
  std::string host;   ///< The Host header, as sent.
  bool keep_alive{false};
  bool has_body{false};  ///< What follows the head is not ours to read: the connection ends after the answer.
};

/// A head without the empty line that ends it; nullopt for what is no HTTP/1 request.
std::optional<Request> parse_request(std::string_view head);

/// The value of `name` in a query, percent-decoded; "" without it.
std::string query_value(std::string_view query, std::string_view name);

}  // namespace vpcp::web
