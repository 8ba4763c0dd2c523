#include "lab/hosts/seed.h"

#include <array>
#include <cstdio>

#include "lab/hosts/names.h"

namespace vpcp::lab {
namespace {

struct System {
  const char* prefix;  ///< Of the catalogue's name.
  const char* id;
  const char* name;
  const char* version;
  const char* version_id;
  const char* codename;
  const char* like;
};

constexpr std::array kSystems{
    System{"Ubuntu 24.04", "ubuntu", "Ubuntu", "24.04 LTS (Noble Numbat)", "24.04", "noble", "debian"},
    System{"Ubuntu 22.04", "ubuntu", "Ubuntu", "22.04 LTS (Jammy Jellyfish)", "22.04", "jammy", "debian"},
    System{"Ubuntu 20.04", "ubuntu", "Ubuntu", "20.04 LTS (Focal Fossa)", "20.04", "focal", "debian"},
    System{"Debian 12", "debian", "Debian GNU/Linux", "12 (bookworm)", "12", "bookworm", ""},
    System{"Debian 11", "debian", "Debian GNU/Linux", "11 (bullseye)", "11", "bullseye", ""},
    System{"CentOS 9", "centos", "CentOS Stream", "9", "9", "", "rhel fedora"},
    System{"Rocky Linux 9", "rocky", "Rocky Linux", "9 (Blue Onyx)", "9", "", "rhel centos fedora"},
    System{"AlmaLinux 9", "almalinux", "AlmaLinux", "9 (Moonstone Cat)", "9", "", "rhel centos fedora"},
    System{"Fedora", "fedora", "Fedora Linux", "", "", "", ""},
    System{"FreeBSD", "freebsd", "FreeBSD", "", "", "", ""},
};

std::string subnet(const std::string& address, const std::string& gateway) {
  std::string text = "      - type: static\n        address: " + address + "\n";
  if (!gateway.empty()) text += "        gateway: " + gateway + "\n";
  return text;
}

std::string nic(const std::string& name, const std::string& mac, const std::string& subnets) {
  return "  - type: physical\n    name: " + name + "\n    mac_address: " + yaml_quoted(mac) + "\n" + subnets;
}

std::string public_subnets(const PublicNic& nic) {
  std::string text;
  if (nic.ipv4) text += subnet(nic.ipv4->str() + "/" + std::to_string(nic.prefix), nic.gateway.str());
  if (!nic.ipv6.empty()) text += subnet(yaml_quoted(nic.ipv6 + "/64"), "");
  if (text.empty()) text = "      - type: manual\n";
  return "    subnets:\n" + text;
}

std::string render_rule(const InboundRule& rule) {
  const bool anywhere = rule.source.empty() || rule.source.ends_with("/0");
  const std::string family = rule.ipv6 ? "ip6" : "ip";
  std::string text = "meta protocol " + family;
  if (!anywhere) text += " " + family + " saddr " + rule.source;
  if (rule.protocol == "tcp" || rule.protocol == "udp") {
    return text + " " + rule.protocol + " dport " + std::to_string(rule.first_port) + "-" +
           std::to_string(rule.last_port) + " accept";
  }
  const std::string protocol = rule.ipv6 && rule.protocol == "icmp" ? "ipv6-icmp" : rule.protocol;
  return text + " meta l4proto " + protocol + " accept";
}

}  // namespace

std::string yaml_quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
      quoted += escape.data();
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string render_meta_data(const HostSpec& spec, int generation) {
  std::string text = "instance-id: " + yaml_quoted(spec.instance_id + "-" + std::to_string(generation)) +
                     "\n" + "local-hostname: " + yaml_quoted(valid_hostname(spec.hostname)) + "\n";
  if (spec.ssh_keys.empty()) return text;
  text += "public-keys:\n";
  for (const std::string& key : spec.ssh_keys) text += "  - " + yaml_quoted(key) + "\n";
  return text;
}

std::string render_network_config(const HostSpec& spec) {
  std::string text = "version: 1\nconfig:\n";
  if (spec.public_nic) text += nic(kPublicNic, spec.public_nic->mac, public_subnets(*spec.public_nic));
  for (std::size_t i = 0; i < spec.vpc_nics.size(); ++i) {
    const VpcNic& vpc = spec.vpc_nics[i];
    const bool default_route = i == 0 && !spec.public_nic && vpc.nat_gateway;
    const std::string address = vpc.ipv4.str() + "/" + std::to_string(vpc.cidr.prefix);
    text +=
        nic(vpc_nic(i), vpc.mac,
            "    mtu: 1450\n    subnets:\n" + subnet(address, default_route ? vpc.nat_gateway->str() : ""));
  }
  if (!spec.public_nic && spec.vpc_nics.empty()) return "version: 1\nconfig: []\n";
  return text;
}

std::string render_os_release(const std::string& os_name) {
  System system{"", "linux", "Linux", "", "", "", ""};
  for (const System& known : kSystems) {
    if (os_name.starts_with(known.prefix)) system = known;
  }
  std::string pretty = system.name;
  if (*system.version != '\0') pretty += std::string(" ") + system.version;
  std::string text = "PRETTY_NAME=\"" + pretty + "\"\nNAME=\"" + system.name + "\"\nID=" + system.id + "\n";
  const auto add = [&text](const char* key, const char* value) {
    if (*value != '\0') text += std::string(key) + "=\"" + value + "\"\n";
  };
  add("VERSION_ID", system.version_id);
  add("VERSION", system.version);
  add("VERSION_CODENAME", system.codename);
  add("ID_LIKE", system.like);
  return text + "VPCP_LAB_IMITATION=\"the userland is Debian 12\"\n";
}

// The kernel may lack connection tracking for bridges, so what a host sends out is remembered in sets with a
// time-out, and what mirrors it comes in. That is all the state a cloud's packet filter needs here. The
// priority is not 0: where br_netfilter is loaded, it takes frames there and passes them on only to what
// comes later.
std::string render_firewall_base() {
  return R"(add table bridge lab
add set bridge lab flows4 { typeof ip saddr . ip daddr . ip protocol . th sport . th dport; flags dynamic,timeout; timeout 5m; size 65535; }
add set bridge lab flows6 { typeof ip6 saddr . ip6 daddr . ip6 nexthdr . th sport . th dport; flags dynamic,timeout; timeout 5m; size 65535; }
add map bridge lab guarded { type ifname : verdict; }
add chain bridge lab replies
add rule bridge lab replies ether type arp accept
add rule bridge lab replies icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert } accept
add rule bridge lab replies icmp type { echo-reply, destination-unreachable, time-exceeded } accept
add rule bridge lab replies icmpv6 type { echo-reply, destination-unreachable, packet-too-big, time-exceeded } accept
add rule bridge lab replies ip protocol { tcp, udp } ip saddr . ip daddr . ip protocol . th sport . th dport @flows4 accept
add rule bridge lab replies ip6 nexthdr { tcp, udp } ip6 saddr . ip6 daddr . ip6 nexthdr . th sport . th dport @flows6 accept
add rule bridge lab replies ip frag-off & 0x1fff != 0 accept
add chain bridge lab forward { type filter hook forward priority filter; policy accept; }
add rule bridge lab forward iifname "p-*" ip protocol { tcp, udp } update @flows4 { ip daddr . ip saddr . ip protocol . th dport . th sport }
add rule bridge lab forward iifname "p-*" ip6 nexthdr { tcp, udp } update @flows6 { ip6 daddr . ip6 saddr . ip6 nexthdr . th dport . th sport }
add rule bridge lab forward oifname vmap @guarded
)";
}

std::string render_firewall(const std::string& instance_id, const Inbound& inbound) {
  const std::string port = fabric_port(instance_id, 'p');
  const std::string chain = "bridge lab in-" + short_id(instance_id);
  const std::string element =
      "element bridge lab guarded { \"" + port + "\" : jump in-" + short_id(instance_id) + " }";
  // What is added first can be deleted without asking whether it is there.
  std::string script = "add chain " + chain + "\nflush chain " + chain + "\nadd " + element + "\n";
  if (!inbound) return script + "delete " + element + "\ndelete chain " + chain + "\n";
  script += "add rule " + chain + " jump replies\n";
  for (const InboundRule& rule : *inbound) script += "add rule " + chain + " " + render_rule(rule) + "\n";
  return script + "add rule " + chain + " drop\n";
}

}  // namespace vpcp::lab
