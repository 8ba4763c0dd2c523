#pragma once
#include <chrono>
#include <filesystem>
#include <stop_token>

#include "adapters/directory/files.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/result.h"

namespace vpcp::directory {

/// Waits for changes in a directory, by inotify. Also sees the swap of a link such as "..data", by which the
/// kubelet changes all files of a mounted volume at once, and a directory that is made anew. For one thread;
/// wake() may be called from any.
class ManifestWatch {
 public:
  /// `beside` is ours: it exists as long as this lives.
  static Result<ManifestWatch> open(const std::filesystem::path& directory,
                                    const std::filesystem::path& beside);

  enum class Woken { Changed, Asked, TimeOver, Stopped };
  /// Waits for a change, then until there was none for `settle` (at most 1 s), so that many files copied
  /// together are seen together.
  Woken wait(const std::stop_token& stop, milliseconds limit, milliseconds settle);
  /// Ends the wait under way, or the next.
  void wake() const;

 private:
  ManifestWatch(std::filesystem::path directory, FileDescriptor inotify, FileDescriptor wakeup)
      : directory_(std::move(directory)), inotify_(std::move(inotify)), wakeup_(std::move(wakeup)) {}

  void watch_directory();
  bool drain();

  std::filesystem::path directory_;
  FileDescriptor inotify_;
  FileDescriptor wakeup_;
  int watched_{-1};
};

}  // namespace vpcp::directory
