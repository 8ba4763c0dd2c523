#include "vpcp/base/scheduling.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace vpcp {
namespace {

/// struct sched_attr of sched_setattr(2), which the C library does not have.
struct SchedulingAttributes {
  std::uint32_t size{sizeof(SchedulingAttributes)};
  std::uint32_t policy{0};  ///< SCHED_OTHER
  std::uint64_t flags{0};
  std::int32_t nice{0};
  std::uint32_t priority{0};
  std::uint64_t runtime{0};  ///< Nanoseconds.
  std::uint64_t deadline{0};
  std::uint64_t period{0};
};

}  // namespace

void take_short_turns() {
  SchedulingAttributes attributes;
  if (::syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return;
  attributes.runtime = 100'000;
  (void)::syscall(SYS_sched_setattr, 0, &attributes, 0);  // an older kernel refuses it, or does nothing
}

}  // namespace vpcp
