#include "contract/shell_contract.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>
#include <vector>

#include "adapters/libssh/sshd_fixture.h"
#include "domain/keys.h"

namespace vpcp::testing {
namespace {

using ::testing::HasSubstr;

/// What every HostShell must do. The stage is made anew for each test.
class EveryShell : public ::testing::TestWithParam<ShellKind> {
 protected:
  static void SetUpTestSuite() { init_crypto(); }
  void SetUp() override { stage_ = GetParam().make(); }

  Result<HostShell::Answer> run(const HostLogin& login, const Command& command) {
    return stage_->shell().run(stage_->within(seconds{30}), login, command);
  }
  /// A login that works tells the same everywhere: there is no such program.
  Result<HostShell::Answer> try_login(const HostLogin& login) {
    return run(login, Command{{"vpcp-no-such-program"}, {}});
  }
  static void expect_in(const Result<HostShell::Answer>& answer, const HostKeyLine& key) {
    ASSERT_TRUE(answer.ok()) << answer.error().reason << " " << answer.error().message;
    EXPECT_EQ(answer->host_key, key);
    EXPECT_EQ(answer->output.exit_status, 127);
  }
  static void expect_refused(const Result<HostShell::Answer>& answer, ErrorKind kind,
                             const std::string& reason, const HostLogin& login) {
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().kind, kind);
    EXPECT_EQ(answer.error().reason, reason);
    EXPECT_THAT(answer.error().message, HasSubstr(login.name));
  }

  std::unique_ptr<ShellStage> stage_;
};

TEST_P(EveryShell, ACommandThatFailsOnTheHostIsAnAnswer) {
  expect_in(try_login(stage_->host()), stage_->host().pinned.front());
}

TEST_P(EveryShell, ReachesAHostThroughAnother) {
  expect_in(try_login(stage_->behind()), stage_->behind().pinned.front());
}

TEST_P(EveryShell, AcceptsAnyOfThePinnedKeys) {
  HostLogin login = stage_->host();
  login.pinned.insert(login.pinned.begin(), new_ssh_key_pair().public_key);
  expect_in(try_login(login), stage_->host().pinned.front());
}

TEST_P(EveryShell, ReportsTheKeyThatItTrustsOnFirstUse) {
  HostLogin login = stage_->host();
  login.pinned.clear();
  login.trust_first_use = true;
  expect_in(try_login(login), stage_->host().pinned.front());
}

TEST_P(EveryShell, TrustsNobodyUnpinnedUnlessToldSo) {
  HostLogin login = stage_->host();
  login.pinned.clear();
  expect_refused(try_login(login), ErrorKind::Denied, "HostIdentityChanged", login);
}

TEST_P(EveryShell, RefusesAnotherKeyEvenWhenItTrustsOnFirstUse) {
  HostLogin login = stage_->host();
  login.pinned = {new_ssh_key_pair().public_key};
  login.trust_first_use = true;
  expect_refused(try_login(login), ErrorKind::Denied, "HostIdentityChanged", login);
}

TEST_P(EveryShell, RefusesAWrongKeyOfAHostThatItHasJustUsed) {
  expect_in(try_login(stage_->host()), stage_->host().pinned.front());
  HostLogin login = stage_->host();
  login.pinned = {new_ssh_key_pair().public_key};
  expect_refused(try_login(login), ErrorKind::Denied, "HostIdentityChanged", login);
}

TEST_P(EveryShell, RefusesAHostBehindAJumpHostWithAWrongKey) {
  HostLogin jump = stage_->host();
  jump.pinned = {new_ssh_key_pair().public_key};
  HostLogin login = stage_->behind();
  login.jump = std::make_shared<HostLogin>(jump);
  expect_refused(try_login(login), ErrorKind::Denied, "HostIdentityChanged", jump);
}

TEST_P(EveryShell, TellsThatTheLoginWasRefused) {
  HostLogin login = stage_->host();
  login.private_key = new_ssh_key_pair().private_key;
  expect_refused(try_login(login), ErrorKind::Denied, "HostLoginRefused", login);
}

TEST_P(EveryShell, TellsThatNobodyIsThere) {
  const HostLogin login = stage_->nobody();
  expect_refused(try_login(login), ErrorKind::Transient, "HostUnreachable", login);
}

TEST_P(EveryShell, TellsThatNobodyIsThereBehindAJumpHost) {
  HostLogin login = stage_->nobody();
  login.jump = stage_->behind().jump;
  expect_refused(try_login(login), ErrorKind::Transient, "HostUnreachable", login);
}

TEST_P(EveryShell, DoesNothingWhenStopped) {
  std::stop_source source;
  source.request_stop();
  Context stopped = stage_->within(seconds{30});
  stopped.stop = source.get_token();
  const auto answer = stage_->shell().run(stopped, stage_->host(), Command{{"vpcp-no-such-program"}, {}});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::Transient);
}

TEST_P(EveryShell, ServesManyCallersAtOnce) {
  std::atomic<int> served{0};
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 8; ++i) {
      callers.emplace_back([&, login = i % 2 == 0 ? stage_->host() : stage_->behind()] {
        for (int n = 0; n < 5; ++n) served += try_login(login).ok() ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(served, 40);
}

INSTANTIATE_TEST_SUITE_P(Shells, EveryShell,
                         ::testing::Values(ShellKind{"Fake", fake_shell_stage},
                                           ShellKind{"Ssh", ssh_shell_stage}),
                         [](const auto& kind) { return kind.param.name; });

/// What every HostShell must do that runs real programs, which take time.
class RealShell : public EveryShell {
 protected:
  CommandOutput output_of(const Command& command) { return output_of(stage_->host(), command); }
  CommandOutput output_of(const HostLogin& login, const Command& command) {
    const auto answer = run(login, command);
    EXPECT_TRUE(answer.ok()) << answer.error().reason << " " << answer.error().message;
    return answer.ok() ? answer->output : CommandOutput{};
  }
};

TEST_P(RealShell, KeepsTheStreamsApartAndTellsTheExitStatus) {
  const CommandOutput output = output_of({{"sh", "-c", "echo out; echo err >&2; exit 3"}, {}});
  EXPECT_EQ(output.out, "out\n");
  EXPECT_EQ(output.err, "err\n");
  EXPECT_EQ(output.exit_status, 3);
}

TEST_P(RealShell, AnArgumentArrivesAsItIs) {
  for (const std::string argument : {"", "a b", "it's", "$(id)", "`id`", "a\nb", "\"\\*?;&|<>", "-n", "é"}) {
    EXPECT_EQ(output_of({{"printf", "%s.", argument}, {}}).out, argument + ".");
  }
}

TEST_P(RealShell, ACommandTellsTheHostUnderWhichReignItWasSent) {
  Command command{{"printenv", "VPCP_REIGN"}, {}};
  EXPECT_EQ(output_of(command).out, "");
  command.reign = 7;
  EXPECT_EQ(output_of(command).out, "7\n");
}

TEST_P(RealShell, TheInputArrivesWholeAndEnds) {
  std::string bytes(3'000'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7 % 251);
  const CommandOutput output = output_of(Command{{"sha256sum"}, {}}.with_input(Secret::copy_of(bytes)));
  EXPECT_EQ(output.out, sha256_hex(bytes) + "  -\n");
}

TEST_P(RealShell, TheInputAndTheOutputMayFlowAtOnce) {
  const std::string bytes(900'000, 'x');
  for (const HostLogin& login : {stage_->host(), stage_->behind()}) {
    EXPECT_EQ(output_of(login, Command{{"cat"}, {}}.with_input(Secret::copy_of(bytes))).out, bytes);
  }
}

TEST_P(RealShell, ACommandMayLeaveItsInputUnread) {
  const CommandOutput output =
      output_of(Command{{"true"}, {}}.with_input(Secret::copy_of(std::string(5'000'000, 'x'))));
  EXPECT_EQ(output.exit_status, 0);
}

TEST_P(RealShell, ABigOutputIsBounded) {
  const CommandOutput output =
      output_of({{"sh", "-c", "head -c 30000000 /dev/zero; head -c 3000000 /dev/zero >&2"}, {}});
  EXPECT_EQ(output.out.size(), std::size_t{1} << 20);
  EXPECT_EQ(output.err.size(), std::size_t{1} << 20);
  EXPECT_EQ(output.exit_status, 0);
}

TEST_P(RealShell, ACommandKilledByASignalHasNoExitStatus) {
  EXPECT_EQ(output_of({{"sh", "-c", "kill -9 $PPID"}, {}}).exit_status, -1);
}

TEST_P(RealShell, DoesNothingAfterTheDeadline) {
  const TempDir dir;
  const Command command{{"touch", dir.file("mark")}, {}};
  const auto answer = stage_->shell().run(stage_->within(seconds{0}), stage_->host(), command);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::Transient);
  EXPECT_FALSE(std::filesystem::exists(dir.file("mark")));
}

TEST_P(RealShell, ATimeOutLeavesTheShellUsable) {
  const auto slow = run(stage_->host(), Command{{"sleep", "60"}, {}}.with_limit(seconds{1}));
  expect_refused(slow, ErrorKind::Transient, "CommandTimedOut", stage_->host());
  EXPECT_EQ(output_of({{"echo", "next"}, {}}).out, "next\n");
}

TEST_P(RealShell, ACallerThatWaitsForItsTurnGivesUpAtItsDeadlineAndHoldsUpNoOtherHost) {
  const TempDir dir;
  const std::string mark = dir.file("started");
  std::jthread first([&] {
    (void)run(stage_->host(),
              Command{{"sh", "-c", "touch " + mark + "; sleep 60"}, {}}.with_limit(seconds{4}));
  });
  output_of(stage_->behind(), {{"sh", "-c", "until test -e " + mark + "; do sleep 0.02; done"}, {}});
  const auto second = stage_->shell().run(stage_->within(seconds{1}), stage_->host(), Command{{"true"}, {}});
  expect_refused(second, ErrorKind::Transient, "CommandTimedOut", stage_->host());
}

INSTANTIATE_TEST_SUITE_P(Shells, RealShell, ::testing::Values(ShellKind{"Ssh", ssh_shell_stage}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace vpcp::testing
