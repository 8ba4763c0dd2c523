#include "adapters/web/web_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "adapters/web/loopback_client.h"
#include "vpcp/base/clock.h"

namespace vpcp::web {
namespace {

using ::testing::EndsWith;
using testing::get;
using ::testing::HasSubstr;
using testing::LoopbackClient;
using ::testing::Not;
using ::testing::StartsWith;

Answer plain(int status, std::string text) {
  return {status, "text/plain; charset=utf-8", text_of(std::move(text))};
}

/// Gives `count` events and then none.
class CountingFeed : public EventFeed {
 public:
  explicit CountingFeed(int count) : count_(count) {}
  Text next() override {
    return given_ < count_ ? text_of("data: " + std::to_string(++given_) + "\n\n") : nullptr;
  }

 private:
  int count_;
  int given_{0};
};

class WebServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto big = text_of(std::string(8'000'000, 'x'));
    auto server = WebServer::start(
        "127.0.0.1:0", {{"/healthz", [](const Request&) { return plain(200, "ok\n"); }},
                        {"/big",
                         [big](const Request&) {
                           return Answer{200, "text/plain", big};
                         }},
                        {"/events", [](const Request&) { return Feed{std::make_unique<CountingFeed>(3)}; }},
                        {"/sick", [](const Request&) { return plain(503, "not ready\n"); }}});
    ASSERT_TRUE(server.ok()) << server.error().message;
    server_ = std::move(server).value();
  }
  std::string get(const std::string& path) const { return testing::get(server_->port(), path); }
  /// How long /healthz takes to answer.
  milliseconds health_check() const {
    const auto began = std::chrono::steady_clock::now();
    EXPECT_THAT(get("/healthz"), StartsWith("HTTP/1.1 200 "));
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
  }

  std::unique_ptr<WebServer> server_;
};

TEST_F(WebServerTest, AnswersWhatIsThereAndNothingElse) {
  EXPECT_THAT(get("/healthz"), EndsWith("\r\n\r\nok\n"));
  EXPECT_THAT(get("/sick"), StartsWith("HTTP/1.1 503 "));
  for (const char* path : {"/", "/healthz/../etc/passwd", "/etc/passwd", "//etc/", "/%2e%2e/", "/healthz/"}) {
    EXPECT_THAT(get(path), StartsWith("HTTP/1.1 404 ")) << path;
  }
}

TEST_F(WebServerTest, EveryAnswerForbidsSniffingAndOtherSites) {
  for (const char* path : {"/healthz", "/nothing", "/events"}) {
    const LoopbackClient client(server_->port());
    client.send("GET " + std::string(path) + " HTTP/1.1\r\n\r\n");
    const std::string head = client.receive_until("\r\n\r\n");
    EXPECT_THAT(head, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n")) << path;
    EXPECT_THAT(head, HasSubstr("\r\nCross-Origin-Resource-Policy: same-origin\r\n")) << path;
  }
}

TEST_F(WebServerTest, NothingCanBeChanged) {
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"}) {
    const LoopbackClient client(server_->port());
    client.send(std::string(method) + " /healthz HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 405 ")) << method;
  }
}

TEST_F(WebServerTest, AConnectionServesMoreThanOneRequest) {
  const LoopbackClient client(server_->port());
  client.send(
      "GET /healthz HTTP/1.1\r\n\r\nHEAD /healthz HTTP/1.1\r\n\r\nGET /sick HTTP/1.1\r\nConnection: "
      "close\r\n\r\n");
  const std::string all = client.receive_all();
  EXPECT_THAT(all, HasSubstr("Connection: keep-alive\r\n\r\nok\nHTTP/1.1 200 "));
  EXPECT_THAT(all, HasSubstr("\r\n\r\nHTTP/1.1 503 "));
  EXPECT_THAT(all, EndsWith("Connection: close\r\n\r\nnot ready\n"));
}

TEST_F(WebServerTest, ABodyIsNeverTakenForARequest) {
  const LoopbackClient client(server_->port());
  client.send("GET /healthz HTTP/1.1\r\nContent-Length: 27\r\n\r\nGET /sick HTTP/1.1\r\n\r\n");
  EXPECT_THAT(client.receive_all(), Not(HasSubstr("503")));
}

TEST_F(WebServerTest, AFeedGivesItsEventsAndThenStaysOpen) {
  const LoopbackClient client(server_->port());
  client.send("GET /events HTTP/1.1\r\n\r\n");
  const std::string all = client.receive_until("data: 3\n\n");
  EXPECT_THAT(all, HasSubstr("\r\nContent-Type: text/event-stream\r\n"));
  EXPECT_THAT(all, EndsWith("data: 1\n\ndata: 2\n\ndata: 3\n\n"));
  EXPECT_TRUE(client.send("anything"));
}

TEST_F(WebServerTest, ALongAnswerComesWhole) {
  const std::string all = get("/big");
  EXPECT_EQ(all.size() - all.find("\r\n\r\n") - 4, 8'000'000U);
}

TEST_F(WebServerTest, MoreConnectionsThanThereIsRoomForDoNotShutOutAHealthCheck) {
  std::vector<LoopbackClient> silent;
  for (int i = 0; i < 450; ++i) silent.emplace_back(server_->port());
  EXPECT_LT(health_check(), milliseconds{5000});
}

TEST_F(WebServerTest, SaysWhichAddressItCannotHaveAndWhy) {
  const std::string taken = "127.0.0.1:" + std::to_string(server_->port());
  const auto second = WebServer::start(taken, {});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().reason, "CannotListen");
  EXPECT_THAT(second.error().message, HasSubstr(taken + ": Address already in use"));
}

TEST_F(WebServerTest, RefusesWhatIsNoAddress) {
  for (const char* listen : {"", "9090", "localhost:9090", "127.0.0.1:70000", "127.0.0.1:9090,0.0.0.0:1"}) {
    const auto server = WebServer::start(listen, {});
    ASSERT_FALSE(server.ok()) << listen;
    EXPECT_EQ(server.error().reason, "ListenAddressInvalid") << listen;
  }
}

TEST(Paced, AsksAgainOnlyAfterARest) {
  int asked = 0;
  const auto text = paced([&] {
    ++asked;
    const auto until = std::chrono::steady_clock::now() + milliseconds{20};
    while (std::chrono::steady_clock::now() < until) {
    }
    return std::to_string(asked);
  });
  for (int i = 0; i < 100; ++i) EXPECT_EQ(*text(), "1");
}

}  // namespace
}  // namespace vpcp::web
