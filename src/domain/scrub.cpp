#include "domain/scrub.h"

#include <algorithm>

#include "domain/announced_secrets.h"
#include "domain/letters.h"
#include "domain/secret_blocks.h"

namespace vpcp {
namespace {

constexpr std::size_t kKeyLength = 42;     // base64 of 32 bytes without padding, less one
constexpr std::size_t kApiKeyLength = 36;  // of Vultr's keys: capitals and digits

bool is_of_word(char c) {
  return is_base64(c) || is_base64url(c);
}

using IsOf = bool (*)(char);

std::size_t length_while(IsOf is, std::string_view text) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, is) - text.begin());
}

/// The longest part of such characters.
std::string_view longest(IsOf is, std::string_view word) {
  std::string_view best;
  while (!word.empty()) {
    const std::size_t length = length_while(is, word);
    if (length > best.size()) best = word.substr(0, length);
    word.remove_prefix(std::min(length + 1, word.size()));
  }
  return best;
}

/// Names of objects and hosts, UUIDs and labels have "-" and "_", too, but few capitals.
bool is_mixed(std::string_view word) {
  const auto is_a_fifth = [&](IsOf is) {
    return 5 * static_cast<std::size_t>(std::ranges::count_if(word, is)) >= word.size();
  };
  return is_a_fifth(is_capital) && is_a_fifth(is_small) && std::ranges::any_of(word, is_digit);
}

bool is_api_key(std::string_view word) {
  return word.size() == kApiKeyLength && std::ranges::any_of(word, is_capital) &&
         std::ranges::any_of(word, is_digit);
}

/// Of 32 bytes in base64, capitals are left out by one in 10^9.
bool is_path(std::string_view word) {
  return word.find('/') != word.npos && std::ranges::none_of(word, is_capital);
}

bool is_key(std::string_view word) {
  const std::string_view base64 = longest(is_base64, word);
  const std::string_view url = longest(is_base64url, word);
  return (base64.size() >= kKeyLength && !is_path(base64)) || (url.size() >= kKeyLength && is_mixed(url)) ||
         is_api_key(longest([](char c) { return is_capital(c) || is_digit(c); }, word));
}

/// The length of what belongs to the character before the word: "\n" and "\u001b" of JSON stay whole, and so
/// does "%3D" of URLs.
std::size_t escape_in(std::string_view word, std::string_view before) {
  if (before.ends_with('%')) return std::min<std::size_t>(2, word.size());
  if (!before.ends_with('\\')) return 0;
  return std::min<std::size_t>(word.starts_with('u') ? 5 : 1, word.size());
}

std::string without_keys_in_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, length_while(is_of_word, text));
    const std::size_t escape = escape_in(word, out);
    if (is_key(word.substr(escape)))
      out.append(word.substr(0, escape)) += kHiddenSecret;
    else
      out += text.substr(0, std::max<std::size_t>(word.size(), 1));
    text.remove_prefix(std::max<std::size_t>(word.size(), 1));
  }
  return out;
}

/// The last `limit` bytes; UTF-8 sequences stay whole.
std::string tail_of(const std::string& text, std::size_t limit) {
  std::size_t begin = text.size() - limit;
  while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xc0U) == 0x80U) ++begin;
  return text.substr(begin);
}

}  // namespace

std::string scrub(std::string_view text, std::size_t limit) {
  std::string out = without_keys_in_words(without_announced(without_yaml_blocks(without_pem(text))));
  std::ranges::replace_if(
      out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out.size() <= limit ? out : "…" + tail_of(out, limit);
}

std::string scrub_lines(std::string_view whole, std::size_t limit) {
  const std::string text = without_yaml_blocks(without_pem(whole));
  std::string out;
  for (std::size_t at = 0, end = 0; at < text.size(); at = end + 1) {
    end = std::min(text.find('\n', at), text.size());
    out += scrub(std::string_view(text).substr(at, end - at), limit) + "\n";
  }
  return out;
}

}  // namespace vpcp
