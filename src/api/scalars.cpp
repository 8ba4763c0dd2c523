#include <algorithm>
#include <charconv>

#include "api/field.h"

namespace vpcp {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_alnum(char c) {
  return is_digit(c) || is_lower(c) || is_upper(c);
}

bool only(std::string_view text, bool (*allowed)(char)) {
  return std::ranges::all_of(text, allowed);
}

/// Length of the UTF-8 sequence at the start of the text, 0 when there is no valid one (RFC 3629).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  }
  const unsigned char second = byte(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool outside = (first == 0xED && second >= 0xA0) || (first == 0xF4 && second >= 0x90);
  return overlong || outside ? 0 : length;
}

bool is_printable(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const auto first = static_cast<unsigned char>(text.front());
    if (length == 0 || first < 0x20 || first == 0x7F) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool is_free_text(std::string_view text) {
  return !text.empty() && text.size() <= 255 && is_printable(text);
}

bool is_label(std::string_view text) {
  if (text.empty() || text.size() > 63 || text.front() == '-' || text.back() == '-') return false;
  return only(text, [](char c) { return is_digit(c) || is_lower(c) || c == '-'; });
}

bool is_dns_name(std::string_view text) {
  if (text.size() > 63) return false;
  for (auto dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.')) {
    if (!is_label(text.substr(0, dot))) return false;
    text.remove_prefix(dot + 1);
  }
  return is_label(text);
}

bool is_word(std::string_view text) {
  return only(text, [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_cloud_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && is_word(text) && is_alnum(text.front());
}

bool is_user_name(std::string_view text) {
  if (text.empty() || text.size() > 32 || !(is_lower(text.front()) || text.front() == '_')) return false;
  return only(text, [](char c) { return is_digit(c) || is_lower(c) || c == '-' || c == '_'; });
}

bool is_secret_key(std::string_view text) {
  return !text.empty() && text.size() <= 253 && text != "." && text != ".." && is_word(text);
}

bool is_base64(std::string_view text) {
  return !text.empty() && only(text, [](char c) { return is_alnum(c) || c == '+' || c == '/' || c == '='; });
}

bool is_host_key(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos || text.size() > 4096) return false;
  const auto type = text.substr(0, space);
  return (type.starts_with("ssh-") || type.starts_with("ecdsa-sha2-")) && is_word(type) &&
         is_base64(text.substr(space + 1));
}

std::optional<int> small_number(std::string_view text, int most) {
  int value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = problem == std::errc{} && end == text.data() + text.size() && is_digit(text.front());
  return whole && value <= most ? std::optional(value) : std::nullopt;
}

/// The network around an address that was written with host bits, for the advice in the error.
std::optional<Cidr> network_around(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || slash + 1 == text.size()) return std::nullopt;
  const auto address = Ipv4::parse(text.substr(0, slash));
  const auto prefix = small_number(text.substr(slash + 1), 32);
  if (!address || !prefix) return std::nullopt;
  const std::uint32_t mask = *prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - *prefix);
  return Cidr{{address->bits & mask}, static_cast<std::uint8_t>(*prefix)};
}

/// "1h30m", each unit at most once, the largest first.
std::optional<seconds> parse_duration(std::string_view text) {
  constexpr int kMaxCount = 1'000'000;
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  for (const auto& [unit, length] : {std::pair{'h', 3600}, std::pair{'m', 60}, std::pair{'s', 1}}) {
    const auto end = text.find(unit);
    if (end == std::string_view::npos) continue;
    const auto count = end == 0 ? std::nullopt : small_number(text.substr(0, end), kMaxCount);
    if (!count) return std::nullopt;
    total += std::int64_t{*count} * length;
    text.remove_prefix(end + 1);
  }
  return text.empty() ? std::optional(seconds{total}) : std::nullopt;
}

}  // namespace

const TextRule kFreeText{is_free_text, "is not plain text of 1 to 255 bytes",
                         "write printable UTF-8 on one line, at most 255 bytes"};
const TextRule kDnsLabel{is_label, "is not a DNS label",
                         "use at most 63 lower-case letters, digits and \"-\", with no \"-\" at either end"};
const TextRule kDnsName{
    is_dns_name, "is not an object name",
    "use at most 63 lower-case letters, digits, \"-\" and \".\", with a letter or digit at "
    "either end"};
const TextRule kCloudId{is_cloud_id, "is not an id of the cloud",
                        "copy the id as Vultr shows it: letters, digits, \"-\", \"_\" and \".\", at most 64"};
const TextRule kUserName{
    is_user_name, "is not a login name",
    "use at most 32 lower-case letters, digits, \"-\" and \"_\", beginning with a letter"};
const TextRule kSecretKey{is_secret_key, "is not a key of a Secret",
                          "use letters, digits, \"-\", \"_\" and \".\""};
const TextRule kHostKey{is_host_key, "is not a host key",
                        "write it as in known_hosts, type and base64 without comment: ssh-ed25519 AAAA…"};

std::optional<Cidr> read_cidr(const Field& field) {
  static const TextRule kAnyText{[](std::string_view) { return true; }, "", ""};
  const auto text = read_text(field, kAnyText);
  if (!text) return std::nullopt;
  if (auto cidr = Cidr::parse(*text)) return cidr;
  if (const auto around = network_around(*text)) {
    field.refuse("is an address inside a network", "write the network itself: " + around->str());
  } else {
    field.refuse("is not a network", "write it as a.b.c.d/n, n from 0 to 32");
  }
  return std::nullopt;
}

std::optional<seconds> read_duration(const Field& field, seconds least, seconds most) {
  if (!field.written()) return std::nullopt;
  const auto duration =
      field.json().is_string() ? parse_duration(field.json().get_ref<const std::string&>()) : std::nullopt;
  const std::string range = duration_text(least) + " to " + duration_text(most);
  if (!duration) {
    field.refuse("is not a duration", "write it with its unit, such as 25s, 1m or 1m30s; from " + range);
    return std::nullopt;
  }
  if (*duration >= least && *duration <= most) return duration;
  field.refuse("is out of range", "write a duration from " + range);
  return std::nullopt;
}

std::string duration_text(seconds duration) {
  const auto count = duration.count();
  if (count != 0 && count % 3600 == 0) return std::to_string(count / 3600) + "h";
  if (count != 0 && count % 60 == 0) return std::to_string(count / 60) + "m";
  return std::to_string(count) + "s";
}

}  // namespace vpcp
