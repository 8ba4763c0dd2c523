#pragma once
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "vpcp/base/guarded.h"
#include "vpcp/base/result.h"

namespace vpcp::testing {

/// What a fake shall do wrong.
struct Fault {
  std::string operation;  ///< As the fake names it, such as "create-instance"; "*" for any.
  Error error;
  bool done{false};  ///< The operation takes effect and only its answer is lost.
  int times{1};
};

inline Fault lost_answer(const std::string& operation) {
  return {operation, {ErrorKind::Transient, "AnswerLost", "the connection ended before the answer"}, true};
}

/// Faults that wait for their operation. Thread-safe.
class Faults {
 public:
  void add(const Fault& fault) {
    faults_.with([&](auto& faults) { faults.push_back(fault); });
  }
  void clear() {
    faults_.with([](auto& faults) { faults.clear(); });
  }
  /// The fault for this call, if one waits; counted as used.
  std::optional<Fault> take(std::string_view operation) {
    return faults_.with([&](auto& faults) -> std::optional<Fault> {
      for (auto it = faults.begin(); it != faults.end(); ++it) {
        if (it->operation != "*" && it->operation != operation) continue;
        const Fault fault = *it;
        if (--it->times <= 0) faults.erase(it);
        return fault;
      }
      return std::nullopt;
    });
  }

 private:
  Guarded<std::deque<Fault>> faults_;
};

}  // namespace vpcp::testing
