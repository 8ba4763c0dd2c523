// A scrape of 1,000 peerings of two sites, over HTTP on loopback, while figures are written as a pass writes
// them. Prints three figures in milliseconds: the median scrape; the longest time that a pass's figures took
// without a scrape, and with one. Exit code 1 when a scrape does not bring them all.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "adapters/prometheus/prometheus_metrics.h"
#include "adapters/web/web_server.h"
#include "page/sample_metrics.h"
#include "vpcp/base/clock.h"

namespace vpcp {
namespace {

constexpr int kPeerings = 1000;
constexpr int kRuns = 9;
/// The server gives a text again for ten times as long as it took to make: each scrape here shall make its
/// own.
constexpr milliseconds kBetweenScrapes{700};

using Clock = std::chrono::steady_clock;

double millis_since(Clock::time_point began) {
  return std::chrono::duration<double, std::milli>(Clock::now() - began).count();
}

/// The whole answer; "" when there is none.
std::string get_metrics(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string request = "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
  std::string answer;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 &&
      ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
    std::vector<char> block(1U << 18U);
    for (ssize_t got = 0; (got = ::recv(fd, block.data(), block.size(), 0)) > 0;)
      answer.append(block.data(), static_cast<std::size_t>(got));
  }
  ::close(fd);
  return answer;
}

/// Writes the figures of one peering again and again, as passes do, and keeps the longest time that it took.
class Passes {
 public:
  explicit Passes(Metrics& metrics)
      : thread_([this, &metrics](const std::stop_token& stop) {
          for (int moment = 0; !stop.stop_requested(); ++moment) {
            const auto began = Clock::now();
            testing::sample_all(metrics, moment);
            longest_ = std::max(longest_.load(), millis_since(began));
            std::this_thread::sleep_for(milliseconds{1});
          }
        }) {}
  double longest_since_last() { return longest_.exchange(0); }

 private:
  std::atomic<double> longest_{0};
  std::jthread thread_;
};

int run() {
  PrometheusMetrics metrics;
  testing::sample_many(metrics, kPeerings);
  const auto server =
      web::WebServer::start("127.0.0.1:0", {web::metrics_route([&] { return metrics.text(); })});
  if (!server.ok()) return std::fprintf(stderr, "scrape_bench: %s\n", server.error().message.c_str()), 1;
  Passes passes(metrics);
  std::this_thread::sleep_for(kBetweenScrapes);
  passes.longest_since_last();
  std::this_thread::sleep_for(kBetweenScrapes);
  const double alone = passes.longest_since_last();
  std::vector<double> scrapes;
  std::vector<double> beside;
  for (int i = 0; i < kRuns; ++i) {
    passes.longest_since_last();
    const auto began = Clock::now();
    const std::string answer = get_metrics((*server)->port());
    scrapes.push_back(millis_since(began));
    beside.push_back(passes.longest_since_last());
    if (answer.find("name=\"peering-" + std::to_string(kPeerings - 1) + "\"") == std::string::npos)
      return std::fprintf(stderr, "scrape_bench: an answer of %zu bytes lacks the last peering\n",
                          answer.size()),
             1;
    std::this_thread::sleep_for(kBetweenScrapes);
  }
  std::ranges::sort(scrapes);
  std::printf("%.1f %.1f %.1f\n", scrapes[kRuns / 2], alone, *std::ranges::max_element(beside));
  return 0;
}

}  // namespace
}  // namespace vpcp

int main() {
  return vpcp::run();
}
