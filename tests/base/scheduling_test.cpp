#include "vpcp/base/scheduling.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <thread>

namespace vpcp {
namespace {

/// struct sched_attr: sched_runtime is the fourth eight bytes of it.
std::uint64_t own_turn() {
  std::array<std::uint64_t, 6> attributes{};
  EXPECT_EQ(::syscall(SYS_sched_getattr, 0, attributes.data(), sizeof attributes, 0), 0);
  return attributes[3];
}

bool has_turns() {
  utsname system{};
  int major = 0;
  int minor = 0;
  ::uname(&system);
  std::sscanf(system.release, "%d.%d", &major, &minor);
  return major > 6 || (major == 6 && minor >= 12);
}

TEST(Scheduling, ShortTurnsAreOfTheThreadAndOfThoseThatItStarts) {
  std::thread([] {
    const std::uint64_t before = own_turn();
    const int nice = ::getpriority(PRIO_PROCESS, 0);
    take_short_turns();
    const std::uint64_t wanted = has_turns() ? 100'000 : before;
    EXPECT_EQ(own_turn(), wanted);
    EXPECT_EQ(::getpriority(PRIO_PROCESS, 0), nice);
    std::thread([&] { EXPECT_EQ(own_turn(), wanted); }).join();
  }).join();
}

}  // namespace
}  // namespace vpcp
