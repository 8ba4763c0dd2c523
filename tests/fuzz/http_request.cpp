#include "adapters/web/page_request.h"
#include "fuzz/fuzz.h"

/// The head of a request to the controller's port, by anyone who reaches it: what of it is taken for a
/// method, a path, a query and a host, the object that it asks for, and whether it comes under our name.
namespace vpcp::fuzz {
namespace {

using namespace web;

bool has(const std::string& text, const char* any) {
  return text.find_first_of(any) != std::string::npos;
}

void guarded(const std::string& host) {
  require(is_ours(host, "0.0.0.0:9090"), "off loopback every name is answered");
  if (!is_ours(host, "127.0.0.1:9090")) return;
  const std::string name = host.substr(0, host.rfind(':'));
  require(
      name == "localhost" || name == "[::1]" || !has(name, "ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ-_@/"),
      "on loopback only its own names and addresses are answered");
}

void asked_for(const Request& request) {
  require(query_value(request.query, "peering").size() <= request.query.size(),
          "decoding makes it no longer");
  const auto wanted = wanted_peering(request);
  if (!wanted) return;
  require(!wanted->name.empty(), "an object that is asked for has a name");
  require(!has(wanted->ns, "/"), "the namespace ends at the first slash");
}

}  // namespace

void fuzz(std::string_view input) {
  guarded(std::string(input));
  asked_for(Request{.query = std::string(input)});
  const auto request = parse_request(input);
  if (!request) return;
  require(!request->method.empty() && !has(request->method, " \r\n:"), "a method is one word");
  require(request->path.starts_with('/') && !has(request->path, " ?\r\n"), "a path is one word");
  require(!has(request->query, " \r\n"), "a query is one word");
  require(input.find(request->path) != std::string_view::npos, "a path is as it was sent");
  require(!(request->has_body && request->keep_alive), "after a body nothing is read");
  guarded(request->host);
  asked_for(*request);
}

}  // namespace vpcp::fuzz
