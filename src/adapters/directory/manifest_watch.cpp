#include "adapters/directory/manifest_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace vpcp::directory {

namespace {

constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE |
                                  IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr milliseconds kMostSettling{1000};
/// How often to look for a directory that is not there.
constexpr milliseconds kLookForDirectory{1000};

milliseconds until(SteadyTime when) {
  const auto left = std::chrono::ceil<milliseconds>(when - std::chrono::steady_clock::now());
  return std::max(left, milliseconds{0});
}

}  // namespace

Result<ManifestWatch> ManifestWatch::open(const std::filesystem::path& directory,
                                          const std::filesystem::path& beside) {
  FileDescriptor inotify(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!inotify.open()) return file_error("watch", directory);
  FileDescriptor wakeup(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!wakeup.open()) return file_error("watch", directory);
  if (::inotify_add_watch(inotify.get(), beside.c_str(), IN_MOVED_TO | IN_DELETE | IN_ONLYDIR) < 0)
    return file_error("watch", beside);
  ManifestWatch watch(directory, std::move(inotify), std::move(wakeup));
  watch.watch_directory();
  return watch;
}

void ManifestWatch::watch_directory() {
  if (watched_ < 0) watched_ = ::inotify_add_watch(inotify_.get(), directory_.c_str(), kEvents);
}

void ManifestWatch::wake() const {
  const std::uint64_t one = 1;
  (void)!::write(wakeup_.get(), &one, sizeof one);  // fails only when it is woken many times over
}

/// Whether there was anything. A directory that has gone, or is another now, is watched anew.
bool ManifestWatch::drain() {
  alignas(inotify_event) std::array<char, 8192> buffer;
  bool any = false;
  while (true) {
    const ssize_t got = ::read(inotify_.get(), buffer.data(), buffer.size());
    if (got <= 0) return any;
    any = true;
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      at += sizeof event + event.len;
      if (event.wd != watched_ || (event.mask & (IN_IGNORED | IN_MOVE_SELF | IN_DELETE_SELF)) == 0) continue;
      ::inotify_rm_watch(inotify_.get(), watched_);
      watched_ = -1;
    }
  }
}

ManifestWatch::Woken ManifestWatch::wait(const std::stop_token& stop, milliseconds limit,
                                         milliseconds settle) {
  const std::stop_callback wake_on_stop(stop, [this] { wake(); });
  const auto poll_for = [&](milliseconds time) {
    std::array<pollfd, 2> fds{{{inotify_.get(), POLLIN, 0}, {wakeup_.get(), POLLIN, 0}}};
    (void)::poll(fds.data(), fds.size(), static_cast<int>(time.count()));
    std::uint64_t count = 0;
    if ((fds[1].revents & POLLIN) != 0) (void)!::read(wakeup_.get(), &count, sizeof count);
    return count > 0;
  };
  const SteadyTime end = std::chrono::steady_clock::now() + limit;
  const bool was_missing = watched_ < 0;
  watch_directory();
  if (was_missing && watched_ >= 0) return Woken::Changed;
  const bool asked = poll_for(watched_ < 0 ? std::min(limit, kLookForDirectory) : until(end));
  if (stop.stop_requested()) return Woken::Stopped;
  if (asked) return Woken::Asked;
  if (!drain()) return Woken::TimeOver;
  const SteadyTime settled = std::chrono::steady_clock::now() + kMostSettling;
  while (!stop.stop_requested() && std::chrono::steady_clock::now() < settled) {
    (void)poll_for(std::min(settle, until(settled)));
    if (!drain()) break;
  }
  watch_directory();
  return stop.stop_requested() ? Woken::Stopped : Woken::Changed;
}

}  // namespace vpcp::directory
