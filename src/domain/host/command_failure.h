#pragma once
#include <string>

#include "vpcp/api/host.h"
#include "vpcp/base/result.h"

namespace vpcp {

/// The error of a command that ran and failed. `summary` says what it was for. Where our own scripts know the
/// cause (a status of their own), the reason names it and a person must help: Conflict "HostFileImmutable",
/// "HostDiskFull", "HostFileSystemReadOnly". Everything else is Transient "CommandFailed".
Error command_failure(const std::string& summary, const CommandOutput& output);

/// False when the steps after it can go on: one file that cannot be written is no reason to leave a route
/// broken.
bool stops_lane(const Error& error);

}  // namespace vpcp
