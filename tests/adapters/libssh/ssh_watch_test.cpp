// What is particular to the SSH adapter. What every HostWatch does is in tests/contract.
#include "adapters/libssh/ssh_watch.h"

#include <gtest/gtest.h>

#include "adapters/libssh/sshd_fixture.h"
#include "contract/watch_contract.h"
#include "support/fake_metrics.h"

namespace vpcp {
namespace {

using testing::FakeMetrics;
using testing::TestSshd;
using testing::Told;

/// The host says something once and lives on: nothing is wrong with the connection.
TEST(SshWatch, AStreamThatIsSilentForTooLongIsTakenForLostAndBegunAnew) {
  TestSshd sshd;
  FakeMetrics metrics;
  SshShell shell{SshOptions{}, metrics};
  Told told;
  SshWatch watch{{.silent_limit = milliseconds{500}, .first_pause = milliseconds{50}}, shell, told};
  const Command command{{"sh", "-c", "echo alive; while read -r line; do :; done"},
                        {}};  // ends with its input
  watch.follow({{"a", {sshd.login(), command}}});
  const auto end = std::chrono::steady_clock::now() + seconds{20};
  while (told.count("a: alive") < 2 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(milliseconds{20});
  EXPECT_GE(told.count("a! StreamSilent"), 1u);
  EXPECT_GE(told.count("a: alive"), 2u);
}

}  // namespace
}  // namespace vpcp
