#pragma once

namespace vpcp {

// Of ASCII, whatever the locale.
constexpr bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_small(char c) {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter_or_digit(char c) {
  return is_capital(c) || is_small(c) || is_digit(c);
}
constexpr bool is_base64(char c) {
  return is_letter_or_digit(c) || c == '+' || c == '/' || c == '=';
}
constexpr bool is_base64url(char c) {
  return is_letter_or_digit(c) || c == '-' || c == '_';
}

}  // namespace vpcp
