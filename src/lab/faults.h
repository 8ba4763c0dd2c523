#pragma once
#include <regex.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lab/answer.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/guarded.h"

namespace vpcp::lab {

enum class FaultKind {
  Throttle,           ///< 429 with Retry-After; nothing is done.
  ServerError,        ///< 500 (or `status`); nothing is done.
  Unauthorized,       ///< 401.
  Forbidden,          ///< 403.
  Locked,             ///< 500 "Server is currently locked".
  Slow,               ///< Done, answered late.
  LostAnswer,         ///< Done; the answer breaks off, or is a 504 without body (`status`).
  DelayedVisibility,  ///< What is created is not seen for `seconds`.
  StuckBoot,          ///< What is created never gets active.
  CapacityRefused,    ///< 400 of a sold-out location.
  Quota,              ///< 400 of an account at its limit.
};

std::optional<FaultKind> parse_fault_kind(const std::string& text);
std::string to_text(FaultKind kind);

struct Fault {
  int id{0};
  FaultKind kind{FaultKind::ServerError};
  std::string method;        ///< Empty: every.
  std::string path{".*"};    ///< POSIX extended regular expression, searched in the path.
  int count{1};              ///< How often it strikes; 0: until it is removed.
  int skip{0};               ///< Matching requests that pass before it strikes.
  int status{0};             ///< 0: the kind's own.
  int retry_after{1};        ///< Seconds.
  milliseconds delay{1000};  ///< Slow.
  double seconds{30};        ///< DelayedVisibility.
  int struck{0};             ///< So often already.
};

/// The faults in wait. Thread-safe.
class Faults {
 public:
  /// Refuses a path that is no regular expression. The answer is the fault's id.
  Answer<int> add(Fault fault);
  /// All of them, or one.
  void clear();
  bool remove(int id);
  [[nodiscard]] std::vector<Fault> list() const;
  /// The faults that strike this request; counts them.
  std::vector<Fault> strike(const std::string& method, const std::string& path);

 private:
  struct FreePattern {
    void operator()(regex_t* pattern) const;
  };
  struct Entry {
    Fault fault;
    std::unique_ptr<regex_t, FreePattern> path;
  };
  struct State {
    int last_id{0};
    std::vector<Entry> entries;
  };
  Guarded<State> state_;
};

}  // namespace vpcp::lab
