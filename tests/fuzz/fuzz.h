#pragma once
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

/// What the targets share. Each has one `void fuzz(std::string_view)`, and main() is libFuzzer's.
namespace vpcp::fuzz {

void fuzz(std::string_view input);

/// A property that every input must keep: libFuzzer stores the input that does not.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "property broken: %s\n", what);
  std::abort();
}

/// Takes the first byte of the input as a choice among `count`.
inline std::size_t take_choice(std::string_view& input, std::size_t count) {
  if (input.empty()) return 0;
  const auto choice = static_cast<unsigned char>(input.front());
  input.remove_prefix(1);
  return choice % count;
}

/// What people are shown is one line of printable text.
inline bool is_shown_well(const std::string& text, std::size_t longest) {
  if (text.size() > longest) return false;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return true;
}

}  // namespace vpcp::fuzz
