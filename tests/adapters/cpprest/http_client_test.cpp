#include "adapters/cpprest/http_client.h"

#include <future>
#include <sstream>

#include <gmock/gmock.h>

#include <mutex>

#include "adapters/cpprest/loopback_server.h"

namespace vpcp {
namespace {

using ::testing::AllOf;
using testing::Connection;
using ::testing::HasSubstr;
using testing::LoopbackServer;
using ::testing::Not;

class HttpClientOverTcp : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    init_crypto();
    init_http_process();
  }
  Result<HttpResponse> get(const std::string& url) { return client_.send({}, {.url = url}); }

  CpprestHttpClient client_;
};

HttpRequest create(const std::string& url) {
  return {.method = "POST",
          .url = url,
          .content_type = "application/json",
          .body = Secret::copy_of(R"({"region":"ams"})"),
          .fresh_connection = true};
}

/// Collects what the server read.
class Seen {
 public:
  void add(std::string request) {
    const std::lock_guard lock(mutex_);
    if (!request.empty()) requests_.push_back(std::move(request));
  }
  std::vector<std::string> all() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> requests_;
};

TEST_F(HttpClientOverTcp, GivesStatusHeadersInLowerCaseAndBody) {
  LoopbackServer server([](Connection& peer, int) {
    peer.read_request();
    peer.answer("429 Too Many Requests", "slow down", "Retry-After: 7\r\n");
  });
  const auto result = get(server.url("/v2/vpcs?per_page=500&cursor=a%3D"));
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->status, 429);
  EXPECT_EQ(result->headers.at("retry-after"), "7");
  EXPECT_EQ(result->body, "slow down");
}

TEST_F(HttpClientOverTcp, SendsPathQueryKeyAndBodyAsTheyAre) {
  Seen seen;
  LoopbackServer server([&](Connection& peer, int) {
    seen.add(peer.read_request());
    peer.answer("202 Accepted", "{}");
  });
  HttpRequest request = create(server.url("/v2/instances?cursor=a%3D%2Fb"));
  request.bearer = Secret::copy_of("KEY");
  ASSERT_TRUE(client_.send({}, request).ok());
  ASSERT_EQ(seen.all().size(), 1u);
  EXPECT_THAT(seen.all()[0],
              AllOf(HasSubstr("POST /v2/instances?cursor=a%3D%2Fb HTTP/1.1\r\n"),
                    HasSubstr("Authorization:Bearer KEY\r\n"), HasSubstr("Content-Type:application/json\r\n"),
                    HasSubstr("\r\n\r\n{\"region\":\"ams\"}")));
}

TEST_F(HttpClientOverTcp, ARefusedConnectionIsSurelyNotSent) {
  std::string url;
  {
    LoopbackServer gone([](Connection&, int) {});
    url = gone.url("/");
  }
  const auto result = client_.send({}, create(url));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, "NotSent");
}

TEST_F(HttpClientOverTcp, ACreateWhoseAnswerIsLostIsReportedAndNeverSentTwice) {
  Seen seen;
  LoopbackServer server([&](Connection& peer, int) {
    for (std::string request; !(request = peer.read_request()).empty();) {
      const bool is_create = request.starts_with("POST");
      seen.add(std::move(request));
      if (is_create) return;  // done, and died before the answer
      peer.answer("200 OK", "{}");
    }
  });
  ASSERT_TRUE(get(server.url("/warm")).ok());  // leaves an idle connection that could be reused
  const auto result = client_.send({}, create(server.url("/v2/instances")));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::Transient);
  EXPECT_EQ(result.error().reason, "AnswerLost");
  EXPECT_EQ(seen.all().size(), 2u);  // the GET and one POST
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpClientOverTcp, AConnectionIsKeptForTheNextRequest) {
  LoopbackServer server([](Connection& peer, int) {
    while (!peer.read_request().empty()) peer.answer("200 OK", "{}");
  });
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(get(server.url("/")).ok());
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientOverTcp, AGetSurvivesThatTheServerDroppedTheIdleConnection) {
  for (const bool reset : {false, true}) {
    std::atomic<bool> dropped{false};
    LoopbackServer server([&](Connection& peer, int number) {
      if (number == 0 && reset) peer.reset_on_close();
      peer.read_request();
      peer.answer("200 OK", std::to_string(number));
      if (number == 0) dropped = true;
      if (number > 0) peer.wait_for_close();
    });
    ASSERT_TRUE(get(server.url("/")).ok());
    while (!dropped) std::this_thread::yield();
    const auto second = get(server.url("/"));
    ASSERT_TRUE(second.ok()) << "reset " << reset << ": " << second.error().message;
    EXPECT_EQ(second->body, "1");
  }
}

TEST_F(HttpClientOverTcp, TheDeadlineEndsAHangingRequest) {
  LoopbackServer server([](Connection& peer, int) { peer.wait_for_close(); });
  const auto start = std::chrono::steady_clock::now();
  const auto result = client_.send(Context{}.within(milliseconds{150}), create(server.url("/")));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, "AnswerLost");
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds{5});
}

TEST_F(HttpClientOverTcp, StoppingEndsAHangingRequest) {
  std::stop_source stop;
  LoopbackServer server([&](Connection& peer, int) {
    peer.read_request();
    stop.request_stop();
    peer.wait_for_close();
  });
  Context ctx;
  ctx.stop = stop.get_token();
  const auto result = client_.send(ctx, {.url = server.url("/")});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::Transient);
}

TEST_F(HttpClientOverTcp, AnAnswerThatStopsHalfWayEndsByTheTimeout) {
  LoopbackServer server([](Connection& peer, int) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    peer.wait_for_close();
  });
  const auto result = client_.send({}, {.url = server.url("/"), .timeout = milliseconds{300}});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, "AnswerLost");
}

TEST_F(HttpClientOverTcp, AnAnswerCutOffIsLost) {
  LoopbackServer server([](Connection& peer, int) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
  });
  const auto result = get(server.url("/"));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, "AnswerLost");
}

TEST_F(HttpClientOverTcp, AnAnswerOverTheLimitIsAnErrorAndTheClientGoesOn) {
  LoopbackServer server([](Connection& peer, int) {
    while (!peer.read_request().empty()) peer.answer("200 OK", std::string(100000, 'x'));
  });
  const auto refused = client_.send({}, {.url = server.url("/"), .max_body = 1000});
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("too long"));
  EXPECT_EQ(get(server.url("/"))->body.size(), 100000u);
}

TEST_F(HttpClientOverTcp, ARedirectIsAnAnswerAndIsNotFollowed) {
  LoopbackServer server([](Connection& peer, int) {
    while (!peer.read_request().empty()) peer.answer("302 Found", "", "Location: /elsewhere\r\n");
  });
  const auto result = get(server.url("/"));
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->status, 302);
}

TEST_F(HttpClientOverTcp, BadUrlsAreInvalid) {
  for (const char* url : {"", "no scheme", "ftp://127.0.0.1/", "http:///path"}) {
    const auto result = get(url);
    ASSERT_FALSE(result.ok()) << url;
    EXPECT_EQ(result.error().reason, "BadUrl") << url;
  }
}

TEST_F(HttpClientOverTcp, NoErrorNamesTheKey) {
  LoopbackServer server([](Connection& peer, int) { peer.read_request(); });
  HttpRequest request = create(server.url("/secret-free?cursor=1"));
  request.bearer = Secret::copy_of("THEKEY");
  const auto result = client_.send({}, request);
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().message, Not(HasSubstr("THEKEY")));
}

TEST_F(HttpClientOverTcp, ManyThreadsShareIt) {
  LoopbackServer server([](Connection& peer, int) {
    while (!peer.read_request().empty()) peer.answer("200 OK", "{}");
  });
  std::atomic<int> good{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) good += get(server.url("/")).ok() ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(good, 160);
}

/// What came of a stream, line by line.
struct Streamed {
  std::vector<std::string> lines;
  Result<HttpResponse> end{Error{}};
};
Streamed stream(CpprestHttpClient& client, const std::string& url, const Context& ctx = {},
                std::size_t max_line = 1000) {
  Streamed got;
  got.end = client.stream_lines(ctx, {.url = url, .max_body = max_line},
                                [&](std::string_view line) { got.lines.emplace_back(line); });
  return got;
}

std::string chunk(const std::string& text) {
  std::ostringstream size;
  size << std::hex << text.size();
  return size.str() + "\r\n" + text + "\r\n";
}
constexpr const char* kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST_F(HttpClientOverTcp, AStreamIsCutIntoLinesWhereverTheChunksEnd) {
  LoopbackServer server([](Connection& peer, int) {
    peer.read_request();
    peer.write(kChunked + chunk("one\ntw") + chunk("o") + chunk("\n\n") + chunk("three\nrest") + chunk(""));
    peer.wait_for_close();
  });
  CpprestHttpClient client;
  const Streamed got = stream(client, server.url("/"));
  ASSERT_TRUE(got.end.ok()) << got.end.error().message;
  EXPECT_THAT(got.lines, ::testing::ElementsAre("one", "two", "three"));
  EXPECT_EQ(got.end->body, "rest");
}

TEST_F(HttpClientOverTcp, ALineOfAStreamIsGivenBeforeTheNextIsSent) {
  std::promise<void> first;
  LoopbackServer server([&](Connection& peer, int) {
    peer.read_request();
    peer.write(kChunked + chunk("one\n"));
    first.get_future().wait();
    peer.write(chunk("two\n") + chunk(""));
    peer.wait_for_close();
  });
  CpprestHttpClient client;
  std::vector<std::string> lines;
  const auto end = client.stream_lines({}, {.url = server.url("/")}, [&](std::string_view line) {
    lines.emplace_back(line);
    if (lines.size() == 1) first.set_value();
  });
  EXPECT_TRUE(end.ok());
  EXPECT_THAT(lines, ::testing::ElementsAre("one", "two"));
}

TEST_F(HttpClientOverTcp, ARefusedStreamIsAnAnswerWithItsBody) {
  LoopbackServer server([](Connection& peer, int) {
    peer.read_request();
    peer.answer("410 Gone", "line 1\nline 2");
    peer.wait_for_close();
  });
  CpprestHttpClient client;
  const Streamed got = stream(client, server.url("/"));
  ASSERT_TRUE(got.end.ok());
  EXPECT_EQ(got.end->status, 410);
  EXPECT_EQ(got.end->body, "line 1\nline 2");
  EXPECT_THAT(got.lines, ::testing::IsEmpty());
}

/// Pours out lines, and tells once whether the reader held that up: nothing was taken for a second.
class Outpouring {
 public:
  explicit Outpouring(int lines) : lines_(lines) {}
  void run(Connection& peer) {
    peer.read_request();
    peer.write(kChunked);
    const std::string line = chunk(std::string(std::size_t{64} << 10U, 'x') + "\n");
    for (int i = 0; i < lines_ && pour(peer.socket(), line); ++i) {
    }
    tell(false);
    peer.write(chunk(""));
    peer.wait_for_close();
  }
  /// Waits until that is known.
  bool held_up() { return told_.get_future().wait_for(minutes{1}) == std::future_status::ready && held_up_; }

 private:
  bool pour(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t taken = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (taken < 0 && errno != EAGAIN) return false;
      if (taken > 0) bytes.remove_prefix(static_cast<std::size_t>(taken));
      pollfd room{socket, POLLOUT, 0};
      if (taken < 0 && ::poll(&room, 1, 1000) == 0) tell(true);
      if (Clock::now() > end_) return false;
    }
    return true;
  }
  void tell(bool held_up) {
    if (std::exchange(has_told_, true)) return;
    held_up_ = held_up;
    told_.set_value();
  }

  using Clock = std::chrono::steady_clock;
  const int lines_;
  const Clock::time_point end_{Clock::now() + minutes{2}};
  bool has_told_{false};
  std::atomic<bool> held_up_{false};
  std::promise<void> told_;
};

/// More than would be kept in memory: 96 MB come, and the reader takes its time over the first line.
TEST_F(HttpClientOverTcp, AReaderThatIsBehindHoldsTheSenderUp) {
  constexpr int kLines = 1536;
  Outpouring lines(kLines);
  LoopbackServer server([&](Connection& peer, int) { lines.run(peer); });
  CpprestHttpClient client;
  int got = 0;
  bool held_up = false;
  const auto end = client.stream_lines({}, {.url = server.url("/")}, [&](std::string_view) {
    if (got++ == 0) held_up = lines.held_up();
  });
  ASSERT_TRUE(end.ok()) << end.error().message;
  EXPECT_TRUE(held_up);
  EXPECT_EQ(got, kLines) << "and nothing is lost by it";
}

TEST_F(HttpClientOverTcp, AStreamEndsWhenItIsStoppedThoughItsSenderIsHeldUp) {
  Outpouring lines(1536);
  LoopbackServer server([&](Connection& peer, int) { lines.run(peer); });
  CpprestHttpClient client;
  std::stop_source source;
  Context ctx;
  ctx.stop = source.get_token();
  bool held_up = false;
  const auto end = client.stream_lines(ctx, {.url = server.url("/")}, [&](std::string_view) {
    if (!ctx.stopped()) held_up = lines.held_up();
    source.request_stop();
  });
  EXPECT_TRUE(held_up);
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().reason, "Stopped");
}

TEST_F(HttpClientOverTcp, AStreamEndsWhenItIsStopped) {
  LoopbackServer server([](Connection& peer, int) {
    peer.read_request();
    peer.write(kChunked + chunk("one\n"));
    peer.wait_for_close();
  });
  CpprestHttpClient client;
  std::stop_source source;
  Context ctx;
  ctx.stop = source.get_token();
  const auto end =
      client.stream_lines(ctx, {.url = server.url("/")}, [&](std::string_view) { source.request_stop(); });
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().reason, "Stopped");
}

TEST_F(HttpClientOverTcp, AStreamCutOffOrWithALineOverTheLimitIsAnError) {
  LoopbackServer server([](Connection& peer, int) {
    const std::string request = peer.read_request();
    const bool endless = request.find("/endless") != std::string::npos;
    peer.write(kChunked + chunk("one\n") + chunk(endless ? std::string(2000, 'x') : "tw"));
    if (endless) peer.wait_for_close();
  });
  CpprestHttpClient client;
  for (const char* path : {"/cut", "/endless"}) {
    const Streamed got = stream(client, server.url(path));
    ASSERT_FALSE(got.end.ok()) << path;
    EXPECT_EQ(got.end.error().kind, ErrorKind::Transient);
    EXPECT_THAT(got.lines, ::testing::ElementsAre("one")) << path;
  }
}

}  // namespace
}  // namespace vpcp
