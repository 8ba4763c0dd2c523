#pragma once
#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "vpcp/base/file_descriptor.h"
#include "vpcp/base/result.h"

namespace vpcp::directory {

/// What went wrong with a path, from errno: "cannot write /x/y: No space left on device".
Error file_error(const std::string& doing, const std::filesystem::path& path);

struct FileText {
  std::string text;
  mode_t mode{0};
};

/// A regular file's text, of which at most `limit` bytes are read; nullopt: there is no such file. Links are
/// followed. Never waits for a pipe or a device. Errors: Denied "FileFailed" when this user may not read it.
Result<std::optional<FileText>> read_file(const std::filesystem::path& path, std::size_t limit);

/// Replaces the file (mode 0600) so that a reader, or the next start after a power cut, sees the old text or
/// the new one and nothing else. One writer at a time for each path.
Status write_file(const std::filesystem::path& path, std::string_view text);

/// Gone is success.
Status remove_file(const std::filesystem::path& path);

/// Makes the directory, or takes from an existing one what others may do with it: mode 0700.
Status make_private_directory(const std::filesystem::path& path);

/// Removes what a write_file that was cut short left in the directory.
Status remove_leftovers(const std::filesystem::path& directory);

}  // namespace vpcp::directory
