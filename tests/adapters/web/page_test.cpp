#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/web/assets.h"
#include "adapters/web/loopback_client.h"
#include "adapters/web/page_request.h"
#include "adapters/web/page_routes.h"
#include "support/fake_store.h"
#include "support/reference_scenario.h"

namespace vpcp::web {
namespace {

using ::testing::HasSubstr;
using testing::LoopbackClient;
using ::testing::Not;
using ::testing::StartsWith;

class PageTest : public ::testing::Test {
 protected:
  PageTest() : store_(system_clock(), effects_), model_(store_, "1.2.3", Log()) {
    PeeringSpec spec = testing::reference_spec();
    spec.credentials_secret = "hidden-credentials";
    spec.sites[0].server_selector =
        ServerSelector{"peered", {"hidden-user", 2222, {"hidden-secret", "id"}, {}}};
    store_.declare(testing::kReferenceKey, spec);
    server_ = WebServer::start("127.0.0.1:0", page_routes(model_, "127.0.0.1:0")).value();
  }
  /// Until `text` has come from the events of `query`.
  std::string events_until(const std::string& query, const std::string& text) const {
    const LoopbackClient client(server_->port());
    client.send("GET /events" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return client.receive_until(text);
  }
  void set_edge(EdgeHealth health) {
    const auto object = store_.object(testing::kReferenceKey);
    PeeringStatus status = object->status;
    status.edges = {
        {.from = "amsterdam", .to = "bangalore", .health = health, .hop = "tunnel", .reason = "TunnelDead"}};
    ASSERT_TRUE(store_.apply_status({}, *object, status).ok());
  }

  testing::Effects effects_;
  testing::FakeStore store_;
  PageModel model_;
  std::unique_ptr<WebServer> server_;  ///< Last: it uses the model.
};

TEST_F(PageTest, IsSmallAndUsesNothingFromOutside) {
  std::size_t size = 0;
  for (const Asset& asset : assets()) {
    size += asset.bytes.size();
    const std::string text(asset.bytes);
    for (const char* outside :
         {"https://", "//cdn", "@import", "eval(", "innerHTML =", " style=\"", "onclick=\""})
      EXPECT_THAT(text, Not(HasSubstr(outside))) << asset.name;
  }
  EXPECT_LE(size, 60'000U);
}

TEST_F(PageTest, EveryFileComesUnderAStrictPolicy) {
  for (const Asset& asset : assets()) {
    const std::string path = asset.name == "index.html" ? "/" : "/" + std::string(asset.name);
    const std::string answer = testing::get(server_->port(), path);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 ")) << path;
    EXPECT_THAT(answer, HasSubstr("\r\nContent-Security-Policy: default-src 'none'; script-src 'self';"))
        << path;
  }
}

TEST_F(PageTest, OnLoopbackItAnswersNoOtherName) {
  for (const char* host : {"localhost", "localhost:9090", "127.0.0.1:9090", "[::1]:9090"})
    EXPECT_THAT(testing::get(server_->port(), "/", host), StartsWith("HTTP/1.1 200 ")) << host;
  for (const char* host : {"evil.example", "localhost.evil.example:9090", "10.0.0.1"})
    EXPECT_THAT(testing::get(server_->port(), "/events", host), StartsWith("HTTP/1.1 421 ")) << host;
  EXPECT_TRUE(is_ours("vpcp.example:9090", "0.0.0.0:9090"));
}

TEST_F(PageTest, TellsOfTheFirstObjectUnlessAskedForAnother) {
  store_.declare({"z", "other"}, testing::reference_spec());
  EXPECT_THAT(events_until("", "event: peering"), HasSubstr("\"version\":\"1.2.3\""));
  EXPECT_THAT(events_until("", "\"status\":"),
              HasSubstr("event: peering\ndata: {\"deleting\":false,\"generation\":1,\"name\":\"ams-blr\""));
  EXPECT_THAT(events_until("?peering=z%2Fother", "\"status\":"),
              HasSubstr("\"generation\":1,\"name\":\"other\""));
  EXPECT_THAT(events_until("?peering=z%2Fnone", "event: gone"), HasSubstr("event: gone"));
}

TEST_F(PageTest, AChangeComesByItself) {
  const LoopbackClient client(server_->port());
  client.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  (void)client.receive_until("\"status\":");
  set_edge(EdgeHealth::Down);
  EXPECT_THAT(client.receive_until("\"health\":\"Down\""), HasSubstr("\"health\":\"Down\""));
  set_edge(EdgeHealth::Up);
  EXPECT_THAT(client.receive_until("\"health\":\"Up\""), HasSubstr("\"health\":\"Up\""));
}

TEST_F(PageTest, NamesNoSecretAndNoLogin) {
  const std::string all = events_until("", "\"status\":");
  EXPECT_THAT(all, HasSubstr("\"tag\":\"peered\""));
  EXPECT_THAT(all, Not(HasSubstr("hidden")));
}

TEST_F(PageTest, MorePagesThanAreAllowedAreRefused) {
  std::vector<std::unique_ptr<EventFeed>> open;
  for (int i = 0; i < PageModel::kPages; ++i) open.push_back(model_.open(std::nullopt));
  EXPECT_THAT(testing::get(server_->port(), "/events"), StartsWith("HTTP/1.1 503 "));
  open.clear();
  EXPECT_THAT(events_until("", "event: peering"), StartsWith("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace vpcp::web
