#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vpcp/base/clock.h"

namespace vpcp::testing {

/// What happens in one story, and when: from the declaration of the reference scenario on, in simulated time.
struct Schedule {
  struct Entry {
    seconds at;
    std::size_t happening;  ///< Index into happenings().
    seconds lasts;          ///< Where it does.
  };
  std::vector<Entry> entries;  ///< By time.
  bool removed{false};         ///< In the end the object is deleted.
};

/// The same for the same seed.
Schedule make_schedule(std::uint64_t seed);

/// What is wrong with the story; nullopt when all is well: it settles with traffic, has no twins, was never
/// Ready for longer than kLag while no traffic crossed, and leaves nothing when it is deleted.
std::optional<std::string> trouble_with(const Schedule& schedule);

/// The shortest schedule found by leaving entries out that has a trouble too.
Schedule shrunk(Schedule schedule);

/// "at 12 s: Gateway-A: reboots", a line each.
std::string to_string(const Schedule& schedule);

/// Ready may lag behind a death that nothing tells of: three rounds of probes, since one lost probe is no
/// death.
constexpr seconds kLag{100};

}  // namespace vpcp::testing
