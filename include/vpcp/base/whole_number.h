#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <utility>

namespace vpcp {

/// The value of a JSON number, when it is written as a whole number that `Int` can hold; else nothing.
/// nlohmann's own get<Int>() casts whatever it finds: a fraction, `true`, or a number that is out of range,
/// of which a double is undefined behaviour. `Json` is nlohmann::json, which this header needs not know.
template <std::integral Int, class Json>
std::optional<Int> whole_number(const Json& value) {
  if (!value.is_number_integer()) return std::nullopt;
  if (value.is_number_unsigned()) {
    const auto number = value.template get<std::uint64_t>();
    return std::in_range<Int>(number) ? std::optional(static_cast<Int>(number)) : std::nullopt;
  }
  const auto number = value.template get<std::int64_t>();
  return std::in_range<Int>(number) ? std::optional(static_cast<Int>(number)) : std::nullopt;
}

}  // namespace vpcp
