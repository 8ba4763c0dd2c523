// What is particular to the SSH adapter. What every HostShell does is in tests/contract.
#include "adapters/libssh/ssh_shell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "adapters/libssh/sshd_fixture.h"
#include "support/fake_metrics.h"
#include "vpcp/ports/metric_list.h"

namespace vpcp {
namespace {

using testing::FakeMetrics;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TestSshd;

Context for_seconds(int n) {
  return Context{}.within(seconds{n});
}

std::size_t open_descriptors() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                                                std::filesystem::directory_iterator()));
}

class SshShellTest : public ::testing::Test {
 protected:
  double connects() const { return metrics_.value_of(metric::kSshConnects, {"Connected"}); }
  Result<HostShell::Answer> echo(const HostLogin& login) {
    return shell_.run(for_seconds(20), login, Command{{"echo", "hello"}, {}});
  }

  TestSshd sshd_;
  FakeMetrics metrics_;
  SshShell shell_{SshOptions{}, metrics_};
};

TEST_F(SshShellTest, KeepsOneSessionForAllCommandsOfAHost) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(echo(sshd_.login()).ok());
  EXPECT_EQ(connects(), 1);
  EXPECT_EQ(metrics_.observed(metric::kSshCommandSeconds, {}).size(), 3u);
}

TEST_F(SshShellTest, OthersDoNotWaitForACommandThatGoesAside) {
  const std::string begun = sshd_.file("begun");
  const std::string done = sshd_.file("done");
  Command slow{{"sh", "-c", "touch " + begun + "; until [ -e " + done + " ]; do sleep 0.02; done"}, {}};
  slow.aside = true;
  const std::jthread aside([&] { (void)shell_.run(for_seconds(30), sshd_.login(), slow); });
  const auto end = std::chrono::steady_clock::now() + seconds{20};
  while (!std::filesystem::exists(begun) && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(milliseconds{5});
  EXPECT_TRUE(std::filesystem::exists(begun));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(echo(sshd_.login()).ok());
  EXPECT_EQ(connects(), 2) << "one for each kind";
  std::ofstream(done) << "\n";
}

TEST_F(SshShellTest, ReplacesAWarmSessionThatDiedWithoutTheCallersNotice) {
  ASSERT_TRUE(echo(sshd_.login()).ok());
  sshd_.end_connections();
  const auto answer = echo(sshd_.login());
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->output.out, "hello\n");
  EXPECT_EQ(connects(), 2);
}

TEST_F(SshShellTest, ReconnectsAfterTheHostWasRebooted) {
  ASSERT_TRUE(echo(sshd_.login()).ok());
  sshd_.stop();
  const auto while_down = echo(sshd_.login());
  ASSERT_FALSE(while_down.ok());
  EXPECT_EQ(while_down.error().reason, "HostUnreachable");
  sshd_.start();
  EXPECT_TRUE(echo(sshd_.login()).ok());
}

TEST_F(SshShellTest, DoesNotUseAWarmSessionWhoseKeyIsNoLongerPinned) {
  ASSERT_TRUE(echo(sshd_.login()).ok());
  testing::make_key(sshd_.file("other"));
  HostLogin login = sshd_.login();
  login.pinned = {testing::public_key(sshd_.file("other"))};
  const auto answer = echo(login);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().reason, "HostIdentityChanged");
}

TEST_F(SshShellTest, TellsBothFingerprintsAndSendsNothingWhenTheHostKeyChanged) {
  testing::make_key(sshd_.file("other"));
  HostLogin login = sshd_.login("amsterdam/gateway-0");
  login.pinned = {testing::public_key(sshd_.file("other"))};
  const auto answer = echo(login);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::Denied);
  EXPECT_THAT(
      answer.error().message,
      ::testing::MatchesRegex("amsterdam/gateway-0 \\(127.0.0.1:[0-9]+\\) offers the host key ssh-ed25519 "
                              "SHA256:[^ ]+, pinned is ssh-ed25519 SHA256:[^ ]+; nothing was sent"));
  EXPECT_THAT(sshd_.log(), Not(HasSubstr("ublickey")));
}

TEST_F(SshShellTest, TakesAHostThatHasNoKeyOfThePinnedTypeForAChangedOne) {
  testing::make_key(sshd_.file("ecdsa"), "ecdsa");
  sshd_.use_host_key(sshd_.file("ecdsa"));
  HostLogin login = sshd_.login();
  testing::make_key(sshd_.file("other"));
  login.pinned = {testing::public_key(sshd_.file("other"))};
  sshd_.stop();
  sshd_.start();
  const auto answer = echo(login);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().reason, "HostIdentityChanged");
  EXPECT_THAT(answer.error().message, HasSubstr("ecdsa-sha2-nistp256 SHA256:"));
}

TEST_F(SshShellTest, AcceptsEveryTypeOfHostKeyThatSshdHas) {
  for (const std::string type : {"ed25519", "ecdsa", "rsa"}) {
    testing::make_key(sshd_.file("host-" + type), type);
    sshd_.use_host_key(sshd_.file("host-" + type));
    sshd_.stop();
    sshd_.start();
    const auto answer = echo(sshd_.login());
    ASSERT_TRUE(answer.ok()) << type << ": " << answer.error().message;
    EXPECT_EQ(answer->host_key, sshd_.host_key());
  }
}

TEST_F(SshShellTest, StopsAtOnceWhenAskedTo) {
  std::stop_source source;
  Context ctx = for_seconds(60);
  ctx.stop = source.get_token();
  ASSERT_TRUE(echo(sshd_.login()).ok());
  const auto start = std::chrono::steady_clock::now();
  std::jthread stopper([&] {
    std::this_thread::sleep_for(milliseconds{200});
    source.request_stop();
  });
  const auto answer = shell_.run(ctx, sshd_.login(), Command{{"sleep", "60"}, {}});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().reason, "CommandTimedOut");
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds{5});
}

TEST_F(SshShellTest, EndsACommandOnTheHostThatRanOutOfTime) {
  const std::string mark = sshd_.file("ended");
  const auto answer = shell_.run(
      for_seconds(20), sshd_.login(),
      Command{{"sh", "-c", "trap 'echo yes > " + mark + "; exit' TERM; sleep 60 & wait"}, {}}.with_limit(
          seconds{1}));
  ASSERT_FALSE(answer.ok());
  const auto deadline = std::chrono::steady_clock::now() + seconds{10};
  while (testing::read_text(mark).empty() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds{20});
  }
  EXPECT_EQ(testing::read_text(mark), "yes\n");
}

TEST_F(SshShellTest, BoundsTheConnectToAHostThatNeverAnswers) {
  const int silent = testing::tcp_socket();  // takes connections, says nothing
  sockaddr_in address = testing::loopback(testing::free_port());
  ASSERT_EQ(::bind(silent, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(silent, 8), 0);
  SshShell shell(SshOptions{.connect_limit = milliseconds{300}}, metrics_);
  HostLogin login = sshd_.login();
  login.port = ntohs(address.sin_port);
  const auto start = std::chrono::steady_clock::now();
  const auto answer = shell.run(for_seconds(60), login, Command{{"true"}, {}});
  ::close(silent);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().reason, "HostUnreachable");
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds{3});
}

TEST_F(SshShellTest, NeverLogsInMoreThanTwiceAtOnceToOneHost) {
  // The server takes five: every login key makes a session of its own, so each caller has to connect.
  std::atomic<int> answered{0};
  std::vector<std::jthread> callers;
  for (int i = 0; i < 12; ++i) {
    const std::string key = sshd_.file("client" + std::to_string(i));
    testing::make_key(key);
    std::ofstream(sshd_.file("authorized_keys"), std::ios::app) << testing::public_key(key) << "\n";
    HostLogin login = sshd_.login();
    login.private_key = Secret::take(testing::read_text(key));
    callers.emplace_back([&, login] { answered += echo(login).ok() ? 1 : 0; });
  }
  callers.clear();
  EXPECT_EQ(answered, 12);
}

TEST_F(SshShellTest, KeepsNoMoreSessionsThanAllowed) {
  TestSshd second;
  SshShell shell(SshOptions{.max_sessions = 1}, metrics_);
  for (TestSshd* host : {&sshd_, &second, &sshd_}) {
    ASSERT_TRUE(shell.run(for_seconds(20), host->login(), Command{{"true"}, {}}).ok());
  }
  EXPECT_EQ(connects(), 3);
}

TEST_F(SshShellTest, ClosesSessionsThatNobodyUsesAnyMore) {
  SshShell shell(SshOptions{.idle_close = milliseconds{0}}, metrics_);
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(shell.run(for_seconds(20), sshd_.login(), Command{{"true"}, {}}).ok());
  EXPECT_EQ(connects(), 2);
}

TEST_F(SshShellTest, LeavesNoDescriptorOpenWhateverHappened) {
  HostLogin wrong_pin = sshd_.login();
  testing::make_key(sshd_.file("other"));
  wrong_pin.pinned = {testing::public_key(sshd_.file("other"))};
  HostLogin wrong_key = sshd_.login();
  wrong_key.private_key = Secret::take(testing::read_text(sshd_.file("other")));
  HostLogin nobody_there = sshd_.login();
  nobody_there.port = testing::free_port();
  HostLogin behind = sshd_.login("test/behind");
  behind.jump = std::make_shared<HostLogin>(sshd_.login("test/jump"));
  HostLogin lost_behind = nobody_there;
  lost_behind.jump = behind.jump;
  const std::size_t before = open_descriptors();
  {
    SshShell shell(SshOptions{}, metrics_);
    for (const HostLogin& login : {sshd_.login(), wrong_pin, wrong_key, nobody_there, behind, lost_behind}) {
      (void)shell.run(for_seconds(20), login, Command{{"true"}, {}});
    }
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(SshShellTest, NoErrorTellsTheKey) {
  HostLogin login = sshd_.login();
  login.private_key = Secret::copy_of("not a key at all");
  const auto answer = echo(login);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().reason, "HostLoginRefused");
  EXPECT_THAT(answer.error().message, Not(HasSubstr("not a key at all")));
}

class SshJumpTest : public SshShellTest {
 protected:
  HostLogin behind() const {
    HostLogin login = inner_.login("test/behind");
    login.jump = std::make_shared<HostLogin>(sshd_.login("test/jump"));
    return login;
  }
  TestSshd inner_;
};

TEST_F(SshJumpTest, MakesAJumpSessionAnewThatDied) {
  ASSERT_TRUE(echo(behind()).ok());
  sshd_.end_connections();
  const auto answer = echo(behind());
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(connects(), 4);
}

TEST_F(SshJumpTest, SharesOneSessionOfTheJumpHost) {
  ASSERT_TRUE(echo(behind()).ok());
  HostLogin other = sshd_.login("test/other");
  other.jump = behind().jump;
  ASSERT_TRUE(echo(other).ok());
  EXPECT_EQ(connects(), 3);
}

TEST_F(SshJumpTest, NamesTheJumpHostWhenItsKeyChanged) {
  ASSERT_TRUE(echo(behind()).ok());
  testing::make_key(sshd_.file("other"));
  HostLogin jump = *behind().jump;
  jump.pinned = {testing::public_key(sshd_.file("other"))};
  HostLogin login = behind();
  login.jump = std::make_shared<HostLogin>(jump);
  const auto answer = echo(login);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().reason, "HostIdentityChanged");
  EXPECT_THAT(answer.error().message, HasSubstr("test/jump"));
}

TEST_F(SshJumpTest, ReachesAHostBehindTwoJumps) {
  TestSshd innermost;
  HostLogin login = innermost.login("test/innermost");
  login.jump = std::make_shared<HostLogin>(behind());
  const auto answer = echo(login);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->host_key, innermost.host_key());
}

TEST_F(SshJumpTest, CarriesManyHostsAndBigOutputsAtOnce) {
  std::vector<std::unique_ptr<TestSshd>> hosts;
  for (int i = 0; i < 6; ++i) hosts.push_back(std::make_unique<TestSshd>());
  std::atomic<int> complete{0};
  std::vector<std::jthread> callers;
  for (const auto& host : hosts) {
    HostLogin login = host->login();
    login.jump = behind().jump;
    callers.emplace_back([&, login] {
      for (int i = 0; i < 5; ++i) {
        const auto answer =
            shell_.run(for_seconds(60), login, Command{{"head", "-c", "900000", "/dev/zero"}, {}});
        if (answer.ok() && answer->output.out.size() == 900'000) ++complete;
      }
    });
  }
  callers.clear();
  EXPECT_EQ(complete, 30);
}

}  // namespace
}  // namespace vpcp
