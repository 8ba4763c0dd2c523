#include "vpcp/base/ip.h"

#include <array>
#include <charconv>

namespace vpcp {
namespace {

/// A decimal number without sign or leading zeros that takes up the whole text.
std::optional<unsigned> parse_number(std::string_view text, unsigned max) {
  if (text.empty() || text.size() > 5 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

// Texts of addresses are part of every route of every server: they are made without strings in between.
constexpr std::size_t kLongestText = sizeof "255.255.255.255:65535";
using Text = std::array<char, kLongestText>;

/// Both return the end of what they wrote.
char* write_number(char* at, unsigned number) {
  constexpr std::ptrdiff_t kMostDigits = 5;
  return std::to_chars(at, at + kMostDigits, number).ptr;
}
char* write_address(char* at, Ipv4 address) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    at = write_number(at, address.bits >> shift & 255);
    if (shift > 0) *at++ = '.';
  }
  return at;
}

std::uint32_t mask(std::uint8_t prefix) {
  return prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix);
}

}  // namespace

std::optional<Ipv4> Ipv4::parse(std::string_view text) {
  std::uint32_t bits = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t dot = part < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const auto octet = parse_number(text.substr(0, dot), 255);
    if (!octet) return std::nullopt;
    bits = bits << 8 | *octet;
    text.remove_prefix(part < 3 ? dot + 1 : dot);
  }
  return Ipv4{bits};
}

std::string Ipv4::str() const {
  Text text{};
  return {text.data(), write_address(text.data(), *this)};
}

std::optional<Cidr> Cidr::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto network = Ipv4::parse(text.substr(0, slash));
  const auto prefix = parse_number(text.substr(slash + 1), 32);
  if (!network || !prefix) return std::nullopt;
  const auto length = static_cast<std::uint8_t>(*prefix);
  if ((network->bits & ~mask(length)) != 0) return std::nullopt;
  return Cidr{*network, length};
}

std::string Cidr::str() const {
  Text text{};
  char* end = write_address(text.data(), network);
  *end++ = '/';
  return {text.data(), write_number(end, prefix)};
}

bool Cidr::contains(Ipv4 address) const {
  return (address.bits & mask(prefix)) == network.bits;
}

bool Cidr::contains(const Cidr& other) const {
  return other.prefix >= prefix && contains(other.network);
}

bool Cidr::overlaps(const Cidr& other) const {
  return contains(other) || other.contains(*this);
}

bool Cidr::is_private() const {
  static constexpr Cidr kPrivate[] = {{{0x0a000000}, 8}, {{0xac100000}, 12}, {{0xc0a80000}, 16}};
  for (const Cidr& range : kPrivate) {
    if (range.contains(*this)) return true;
  }
  return false;
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto address = Ipv4::parse(text.substr(0, colon));
  const auto port = parse_number(text.substr(colon + 1), 65535);
  if (!address || !port) return std::nullopt;
  return Endpoint{*address, static_cast<std::uint16_t>(*port)};
}

std::string Endpoint::str() const {
  Text text{};
  char* end = write_address(text.data(), address);
  *end++ = ':';
  return {text.data(), write_number(end, port)};
}

}  // namespace vpcp
