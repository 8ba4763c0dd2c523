#pragma once
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace vpcp {

/// What to do next about an error, which is all that a caller may decide on.
enum class ErrorKind {
  Transient,  ///< Try again with back-off: connection lost, 5xx, time-out.
  Throttled,  ///< Try again after `retry_after`.
  Conflict,   ///< Someone else is at it (locked, still attached, stale version): look again soon.
  Invalid,    ///< The declared object must change first.
  Denied,     ///< A key, a right or a quota must change first; looked at again slowly.
};

/// The kind as a metric label.
constexpr const char* to_label(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Transient:
      return "transient";
    case ErrorKind::Throttled:
      return "throttled";
    case ErrorKind::Conflict:
      return "conflict";
    case ErrorKind::Invalid:
      return "invalid";
    case ErrorKind::Denied:
      return "denied";
  }
  return "unknown";
}

/// An error in our words. `reason` is CamelCase and one of few (it becomes a condition reason and a metric
/// label); `message` is for people and names the offending value. Neither may hold a secret.
struct Error {
  ErrorKind kind{ErrorKind::Transient};
  std::string reason;
  std::string message;
  std::optional<std::chrono::milliseconds> retry_after{};

  friend bool operator==(const Error&, const Error&) = default;
};

/// A value or an Error. Not for absence (that is optional) and not for waiting (that is a plan's
/// recheck_after).
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  /// Precondition for value access: ok(). Breaking it ends the process: it is a bug, never a condition.
  [[nodiscard]] const T& value() const& { return check(), std::get<0>(state_); }
  [[nodiscard]] T& value() & { return check(), std::get<0>(state_); }
  T&& value() && { return check(), std::get<0>(std::move(state_)); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }
  /// Precondition: !ok().
  [[nodiscard]] const Error& error() const& { return std::get<1>(state_); }
  [[nodiscard]] Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  void check() const {
    if (!ok()) std::abort();
  }
  std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  void value() const {}
  [[nodiscard]] const Error& error() const& { return *error_; }
  [[nodiscard]] Error&& error() && { return *std::move(error_); }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

/// The value of a Result, or leave the function with its error: `const Vpc vpc = TRY(cloud.create_vpc(ctx,
/// wanted));`
/// Only as a whole initialiser, statement or return: leaving from the middle of a larger expression leaks its
/// temporaries (GCC).
#define TRY(...)                                                  \
  __extension__({                                                 \
    auto try_result_ = (__VA_ARGS__);                             \
    if (!try_result_.ok()) return std::move(try_result_).error(); \
    std::move(try_result_).value();                               \
  })

}  // namespace vpcp
