#pragma once
#include <set>
#include <string>
#include <utility>

#include "adapters/vultr/readers.h"
#include "adapters/vultr/request_gate.h"
#include "vpcp/ports/http_client.h"
#include "vpcp/ports/metrics.h"

namespace vpcp::vultr {

/// One request to the API.
struct Call {
  const char* operation;  ///< For metrics and logs: "list-vpcs", "create-instance".
  const char* method;
  std::string path;  ///< After /v2, encoded.
  Secret body{};
  bool create{false};  ///< Sent at most once, on a connection of its own.
};

/// Requests of one API key: paced, counted, their refusals translated. Looks (GET) are repeated twice when
/// they fail in a way that may pass; nothing else is. Thread-safe.
class ApiClient {
 public:
  struct Ports {
    HttpClient& http;
    RequestGate& gate;
    Metrics& metrics;
    const Clock& clock;
  };
  ApiClient(Ports ports, std::string base_url, Secret key)
      : ports_(ports), base_url_(std::move(base_url)), key_(std::move(key)) {}

  /// The body of a 2xx answer. Of a create, any doubt whether it was done is Transient "AnswerLost".
  Result<std::string> send(const Context& ctx, const Call& call);

  /// All pages of a list, as `read_page` reads each. `path` has no query.
  template <class T>
  Result<std::vector<T>> list(const Context& ctx, const char* operation, const std::string& path,
                              Result<Page<T>> (*read_page)(const std::string&)) {
    std::vector<T> all;
    std::set<std::string> seen;
    for (std::string cursor;;) {
      const std::string body = TRY(send(ctx, {operation, "GET", page_path(path, cursor)}));
      Page<T> page = TRY(read_page(body));
      std::move(page.items.begin(), page.items.end(), std::back_inserter(all));
      if (page.next.empty()) return all;
      if (!seen.insert(page.next).second) return going_in_circles();
      cursor = std::move(page.next);
    }
  }

 private:
  static std::string page_path(const std::string& path, const std::string& cursor);
  static Error going_in_circles();
  Result<std::string> send_once(const Context& ctx, const Call& call);
  /// What the answer means for this call.
  Result<std::string> judged(const Call& call, Result<HttpResponse> answer);

  Ports ports_;
  std::string base_url_;
  Secret key_;
};

}  // namespace vpcp::vultr
