#include "adapters/web/connection.h"

#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>

namespace vpcp::web {
namespace {

class SilentFeed : public EventFeed {
 public:
  Text next() override { return nullptr; }
};

/// One thread serves all clients: one that never stops sending is left for the others now and then.
TEST(WebConnection, ReadsOnlySoMuchAtOnce) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
  const Socket client(ends[0]);
  Connection connection(Socket(ends[1]), SteadyTime{});
  const auto send = [&](const std::string& bytes) {
    return ::send(client.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  };
  const auto unread = [&] {
    int bytes = 0;
    ::ioctl(connection.fd(), FIONREAD, &bytes);
    return bytes;
  };
  const auto respond = [](const Request&) -> Reply { return Feed{std::make_unique<SilentFeed>()}; };
  ASSERT_TRUE(send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  ASSERT_TRUE(connection.proceed(respond, SteadyTime{}));
  ASSERT_TRUE(connection.is_feed());
  ASSERT_TRUE(send(std::string(100'000, 'x')));
  EXPECT_TRUE(connection.proceed(respond, SteadyTime{}));
  EXPECT_GT(unread(), 0);
  EXPECT_TRUE(connection.proceed(respond, SteadyTime{}));
  EXPECT_EQ(unread(), 0) << "and it goes on from there";
}

}  // namespace
}  // namespace vpcp::web
