#include "vpcp/api/host.h"

namespace vpcp {

Command Command::with_input(Secret bytes) const {
  Command copy = *this;
  copy.input = std::move(bytes);
  return copy;
}

Command Command::with_limit(seconds s) const {
  Command copy = *this;
  copy.limit = s;
  return copy;
}

namespace {

/// Characters that no POSIX shell gives a meaning to, wherever they stand in a word. "=" and "~" are left
/// out: the first makes an assignment of a first word, the second a home directory.
bool is_plain(std::string_view word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,@%+";
  return !word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos;
}

std::string quoted(std::string_view word) {
  if (is_plain(word)) return std::string(word);
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

}  // namespace

std::string shell_line(const Command& command) {
  std::string line;
  for (const std::string& word : command.argv) {
    if (!line.empty()) line += ' ';
    line += quoted(word);
  }
  return line;
}

}  // namespace vpcp
