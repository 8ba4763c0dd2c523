#include "adapters/prometheus/metrics_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>

namespace vpcp {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

/// The whole answer, head and body.
std::string get(std::uint16_t port, const std::string& path) {
  const int fd = connect_to(port);
  const std::string request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) return "not sent";
  std::string answer;
  std::array<char, 4096> buffer;
  for (ssize_t n = 0; (n = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0;) {
    answer.append(buffer.data(), static_cast<std::size_t>(n));
  }
  ::close(fd);
  return answer;
}

class MetricsServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto server = MetricsServer::start("127.0.0.1:0", metrics_, [this] { return ready_.load(); });
    ASSERT_TRUE(server.ok()) << server.error().message;
    server_ = std::move(server).value();
  }
  std::string get(const std::string& path) const { return vpcp::get(server_->port(), path); }

  PrometheusMetrics metrics_;
  std::atomic<bool> ready_{false};
  std::unique_ptr<MetricsServer> server_;
};

TEST_F(MetricsServerTest, GivesTheMetricsAsTheyAreNow) {
  metrics_.add(MetricDef{"test_total", MetricType::Counter, "Test.", {}}, {}, 42);
  const std::string answer = get("/metrics");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4"));
  EXPECT_THAT(answer, HasSubstr("\ntest_total 42\n"));
}

TEST_F(MetricsServerTest, IsHealthyAlwaysAndReadyWhenToldSo) {
  EXPECT_THAT(get("/healthz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(get("/readyz"), StartsWith("HTTP/1.1 503 "));
  ready_ = true;
  EXPECT_THAT(get("/readyz"), EndsWith("\r\n\r\nok\n"));
}

TEST_F(MetricsServerTest, HasNothingElseToGive) {
  for (const char* path : {"/", "/metrics/../etc/passwd", "/etc/passwd", "//etc/", "/%2e%2e/"}) {
    EXPECT_THAT(get(path), StartsWith("HTTP/1.1 40")) << path;
  }
}

TEST_F(MetricsServerTest, SilentConnectionsDoNotDelayAHealthCheck) {
  std::vector<int> silent;
  for (int i = 0; i < 4; ++i) silent.push_back(connect_to(server_->port()));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(get("/healthz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{1});
  for (const int fd : silent) ::close(fd);
}

TEST_F(MetricsServerTest, SaysWhichAddressItCannotHaveAndWhy) {
  const std::string taken = "127.0.0.1:" + std::to_string(server_->port());
  const auto second = MetricsServer::start(taken, metrics_, [] { return true; });
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().reason, "CannotListen");
  EXPECT_THAT(second.error().message, HasSubstr(taken + ": Address already in use"));
}

TEST_F(MetricsServerTest, RefusesWhatIsNoAddress) {
  for (const char* listen : {"", "9090", "localhost:9090", "127.0.0.1:70000", "127.0.0.1:9090,0.0.0.0:1"}) {
    const auto server = MetricsServer::start(listen, metrics_, [] { return true; });
    ASSERT_FALSE(server.ok()) << listen;
    EXPECT_EQ(server.error().reason, "ListenAddressInvalid") << listen;
  }
}

}  // namespace
}  // namespace vpcp
