#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vpcp {

/// An IPv4 address, in host byte order.
struct Ipv4 {
  std::uint32_t bits{0};

  /// Strict dotted quad (RFC 3986 section 3.2.2: no leading zeros), nothing around it.
  static std::optional<Ipv4> parse(std::string_view text);
  [[nodiscard]] std::string str() const;
  friend auto operator<=>(const Ipv4&, const Ipv4&) = default;
};

/// An IPv4 network: host bits are zero, 0 <= prefix <= 32.
struct Cidr {
  Ipv4 network;
  std::uint8_t prefix{0};

  /// "a.b.c.d/n". Host bits that are set are refused: nullopt.
  static std::optional<Cidr> parse(std::string_view text);
  static Cidr host(Ipv4 address) { return {address, 32}; }
  [[nodiscard]] std::string str() const;
  [[nodiscard]] bool contains(Ipv4 address) const;
  [[nodiscard]] bool contains(const Cidr& other) const;
  [[nodiscard]] bool overlaps(const Cidr& other) const;
  /// Addresses in the network, network and broadcast address included.
  [[nodiscard]] std::uint64_t size() const { return std::uint64_t{1} << (32 - prefix); }
  /// The n-th address; precondition n < size().
  [[nodiscard]] Ipv4 at(std::uint64_t n) const { return {network.bits + static_cast<std::uint32_t>(n)}; }
  /// Inside 10/8, 172.16/12 or 192.168/16 (RFC 1918).
  [[nodiscard]] bool is_private() const;
  friend auto operator<=>(const Cidr&, const Cidr&) = default;
};

/// A UDP or TCP endpoint over IPv4.
struct Endpoint {
  Ipv4 address;
  std::uint16_t port{0};

  static std::optional<Endpoint> parse(std::string_view text);  ///< "a.b.c.d:port"
  [[nodiscard]] std::string str() const;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

}  // namespace vpcp
