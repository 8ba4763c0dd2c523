#include "domain/scrub.h"

#include <algorithm>
#include <array>

namespace vpcp {
namespace {

constexpr std::size_t kKeyLength = 42;     // base64 of 32 bytes without padding, less one
constexpr std::size_t kApiKeyLength = 36;  // of Vultr's keys: capitals and digits
constexpr std::string_view kHidden = "[key]";
/// What has a value behind it that nobody may see; also at the end of a longer name.
constexpr std::array<std::string_view, 7> kNames{"apikey",   "api_key",    "api-key",      "token",
                                                 "password", "passphrase", "client_secret"};

bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_small(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter_or_digit(char c) {
  return is_capital(c) || is_small(c) || is_digit(c);
}
bool is_base64(char c) {
  return is_letter_or_digit(c) || c == '+' || c == '/' || c == '=';
}
bool is_base64url(char c) {
  return is_letter_or_digit(c) || c == '-' || c == '_';
}
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

bool is_key(std::string_view word) {
  const std::string_view url = longest(is_base64url, word);
  return longest(is_base64, word).size() >= kKeyLength || (url.size() >= kKeyLength && is_mixed(url)) ||
         is_api_key(longest([](char c) { return is_capital(c) || is_digit(c); }, word));
}

std::size_t take_spaces(std::string_view& rest) {
  const std::size_t spaces = std::min(rest.find_first_not_of(' '), rest.size());
  rest.remove_prefix(spaces);
  return spaces;
}

std::string_view take_quote(std::string_view& rest) {
  for (const std::string_view quote : {"\"", "'", "\\\""}) {
    if (!rest.starts_with(quote)) continue;
    rest.remove_prefix(quote.size());
    return quote;
  }
  return {};
}

std::string_view until_quote(std::string_view rest, std::string_view quote) {
  std::size_t end = 0;
  while (end < rest.size() && !rest.substr(end).starts_with(quote))
    end += rest[end] == '\\' && quote.size() == 1 ? 2 : 1;
  return rest.substr(0, end);
}

std::string_view until_end_of_word(std::string_view rest) {
  return rest.substr(0, rest.find_first_of(" \t\r\n&\"'\\<>)}"));
}

/// Unlike what a sentence goes on with: "no token: permission denied".
bool is_no_plain_word(std::string_view value) {
  constexpr std::size_t kLongWord = 16;
  return value.size() >= kLongWord || std::ranges::any_of(value, is_digit);
}

/// Behind a name: =VALUE, : VALUE, ": "VALUE" of JSON, and that in a text of JSON. Empty: it has none.
std::string_view value_behind(std::string_view rest) {
  const bool is_in_quotes = !take_quote(rest).empty();
  take_spaces(rest);
  const bool is_colon = rest.starts_with(':');
  if (!is_colon && !rest.starts_with('=')) return {};
  rest.remove_prefix(1);
  const bool is_sentence = take_spaces(rest) > 0 && is_colon;
  if (const std::string_view quote = take_quote(rest); !quote.empty()) return until_quote(rest, quote);
  if (is_in_quotes) return {};  // a number, or something in brackets
  const std::string_view value = until_end_of_word(rest);
  return is_sentence && !is_no_plain_word(value) ? std::string_view{} : value;
}

bool begins_with(std::string_view text, std::string_view name) {
  const auto is_same = [](char c, char small) { return (is_capital(c) ? c + ('a' - 'A') : c) == small; };
  return text.size() >= name.size() && std::ranges::equal(text.substr(0, name.size()), name, is_same);
}

/// The secret that what is at the beginning of the text announces; empty: it announces none.
std::string_view announced(std::string_view text) {
  for (const std::string_view name : kNames)
    if (begins_with(text, name)) return value_behind(text.substr(name.size()));
  for (const std::string_view scheme : {"bearer ", "authorization: basic "}) {
    if (!begins_with(text, scheme)) continue;
    const std::string_view value = until_end_of_word(text.substr(scheme.size()));
    return is_no_plain_word(value) ? value : std::string_view{};
  }
  if (text.starts_with("//")) {  // user:password@host
    const std::string_view user = text.substr(2, text.substr(2).find_first_of("@/?# \t\r\n\"'\\"));
    const std::size_t colon = user.find(':');
    const bool has_host = text.substr(2 + user.size()).starts_with('@');
    return has_host && colon != user.npos ? user.substr(colon + 1) : std::string_view{};
  }
  return {};
}

/// A JSON Web Token: parts in base64url, the first of which is an object. Empty: there is none.
std::string_view web_token(std::string_view text, std::size_t at) {
  constexpr std::size_t kShortest = 20;
  if (at > 0 && is_letter_or_digit(text[at - 1])) return {};
  text.remove_prefix(at);
  if (!text.starts_with("eyJ")) return {};
  const std::size_t length = length_while([](char c) { return is_base64url(c) || c == '.'; }, text);
  return text.substr(0, length >= kShortest ? length : 0);
}

/// Without what can be told by what it begins with, or what stands before it.
std::string without_announced(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view token = web_token(text, at);
    const std::string_view secret = token.empty() ? announced(text.substr(at)) : token;
    if (secret.empty() || secret == kHidden) {
      out += text[at++];
      continue;
    }
    const auto begin = static_cast<std::size_t>(secret.data() - text.data());
    out.append(text.substr(at, begin - at)) += kHidden;
    at = begin + secret.size();
  }
  return out;
}

/// The length of what belongs to the backslash before the word: "\n" and "\u001b" of JSON stay whole.
std::size_t escape_in(std::string_view word) {
  return std::min<std::size_t>(word.starts_with('u') ? 5 : 1, word.size());
}

std::string without_keys_in_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, length_while(is_of_word, text));
    if (is_key(word))
      out.append(word.substr(0, out.ends_with('\\') ? escape_in(word) : 0)) += kHidden;
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

std::string without_pem(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN";
  constexpr std::string_view kEnd = "-----END";
  constexpr std::string_view kDashes = "-----";
  std::string out;
  for (std::size_t begin = text.find(kBegin); begin != text.npos; begin = text.find(kBegin)) {
    out.append(text.substr(0, begin)) += kHidden;
    text.remove_prefix(begin);
    std::size_t end = 0;  // a block that is cut off has none, or the end of its string of JSON
    while (end < text.size() && text[end] != '"' && !text.substr(end).starts_with(kEnd)) ++end;
    text.remove_prefix(end);
    if (!text.starts_with(kEnd)) continue;
    text.remove_prefix(kEnd.size());
    const std::string_view line = text.substr(0, text.find_first_of("\n\""));
    const std::size_t dashes = line.find(kDashes);
    text.remove_prefix(dashes == line.npos ? line.size() : dashes + kDashes.size());
  }
  return out.append(text);
}

std::string scrub(std::string_view text, std::size_t limit) {
  std::string out = without_keys_in_words(without_announced(without_pem(text)));
  std::ranges::replace_if(
      out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out.size() <= limit ? out : "…" + tail_of(out, limit);
}

}  // namespace vpcp
