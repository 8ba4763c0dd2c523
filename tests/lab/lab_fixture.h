#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "lab/lab_api.h"
#include "lab/memory_backend.h"
#include "support/fake_clock.h"

namespace vpcp::lab {

struct Told {
  int status{0};
  Json body;
};

/// The API without a socket: memory backend, own clock, a boot of 8 s.
class LabTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { init_crypto(); }
  explicit LabTest(CloudOptions options = {.boot = seconds{8}}, int rate_limit = 0)
      : cloud_(options, backend_, clock_, Log{}),
        api_({Secret::copy_of("key"), rate_limit, true}, cloud_, clock_) {}

  Request request(const std::string& method, const std::string& target, const Json& body = nullptr) const {
    Request request;
    const auto mark = target.find('?');
    request.method = method;
    request.path = target.substr(0, mark);
    if (mark != std::string::npos) request.query = parse_query(target.substr(mark + 1));
    request.authorization = "Bearer key";
    request.source = "198.51.100.1";
    if (body.is_null()) return request;
    request.body = body.dump();
    request.content_type = "application/json";
    return request;
  }
  Told ask(const std::string& method, const std::string& target, const Json& body = nullptr) {
    const Response response = api_.handle(request(method, target, body));
    return {response.status, response.body.empty() ? Json() : Json::parse(response.body)};
  }
  /// Asks for what must succeed.
  Json get(const std::string& target) {
    Told told = ask("GET", target);
    EXPECT_EQ(told.status, 200) << target << told.body;
    return told.body;
  }
  std::string make_vpc(const std::string& region = "ams", const std::string& subnet = "172.16.1.0",
                       int mask = 24) {
    const Told told =
        ask("POST", "/v2/vpcs", {{"region", region}, {"v4_subnet", subnet}, {"v4_subnet_mask", mask}});
    EXPECT_EQ(told.status, 201) << told.body;
    return told.body["vpc"]["id"];
  }
  /// A server in ams by default; `more` overrides and adds members.
  Told try_server(const Json& more = Json::object()) {
    Json body{{"region", "ams"}, {"plan", "vc2-1c-1gb"}, {"os_id", 1743}};
    body.update(more);
    return ask("POST", "/v2/instances", body);
  }
  std::string make_server(const Json& more = Json::object()) {
    const Told told = try_server(more);
    EXPECT_EQ(told.status, 202) << told.body;
    return told.body["instance"]["id"];
  }
  std::string make_group() {
    return ask("POST", "/v2/firewalls", {{"description", "group"}}).body["firewall_group"]["id"];
  }
  Json server(const std::string& id) { return get("/v2/instances/" + id)["instance"]; }

  vpcp::testing::FakeClock clock_;
  MemoryBackend backend_;
  Cloud cloud_;
  LabApi api_;
};

}  // namespace vpcp::lab
