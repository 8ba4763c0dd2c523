#pragma once
#include <string>
#include <utility>
#include <variant>

namespace vpcp::lab {

/// "No", as the API says it: an HTTP status and the text of the error body.
struct Refusal {
  int status{400};
  std::string text;
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

struct Done {
  friend bool operator==(const Done&, const Done&) = default;
};

/// A value or a Refusal; works with TRY.
template <class T>
class [[nodiscard]] Answer {
 public:
  Answer(T value) : state_(std::move(value)) {}            // NOLINT(google-explicit-constructor)
  Answer(Refusal refusal) : state_(std::move(refusal)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  /// Precondition: ok().
  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
  const T& operator*() const { return value(); }
  const T* operator->() const { return &value(); }
  /// Precondition: !ok().
  [[nodiscard]] const Refusal& error() const& { return std::get<1>(state_); }
  [[nodiscard]] Refusal&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Refusal> state_;
};

}  // namespace vpcp::lab
