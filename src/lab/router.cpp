#include "lab/router.h"

#include <sstream>

namespace vpcp::lab {
namespace {

constexpr std::size_t kMaxPage = 500;

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> segments;
  std::istringstream parts(path);
  for (std::string part; std::getline(parts, part, '/');) {
    if (!part.empty()) segments.push_back(part);
  }
  return segments;
}

bool is_parameter(const std::string& segment) {
  return segment.starts_with('{');
}

}  // namespace

void Router::add(Route route) {
  auto segments = split(route.pattern);
  entries_.push_back({std::move(segments), std::move(route)});
}

Router::Match Router::find(const std::string& method, const std::string& path) const {
  const auto segments = split(path);
  for (const Entry& entry : entries_) {
    if (entry.route.method != method || entry.segments.size() != segments.size()) continue;
    Match match{&entry.route, {}};
    for (std::size_t i = 0; i < segments.size() && match.route != nullptr; ++i) {
      if (is_parameter(entry.segments[i])) {
        match.params.push_back(percent_decode(segments[i], false));
      } else if (entry.segments[i] != segments[i]) {
        match.route = nullptr;
      }
    }
    if (match.route != nullptr) return match;
  }
  return {};
}

Response reply(int status, const Json& body) {
  Response response;
  response.status = status;
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

Response no_content() {
  Response response;
  response.status = 204;
  return response;
}

Response refuse(const Refusal& refusal) {
  return reply(refusal.status, Json{{"error", refusal.text}, {"status", refusal.status}});
}

Answer<PageRequest> page_request(const Request& request) {
  PageRequest page;
  if (const auto per_page = request.query.find("per_page"); per_page != request.query.end()) {
    const Json query{{"per_page", per_page->second}};
    Fields fields(query);
    const int wanted = fields.number("per_page").value_or(0);
    if (wanted < 1) return Refusal{400, "Invalid per_page."};
    page.per_page = std::min(static_cast<std::size_t>(wanted), kMaxPage);
  }
  if (const auto cursor = request.query.find("cursor");
      cursor != request.query.end() && !cursor->second.empty()) {
    const auto after = parse_cursor(cursor->second);
    if (!after) return Refusal{400, "Invalid cursor."};
    page.after = *after;
  }
  return page;
}

Json meta(std::size_t total, const std::string& next, const std::string& prev) {
  return {{"total", total}, {"links", {{"next", next}, {"prev", prev}}}};
}

}  // namespace vpcp::lab
