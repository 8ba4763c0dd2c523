#pragma once
#include <functional>
#include <string>
#include <vector>

#include "lab/answer.h"
#include "lab/fields.h"
#include "lab/http_message.h"
#include "lab/page.h"

namespace vpcp::lab {

/// What the faults in force do to a create.
struct CreateEffects {
  milliseconds visible_after{0};
  bool stuck{false};
};

/// One request on its way through a handler.
struct Call {
  const Request& request;
  std::vector<std::string> params;  ///< The {…} parts of the pattern, decoded.
  Json body;                        ///< An object; empty when none was sent.
  CreateEffects effects;
};

using Handler = std::function<Answer<Response>(const Call&)>;

struct Route {
  std::string method;
  std::string pattern;    ///< "/v2/instances/{id}"
  std::string operation;  ///< "instances.get": for counting.
  Handler handler;
  bool keyless{false};  ///< Answers without Authorization.
};

/// Finds the handler of a request. Earlier routes win. Built once, read-only afterwards.
class Router {
 public:
  void add(Route route);
  struct Match {
    const Route* route{nullptr};  ///< nullptr: there is none.
    std::vector<std::string> params;
  };
  [[nodiscard]] Match find(const std::string& method, const std::string& path) const;

 private:
  struct Entry {
    std::vector<std::string> segments;
    Route route;
  };
  std::vector<Entry> entries_;
};

Response reply(int status, const Json& body);
Response no_content();
/// {"error":"…","status":404}, compact: clients look for the text `"status":404`.
Response refuse(const Refusal& refusal);
/// per_page and cursor of the query.
Answer<PageRequest> page_request(const Request& request);
Json meta(std::size_t total, const std::string& next = "", const std::string& prev = "");

/// {"<name>": [ … ], "meta": { … }}
template <class T, class Render>
Response reply_page(const char* name, const Page<T>& page, Render&& render) {
  Json items = Json::array();
  for (const T& item : page.items) items.push_back(render(item));
  return reply(200, Json{{name, std::move(items)}, {"meta", meta(page.total, page.next, page.prev)}});
}

}  // namespace vpcp::lab
