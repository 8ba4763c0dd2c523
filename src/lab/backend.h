#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vpcp/base/clock.h"
#include "vpcp/base/ip.h"
#include "vpcp/base/result.h"

namespace vpcp::lab {

/// The NIC towards the simulated internet. Public addresses of all regions are one flat network.
struct PublicNic {
  std::optional<Ipv4> ipv4;  ///< Absent with disable_public_ipv4: the NIC is there, with IPv6 alone.
  Ipv4 gateway;
  std::uint8_t prefix{24};
  std::string mac;   ///< "56:00:…"
  std::string ipv6;  ///< Empty without enable_ipv6.
  friend bool operator==(const PublicNic&, const PublicNic&) = default;
};

/// A NIC in a VPC: an isolated layer-2 network of MTU 1450.
struct VpcNic {
  std::string vpc_id;
  Cidr cidr;
  Ipv4 ipv4;
  std::string mac;                  ///< "5a:00:…"
  std::optional<Ipv4> nat_gateway;  ///< The default route of a host without a public NIC.
  friend bool operator==(const VpcNic&, const VpcNic&) = default;
};

/// An inbound accept rule of a firewall group. Filters the public NIC only; replies always pass.
struct InboundRule {
  bool ipv6{false};
  std::string protocol;         ///< icmp tcp udp gre esp ah
  std::uint16_t first_port{0};  ///< 0 … 65535 for protocols without ports.
  std::uint16_t last_port{65535};
  std::string source;  ///< "0.0.0.0/0", "203.0.113.7/32", "::/0"
  friend bool operator==(const InboundRule&, const InboundRule&) = default;
};
/// nullopt: no firewall group, everything is open. An empty list: nothing comes in.
using Inbound = std::optional<std::vector<InboundRule>>;

/// Everything that makes one host. What is absent does not exist on the host.
struct HostSpec {
  std::string instance_id;  ///< Lower-case UUID.
  std::string hostname;
  std::string label;
  std::string region;
  std::string os_name;  ///< The catalogue's name: "Ubuntu 22.04 LTS x64".
  int vcpus{1};
  int memory_mb{1024};
  std::optional<PublicNic> public_nic;  ///< Absent with vpc_only.
  std::vector<VpcNic> vpc_nics;
  std::string user_data;              ///< Decoded; what the host's metadata service tells. May hold secrets.
  std::vector<std::string> ssh_keys;  ///< Public keys authorised for root.
  Inbound inbound;
};

struct VpcSpec {
  std::string id;
  std::string region;
  Cidr cidr;
};

/// That of the internet.
inline constexpr int kLinkMtu = 1500;

/// The one wire between two regions (in both directions).
struct Link {
  std::string region_a;
  std::string region_b;
  milliseconds delay{0};  ///< One way.
  milliseconds jitter{0};
  double loss_percent{0};
  int mtu{kLinkMtu};  ///< Of IP packets; a larger one is lost in silence, as where ICMP is filtered.
  bool down{false};
};

enum class HostState {
  Absent,   ///< Never created, or destroyed.
  Stopped,  ///< Off: halted, cut, shut down from inside, or not yet on.
  Running,  ///< Powered on; nothing is said about the system inside.
  Failed,   ///< The backend could not make or start it; failure() tells why.
};

/// Makes the simulated cloud's decisions real. Every call is thread-safe and returns at once: the work goes
/// on behind it, in call order for each host. An error means refused, nothing was started. Calls about a host
/// or VPC that does not exist succeed and do nothing. A backend never calls back: its owner asks state(). The
/// destructor takes everything down.
class Backend {
 public:
  virtual ~Backend() = default;

  /// Where hosts can be placed; empty: everywhere.
  [[nodiscard]] virtual std::vector<std::string> regions() const = 0;

  virtual Status create_vpc(const VpcSpec& vpc) = 0;
  /// Precondition: no host is attached.
  virtual Status delete_vpc(const std::string& vpc_id) = 0;

  /// Makes the host and powers it on.
  virtual Status create(const HostSpec& spec) = 0;
  virtual Status power_on(const std::string& instance_id) = 0;
  /// Pulls the plug, as halt and power cuts do: nothing inside is asked.
  virtual Status power_off(const std::string& instance_id) = 0;
  virtual Status reboot(const std::string& instance_id) = 0;
  /// A blank disk and a first boot by the new spec.
  virtual Status reinstall(const HostSpec& spec) = 0;
  virtual Status destroy(const std::string& instance_id) = 0;

  /// Plugs the NIC in and reboots the host; nothing inside configures it but what the image does by itself.
  virtual Status attach_vpc(const std::string& instance_id, const VpcNic& nic) = 0;
  virtual Status detach_vpc(const std::string& instance_id, const std::string& vpc_id) = 0;
  virtual Status set_firewall(const std::string& instance_id, const Inbound& inbound) = 0;
  /// What the metadata service tells from now on; nothing runs again by itself.
  virtual Status set_user_data(const std::string& instance_id, const std::string& user_data) = 0;

  virtual Status set_link(const Link& link) = 0;

  [[nodiscard]] virtual HostState state(const std::string& instance_id) const = 0;
  /// One sentence for people when state() is Failed, else empty.
  [[nodiscard]] virtual std::string failure(const std::string& instance_id) const = 0;
};

}  // namespace vpcp::lab
