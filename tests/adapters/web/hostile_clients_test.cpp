// Clients that mean it no good, at the server as the controller has it: the page, its events, /metrics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <random>
#include <set>
#include <thread>

#include "adapters/web/controller_routes.h"
#include "adapters/web/loopback_client.h"

namespace vpcp::web {
namespace {

using testing::ControllerRoutes;
using ::testing::HasSubstr;
using testing::LoopbackClient;
using ::testing::Not;
using ::testing::StartsWith;
using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

/// So many peerings have 1 MB of figures: more than a socket takes for a client that reads nothing.
constexpr int kMany = 150;

template <class F>
microseconds time_of(F&& f) {
  const auto began = Clock::now();
  f();
  return std::chrono::duration_cast<microseconds>(Clock::now() - began);
}

struct Times {
  microseconds median{0};
  microseconds longest{0};
};

/// Of `count` runs with a pause after each.
template <class F>
Times times_of(int count, F&& f) {
  std::vector<microseconds> all;
  for (int i = 0; i < count; ++i) {
    all.push_back(time_of([&] { f(i); }));
    std::this_thread::sleep_for(milliseconds{5});
  }
  std::sort(all.begin(), all.end());
  return {all[all.size() / 2], all.back()};
}

/// A third takes nothing of a long answer, a third looks at the page and takes nothing of its events, a third
/// does not end its request, or comes under a strange name.
std::string slow_request(int i) {
  static const std::vector<std::string> kRequests{
      "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET /events?peering=network%2Fams-blr HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
      "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET /events HTTP/1.1\r\nHost: 127.0.0.1:9090\r\n\r\n",
      "GET /events?peering=network%2Fams-blr HTTP/1.1\r\nHost: evil.example\r\n\r\n"};
  return kRequests[static_cast<std::size_t>(i) % kRequests.size()];
}

TEST(HostileClients, TwoHundredSlowOnesDelayNeitherAPassNorAHealthCheck) {
  ControllerRoutes controller(kMany);
  const auto pass = [&](int moment) { controller.pass(moment); };
  const Times alone = times_of(60, pass);

  std::vector<LoopbackClient> slow;
  for (int i = 0; i < 200; ++i) {
    slow.emplace_back(controller.port(), 4096);
    ASSERT_TRUE(slow.back().connected());
    slow.back().send(slow_request(i));
  }
  auto passes = std::async(std::launch::async, [&] { return times_of(60, pass); });
  const Times checks = times_of(21, [&](int) {
    EXPECT_THAT(testing::get(controller.port(), "/healthz"), StartsWith("HTTP/1.1 200 "));
  });
  const Times beside = passes.get();

  // What waits for a slow client waits for seconds. A busy machine delays some, and a page is drawn now and
  // then.
  EXPECT_LT(beside.median, 10 * alone.median + milliseconds{20});
  EXPECT_LT(beside.longest, 10 * alone.longest + milliseconds{1000});
  EXPECT_LT(checks.median, milliseconds{500});

  // They were slow, and were served.
  const std::string scraped = testing::get(controller.port(), "/metrics");
  EXPECT_THAT(scraped, HasSubstr("name=\"peering-" + std::to_string(kMany - 1) + "\""));
  EXPECT_GT(scraped.size(), 500'000U);
  EXPECT_THAT(slow[1].receive_until("event: peering"), HasSubstr("\"name\":\"ams-blr\""));
  EXPECT_THAT(slow[5].receive(), StartsWith("HTTP/1.1 421 "));
}

/// Requests that were good ones before somebody had them; the same of each seed.
class Mangler {
 public:
  Mangler(unsigned seed, const std::vector<std::string>& paths) : random_(seed), paths_(paths) {}

  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }

  std::string next() {
    std::string bytes = request();
    if (below(4) == 0) bytes += request();  // before the first is answered
    for (std::size_t n = below(5); n > 0; --n) mangle(bytes);
    return bytes;
  }

 private:
  const std::string& one_of(const std::vector<std::string>& all) { return all[below(all.size())]; }

  std::string request() {
    static const std::vector<std::string> kMethods{"GET", "GET", "GET", "HEAD", "POST"};
    static const std::vector<std::string> kQueries{
        "", "", "?peering=network%2Fams-blr", "?peering=network/peering-1", "?x=%41&peering=%", "?peering=/"};
    static const std::vector<std::string> kHosts{"localhost", "127.0.0.1:9090", "[::1]:9090", "evil.example"};
    return one_of(kMethods) + " " + one_of(paths_) + one_of(kQueries) +
           " HTTP/1.1\r\nHost: " + one_of(kHosts) +
           "\r\nAccept: text/html, */*;q=0.8\r\nConnection: keep-alive\r\n\r\n";
  }

  void mangle(std::string& bytes) {
    static const std::vector<std::string> kPieces{" ",
                                                  "\r\n",
                                                  "\r\n\r\n",
                                                  "\r",
                                                  "\n",
                                                  ":",
                                                  "%",
                                                  "?peering=",
                                                  "&",
                                                  "//..",
                                                  " HTTP/1.1",
                                                  "Content-Length: 99999999999999999999\r\n",
                                                  "Transfer-Encoding: chunked\r\n",
                                                  "Host: localhost\r\n",
                                                  std::string(3000, 'A'),
                                                  std::string(1, '\0'),
                                                  "\xff\xfe"};
    const std::size_t at = below(bytes.size() + 1);
    const std::size_t length = below(bytes.size() - at + 1);
    switch (below(5)) {
      case 0:
        bytes.insert(at, one_of(kPieces));
        break;
      case 1:
        if (at < bytes.size()) bytes[at] = static_cast<char>(random_());
        break;
      case 2:
        bytes.erase(at, below(std::min<std::size_t>(length, 12) + 1));
        break;
      case 3:
        bytes.insert(at, bytes.substr(at, length));
        break;
      default:
        bytes.insert(at, "%" + std::string(1, static_cast<char>(random_())));
    }
  }

  std::mt19937 random_;
  const std::vector<std::string>& paths_;
};

/// The name of a failing case, and so the last line before a crash, has the seed.
class AnyBytes : public ::testing::TestWithParam<unsigned> {};

TEST_P(AnyBytes, LeaveItAlive) {
  ControllerRoutes controller(10);
  Mangler mangler(GetParam(), controller.paths());
  std::map<std::string, int> answers;  // how often each status
  for (int round = 0; round < 300; ++round) {
    const std::string bytes = mangler.next();
    SCOPED_TRACE("seed " + std::to_string(GetParam()) + ", round " + std::to_string(round));
    const LoopbackClient client(controller.port());
    ASSERT_TRUE(client.connected());
    client.send(bytes);
    if (mangler.below(4) == 0) client.end_sending();
    if (bytes.find("\r\n\r\n") == std::string::npos || mangler.below(4) == 0) continue;  // leaves at once
    const std::string answer = client.receive();
    if (answer.empty()) continue;  // it was refused before all of it was read
    ASSERT_THAT(answer, StartsWith("HTTP/1.1 "));
    ++answers[answer.substr(9, 3)];
  }
  static const std::set<std::string> kKnown{"200", "400", "404", "405", "421", "431", "503"};
  for (const auto& [status, count] : answers) EXPECT_TRUE(kKnown.contains(status)) << status;
  for (const char* status : {"200", "400", "404", "405", "421"}) EXPECT_GT(answers[status], 0) << status;

  controller.pass(1);
  EXPECT_THAT(testing::get(controller.port(), "/healthz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(testing::get(controller.port(), "/metrics"), HasSubstr("name=\"peering-9\""));
  const LoopbackClient page(controller.port());
  page.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(page.receive_until("event: peering"), HasSubstr("event: peering"));
}

INSTANTIATE_TEST_SUITE_P(HostileClients, AnyBytes, ::testing::Range(1U, 9U),
                         [](const auto& test) { return "OfSeed" + std::to_string(test.param); });

}  // namespace
}  // namespace vpcp::web
