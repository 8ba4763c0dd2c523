#include "lab/lab_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

#include "lab/memory_backend.h"

namespace vpcp::lab {
namespace {

/// Sends bytes to the server and reads until it closes; a read that gives up says so, and does it late:
/// machines stall.
std::string talk(const std::string& url, const std::string& bytes) {
  const auto colon = url.rfind(':');
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(colon + 1))));
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{60, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  std::string answer;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0) {
    ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    std::array<char, 4096> buffer{};
    ssize_t n = 0;
    while ((n = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0)
      answer.append(buffer.data(), static_cast<std::size_t>(n));
    if (n < 0) answer += std::string("[read: ") + std::strerror(errno) + "]";
  } else {
    answer = std::string("[connect: ") + std::strerror(errno) + "]";
  }
  ::close(fd);
  return answer;
}

std::string request_text(const std::string& method, const std::string& target, const std::string& body = "") {
  return method + " " + target +
         " HTTP/1.1\r\nHost: lab\r\nConnection: close\r\nAuthorization: Bearer key\r\nContent-Type: "
         "application/json\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

class Server : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { init_crypto(); }
  Server() {
    LabOptions options;
    options.api.api_key = Secret::copy_of("key");
    options.api.requests_per_second = 0;
    auto started = LabServer::start(options, std::make_unique<MemoryBackend>(), system_clock(), Log{});
    EXPECT_TRUE(started.ok());
    lab_ = std::move(started).value();
  }
  std::string ask(const std::string& method, const std::string& target, const std::string& body = "") {
    return talk(lab_->base_url(), request_text(method, target, body));
  }
  template <class F>
  void strike(F&& describe) {
    Fault fault;
    describe(fault);
    EXPECT_TRUE(lab_->faults().add(fault).ok());
  }
  std::unique_ptr<LabServer> lab_;
};

TEST_F(Server, SpeaksHttp) {
  const std::string answer = ask("POST", "/v2/vpcs", R"({"region":"ams","description":"a=b;c"})");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 201")) << answer;
  EXPECT_NE(answer.find("Content-Type: application/json"), std::string::npos) << answer;
  const std::string listed = ask("GET", "/v2/instances?label=a%20b%26c&per_page=5");
  EXPECT_NE(listed.find(R"("total":0)"), std::string::npos) << listed;
  const std::string gone = ask("DELETE", "/v2/instances/gone");
  EXPECT_TRUE(gone.starts_with("HTTP/1.1 404")) << gone;
}

TEST_F(Server, SaysWhenToComeBack) {
  strike([](Fault& fault) {
    fault.kind = FaultKind::Throttle;
    fault.retry_after = 3;
  });
  const std::string answer = ask("GET", "/v2/vpcs");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 429")) << answer;
  EXPECT_NE(answer.find("Retry-After: 3"), std::string::npos) << answer;
}

TEST_F(Server, BreaksOffALostAnswer) {
  strike([](Fault& fault) {
    fault.kind = FaultKind::LostAnswer;
    fault.method = "POST";
  });
  const std::string answer = ask("POST", "/v2/vpcs", R"({"region":"ams"})");
  EXPECT_EQ(answer.find("\"vpc\""), std::string::npos) << answer;
  EXPECT_NE(answer.find("Content-Length: 4096"), std::string::npos) << "promised and not kept: " << answer;
  EXPECT_EQ(lab_->cloud().vpcs({}).total, 1U);
}

TEST_F(Server, AnswersOthersWhileOneIsSlow) {
  strike([](Fault& fault) {
    fault.kind = FaultKind::Slow;
    fault.path = "ssh-keys";
    fault.delay = seconds{1};
  });
  const auto start = std::chrono::steady_clock::now();
  std::jthread slow([&] { EXPECT_TRUE(ask("GET", "/v2/ssh-keys").starts_with("HTTP/1.1 200")); });
  EXPECT_TRUE(ask("GET", "/v2/vpcs").starts_with("HTTP/1.1 200"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds{900});
  slow.join();
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds{1000});
}

TEST_F(Server, SurvivesBytesThatAreNoRequest) {
  for (const std::string& bytes :
       {std::string("\r\n\r\n"), std::string("GARBAGE\r\n\r\n"), std::string(3, '\0') + "\r\n\r\n",
        std::string("GET /%zz%00?%=% HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")}) {
    talk(lab_->base_url(), bytes);
  }
  EXPECT_TRUE(ask("GET", "/lab/v1/healthz").starts_with("HTTP/1.1 200"));
}

TEST_F(Server, TakesManyClientsAtOnce) {
  std::vector<std::jthread> clients;
  for (int c = 0; c < 4; ++c) {
    clients.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        const std::string answer =
            ask("POST", "/v2/instances", R"({"region":"ams","plan":"vc2-1c-1gb","os_id":1743})");
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 202")) << answer;
      }
    });
  }
  clients.clear();
  EXPECT_EQ(lab_->cloud().instances({}, {}).total, 100U);
}

TEST_F(Server, RefusesATakenPortInWords) {
  LabOptions options;
  options.port =
      static_cast<std::uint16_t>(std::stoi(lab_->base_url().substr(lab_->base_url().rfind(':') + 1)));
  const auto second = LabServer::start(options, std::make_unique<MemoryBackend>(), system_clock(), Log{});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().reason, "CannotListen");
}

TEST_F(Server, EndsWithLateAnswersStillWaiting) {
  strike([](Fault& fault) {
    fault.kind = FaultKind::Slow;
    fault.delay = minutes{10};
  });
  std::jthread waiting([url = lab_->base_url()] { talk(url, request_text("GET", "/v2/vpcs")); });
  const auto deadline = std::chrono::steady_clock::now() + seconds{5};
  while (lab_->requests().snapshot().reads == 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  const auto start = std::chrono::steady_clock::now();
  lab_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds{5});
}

}  // namespace
}  // namespace vpcp::lab
