#pragma once
#include <string>

namespace vpcp::lab {

// Every name the lab gives to something of the machine starts with "vpcp-lab", so that whoever cleans up can
// find it. Interface names have at most 15 characters and live inside the lab's own namespaces.

inline constexpr const char* kFabricNetns = "vpcp-lab-fabric";    ///< Bridges and the switch's ports.
inline constexpr const char* kControlNetns = "vpcp-lab-ctl";      ///< The API and who talks to it.
inline constexpr const char* kCgroup = "vpcp-lab";                ///< Parent of the hosts' cgroups.
inline constexpr const char* kControlAddress = "192.0.2.250/24";  ///< Documentation range, RFC 5737.

/// The first 11 hexadecimal digits of a UUID: enough to tell the ids of one lab apart.
inline std::string short_id(const std::string& id) {
  std::string digits;
  for (const char c : id) {
    if (c != '-' && digits.size() < 11) digits += c;
  }
  return digits;
}

inline std::string host_netns(const std::string& instance_id) {
  return "vpcp-lab-h-" + short_id(instance_id);
}
inline std::string host_machine(const std::string& instance_id) {
  return "vpcp-lab-" + short_id(instance_id);
}
inline std::string region_bridge(const std::string& region) {
  return "pub-" + region;
}
inline std::string vpc_bridge(const std::string& vpc_id) {
  return "vpc-" + short_id(vpc_id);
}
/// The name with what no host name may hold replaced by '-'.
inline std::string valid_hostname(const std::string& name) {
  std::string valid;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter) {
      valid += c;
    } else if (!valid.empty() && valid.back() != '-') {
      valid += '-';
    }
  }
  valid.resize(valid.size() < 63 ? valid.size() : 63);
  while (!valid.empty() && valid.back() == '-') valid.pop_back();
  return valid.empty() ? "host" : valid;
}
/// The fabric's end of a host's NIC: 'p' for the public one, then 'a', 'b', … for its VPC NICs.
inline std::string fabric_port(const std::string& instance_id, char nic) {
  return std::string(1, nic) + "-" + short_id(instance_id);
}
/// The host's end, named as on Vultr: enp1s0 is public, the VPC NICs are enp6s0, enp7s0, …
inline constexpr const char* kPublicNic = "enp1s0";
inline std::string vpc_nic(std::size_t index) {
  return "enp" + std::to_string(6 + index) + "s0";
}

}  // namespace vpcp::lab
