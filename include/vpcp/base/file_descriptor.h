#pragma once
#include <string_view>
#include <utility>

namespace vpcp {

/// A file descriptor that is closed when its owner goes. Not thread-safe.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}  ///< Less than 0, as of a call that failed, is none.
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = other.release();
    }
    return *this;
  }
  ~FileDescriptor() { reset(); }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }  ///< It is the caller's to close from now on.
  void reset();                                     ///< Closes it now.

 private:
  int fd_{-1};
};

/// Writes all of it, however many calls of write(2) that takes. False when one fails: errno says why, and a
/// part may have been written.
bool write_all(int fd, std::string_view bytes);

}  // namespace vpcp
