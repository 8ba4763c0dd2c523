#include "domain/host/command_failure.h"

#include <algorithm>
#include <array>

#include "domain/scrub.h"

namespace vpcp {
namespace {

/// Statuses of scripts_files.cpp.
struct Cause {
  int status;
  const char* reason;
  const char* advice;
};
constexpr std::array<Cause, 3> kCauses{{
    {91, "HostFileImmutable", "; take the flag off with chattr -i"},
    {92, "HostDiskFull", "; make room. The old file is as it was"},
    {93, "HostFileSystemReadOnly", "; mount it writable, and find out why it is not"},
}};

}  // namespace

Error command_failure(const std::string& summary, const CommandOutput& output) {
  const auto cause = std::find_if(kCauses.begin(), kCauses.end(),
                                  [&](const Cause& c) { return c.status == output.exit_status; });
  const std::string said = scrub(output.err);
  if (cause != kCauses.end())
    return {ErrorKind::Conflict, cause->reason, summary + ": cannot be done: " + said + cause->advice};
  return {ErrorKind::Transient, "CommandFailed",
          summary + ": exit status " + std::to_string(output.exit_status) + ": " + said};
}

bool stops_lane(const Error& error) {
  return std::none_of(kCauses.begin(), kCauses.end(),
                      [&](const Cause& cause) { return error.reason == cause.reason; });
}

}  // namespace vpcp
