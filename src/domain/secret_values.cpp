#include "domain/secret_values.h"

#include <algorithm>
#include <array>

#include "domain/letters.h"

namespace vpcp {

char in_small(char c) {
  return is_capital(c) ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool begins_with(std::string_view text, std::string_view words) {
  const auto is_same = [](char c, char of_words) { return in_small(c) == of_words; };
  return text.size() >= words.size() && std::ranges::equal(text.substr(0, words.size()), words, is_same);
}

bool is_no_plain_word(std::string_view value) {
  constexpr std::size_t kLongWord = 16;
  return value.size() >= kLongWord || std::ranges::any_of(value, is_digit);
}

bool is_block_sign(std::string_view value) {
  return (value.starts_with('|') || value.starts_with('>')) &&
         value.find_first_not_of("0123456789+-", 1) == std::string_view::npos;
}

bool is_no_value(std::string_view word) {
  constexpr std::array<std::string_view, 7> kWords{"true", "false", "null", "none", "yes", "no", "nil"};
  return std::ranges::any_of(kWords, [&](std::string_view known) {
    return word.size() == known.size() && begins_with(word, known);
  });
}

bool is_object_name(std::string_view value) {
  const auto is_of_object = [](char c) {
    return is_small(c) || is_digit(c) || c == '-' || c == '.' || c == '/';
  };
  return std::ranges::count(value, '/') == 1 && value.front() != '/' && value.back() != '/' &&
         std::ranges::all_of(value, is_of_object);
}

bool is_folder(std::string_view value) {
  constexpr std::size_t kLongest = 4096;  // PATH_MAX
  return value.starts_with('/') && value.size() < kLongest;
}

bool is_path_of_file(std::string_view value) {
  if (value.ends_with(':')) value.remove_suffix(1);
  const auto is_of_path = [](char c) {
    return is_small(c) || is_digit(c) || std::string_view("/._-").find(c) != std::string_view::npos;
  };
  return is_folder(value) && value.find('/', 1) != value.npos && std::ranges::all_of(value, is_of_path);
}

bool is_sign(std::string_view value) {
  constexpr std::size_t kLongest = 4;
  const auto is_text = [](char c) {
    return is_small(c) || is_capital(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
  };
  return value.size() <= kLongest && std::ranges::none_of(value, is_text);
}

bool is_time(std::string_view text) {
  constexpr std::size_t kLongestNumber = 4;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > kLongestNumber) return false;
  text.remove_prefix(digits);
  return text.starts_with(" seconds ") || text.starts_with(" minutes ") || text.starts_with(" hours ") ||
         text.starts_with(" days ");
}

std::size_t length_of_scheme(std::string_view rest) {
  for (const std::string_view scheme : {"bearer ", "basic ", "token ", "apikey "})
    if (begins_with(rest, scheme)) return scheme.size();
  return 0;
}

std::size_t length_of_flow(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{' || text[i] == '[') ++depth;
    if ((text[i] == '}' || text[i] == ']') && --depth == 0)
      return (text.front() == '{') == (text[i] == '}') ? i + 1 : 0;
  }
  return 0;
}

bool is_of_a_sentence(std::string_view word) {
  constexpr std::array<std::string_view, 18> kWords{"is",     "was", "and",   "or",    "of",  "to",
                                                    "for",    "in",  "with",  "from",  "has", "must",
                                                    "cannot", "not", "needs", "takes", "by",  "that"};
  return std::ranges::find(kWords, word) != kWords.end() ||
         std::ranges::all_of(word, [](char c) { return is_capital(c) || c == '_' || c == '-'; });
}

}  // namespace vpcp
