#pragma once
#include <filesystem>

#include "vpcp/base/clock.h"
#include "vpcp/base/file_descriptor.h"
#include "vpcp/base/result.h"

namespace vpcp::lab {

/// One lab at a time, whatever its folder: its names on the machine are fixed.
inline constexpr const char* kLockFile = "/run/vpcp-lab.lock";

/// Held while the descriptor, or one that a child was given of it, is open. The file names the process that
/// took it: while that lives the lock is refused, and when it was killed its reaper is waited for, up to
/// `limit`.
Result<FileDescriptor> take_machine_lock(const std::filesystem::path& file, milliseconds limit = seconds{30});

/// Whether the descriptor is of the file that has this name now.
bool is_of_file(const FileDescriptor& fd, const std::filesystem::path& file);

}  // namespace vpcp::lab
