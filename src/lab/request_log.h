#pragma once
#include <deque>
#include <map>
#include <string>

#include "vpcp/base/clock.h"
#include "vpcp/base/guarded.h"

namespace vpcp::lab {

/// What was asked, without bodies, queries and keys: they may hold secrets. Thread-safe.
class RequestLog {
 public:
  struct Entry {
    SystemTime at{};
    std::string method;
    std::string path;
    int status{0};
    std::string agent;  ///< User-Agent: a controller tells its version and the number of its reign.
  };
  struct Snapshot {
    std::map<std::string, std::map<int, int>> by_operation;  ///< operation -> status -> how often
    int reads{0};
    int writes{0};
    std::deque<Entry> last;  ///< The newest at the end, at most kKept.
  };
  static constexpr std::size_t kKept = 1000;

  void add(const std::string& operation, Entry entry);
  [[nodiscard]] Snapshot snapshot() const;
  void clear();

 private:
  Guarded<Snapshot> state_;
};

/// At most `limit` requests a second from one address; 0: no limit. Thread-safe.
class RateLimit {
 public:
  explicit RateLimit(int limit) : limit_(limit) {}
  bool admits(const std::string& source, SteadyTime now);

 private:
  struct Window {
    SteadyTime start{};
    int count{0};
  };
  const int limit_;
  Guarded<std::map<std::string, Window>> windows_;
};

}  // namespace vpcp::lab
