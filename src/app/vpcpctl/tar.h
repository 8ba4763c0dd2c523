#pragma once
#include <string>

#include "vpcp/base/clock.h"

namespace vpcp::ctl {

/// An archive of text files as POSIX ustar has it; `tar xf` unpacks it. Names are at most 100 characters.
class TarFile {
 public:
  explicit TarFile(SystemTime time) : time_(time) {}
  void add(const std::string& name, const std::string& text);
  /// The whole archive; nothing more may be added.
  [[nodiscard]] std::string take();

 private:
  SystemTime time_;
  std::string bytes_;
};

}  // namespace vpcp::ctl
