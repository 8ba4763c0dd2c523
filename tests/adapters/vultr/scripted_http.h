#pragma once
#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "vpcp/base/guarded.h"
#include "vpcp/ports/http_client.h"

namespace vpcp::testing {

/// Answers as a function says, and keeps what was sent.
class ScriptedHttp : public HttpClient {
 public:
  using Answer = std::function<Result<HttpResponse>(const HttpRequest&)>;
  explicit ScriptedHttp(Answer answer) : answer_(std::move(answer)) {}

  Result<HttpResponse> send(const Context&, const HttpRequest& request) override {
    sent_.with([&](auto& sent) { sent.push_back(request); });
    return answer_(request);
  }
  Result<HttpResponse> stream_lines(const Context& ctx, const HttpRequest& request,
                                    const std::function<void(std::string_view)>& on_line) override {
    auto answer = send(ctx, request);
    if (!answer.ok() || answer->status / 100 != 2) return answer;
    for (std::size_t from = 0, end = 0; from < answer->body.size(); from = end + 1) {
      end = std::min(answer->body.find('\n', from), answer->body.size());
      on_line(std::string_view(answer->body).substr(from, end - from));
    }
    answer->body.clear();
    return answer;
  }
  /// "GET /v2/vpcs?per_page=500", in order.
  std::vector<std::string> lines() {
    std::vector<std::string> all;
    for (const HttpRequest& request : requests()) all.push_back(request.method + " " + path_of(request));
    return all;
  }
  std::vector<HttpRequest> requests() {
    return sent_.with([](const auto& sent) { return sent; });
  }
  void forget() {
    sent_.with([](auto& sent) { sent.clear(); });
  }
  static std::string path_of(const HttpRequest& request) {
    return request.url.substr(request.url.find('/', request.url.find("//") + 2));
  }

 private:
  Answer answer_;
  Guarded<std::vector<HttpRequest>> sent_;
};

inline HttpResponse answer(int status, std::string body = "",
                           std::map<std::string, std::string> headers = {}) {
  return {status, std::move(headers), std::move(body)};
}

}  // namespace vpcp::testing
