#include "lab/hosts/machine_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "lab/hosts/process.h"

namespace vpcp::lab {
namespace {

namespace fs = std::filesystem;

class MachineLock : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = fs::temp_directory_path() / "vpcp-lock.XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    file_ = folder_ / "lock";
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string reason(milliseconds limit) const {
    const auto lock = take_machine_lock(file_, limit);
    return lock.ok() ? "" : lock.error().reason;
  }
  /// As if who took it had been killed, and its reaper were at work.
  void let_the_holder_be_dead() const {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    ::waitpid(child, nullptr, 0);
    std::ofstream(file_) << child << '\n';
  }

  fs::path folder_;
  fs::path file_;
};

TEST_F(MachineLock, NamesWhoHoldsIt) {
  const auto lock = take_machine_lock(file_);
  ASSERT_TRUE(lock.ok());
  EXPECT_EQ(read_file(file_), std::to_string(::getpid()) + "\n");
}

TEST_F(MachineLock, IsRefusedAtOnceWhileItsHolderLives) {
  const auto lock = take_machine_lock(file_);
  ASSERT_TRUE(lock.ok());
  const SteadyTime before = std::chrono::steady_clock::now();
  EXPECT_EQ(reason(minutes{1}), "LabRunning");
  EXPECT_LT(std::chrono::steady_clock::now() - before, seconds{10});
}

TEST_F(MachineLock, IsWaitedForWhileAReaperIsAtWork) {
  auto lock = take_machine_lock(file_);
  ASSERT_TRUE(lock.ok());
  let_the_holder_be_dead();
  EXPECT_EQ(reason(milliseconds{50}), "LabLeftovers");
  std::jthread reaper([&] { lock->reset(); });
  EXPECT_EQ(reason(minutes{1}), "");
}

TEST_F(MachineLock, IsOfTheFileThatIsThereNotOfOneThatWasRemoved) {
  auto lock = take_machine_lock(file_);
  ASSERT_TRUE(lock.ok());
  EXPECT_TRUE(is_of_file(*lock, file_));
  fs::remove(file_);
  EXPECT_FALSE(is_of_file(*lock, file_));
  const auto next = take_machine_lock(file_);
  ASSERT_TRUE(next.ok());
  EXPECT_TRUE(is_of_file(*next, file_));
  EXPECT_FALSE(is_of_file(*lock, file_));
}

}  // namespace
}  // namespace vpcp::lab
