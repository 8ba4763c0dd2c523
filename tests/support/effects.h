#pragma once
#include <functional>
#include <string>
#include <vector>

#include "vpcp/base/guarded.h"

namespace vpcp::testing {

/// The process dies here. Not a std::exception, so that nothing in the program catches it.
struct CrashNow {
  std::string at;
};

/// Sees every effect that a fake performs: "cloud: create-instance gateway-a", "store: put-secret …",
/// "host: amsterdam/gateway-0: …". A hook may throw CrashNow. Thread-safe once the hooks are set.
class Effects {
 public:
  std::function<void(const std::string& effect)> before;
  std::function<void(const std::string& effect)> after;

  template <class F>
  auto around(const std::string& effect, F&& f) {
    if (before) before(effect);
    auto result = f();
    done_.with([&](auto& done) { done.push_back(effect); });
    if (after) after(effect);
    return result;
  }
  [[nodiscard]] std::vector<std::string> done() const {
    return done_.with([](const auto& done) { return done; });
  }
  [[nodiscard]] std::size_t count() const {
    return done_.with([](const auto& done) { return done.size(); });
  }
  void forget() {
    done_.with([](auto& done) { done.clear(); });
  }

 private:
  Guarded<std::vector<std::string>> done_;
};

inline std::vector<std::string> effects_beside_status(const Effects& effects) {
  std::vector<std::string> out;
  for (const std::string& effect : effects.done()) {
    if (!effect.starts_with("store: apply-status")) out.push_back(effect);
  }
  return out;
}

}  // namespace vpcp::testing
