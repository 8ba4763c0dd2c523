#include "support/host_faults.h"

#include "support/fake_wireguard.h"

namespace vpcp::testing {
namespace {

using Change = std::function<void(FakeHost&)>;

/// Where there is a tunnel with a peer.
Change on_tunnel(const std::function<void(FakeTunnel&)>& change) {
  return [change](FakeHost& host) {
    if (host.tunnel && !host.tunnel->peers.empty()) change(*host.tunnel);
  };
}
Change on_file(const std::string& path, const std::function<void(FakeFile&)>& change) {
  return [path, change](FakeHost& host) {
    if (const auto file = host.files.find(path); file != host.files.end()) change(file->second);
  };
}

// Of the reference scenario, seen from a host.
bool is_in_amsterdam(const FakeHost& host) {
  return host.vpc == *Cidr::parse("172.16.1.0/24");
}
Cidr far_network(const FakeHost& host) {
  return *Cidr::parse(is_in_amsterdam(host) ? "172.16.2.0/24" : "172.16.1.0/24");
}
Ipv4 far_tunnel_address(const FakeHost& host) {
  return *Ipv4::parse(is_in_amsterdam(host) ? "10.10.0.2" : "10.10.0.1");
}
Cidr lower_half(Cidr network) {
  ++network.prefix;
  return network;
}

std::vector<HostFault> make_host_faults() {
  return {
      {"ARouteOfAServerIsDeleted", "DB-Server",
       [](FakeHost& h) {
         std::erase_if(h.routes, [&](auto& r) { return r.destination == far_network(h); });
       }},
      {"TheNetplanFileIsRemoved", "DB-Server",
       [](FakeHost& h) { h.files.erase("/etc/netplan/60-vpcp.yaml"); }},
      {"TheNetplanFileIsEdited", "App-Server",
       on_file("/etc/netplan/60-vpcp.yaml", [](FakeFile& f) { f.content += "#"; })},
      {"TheNetplanFileBecomesReadable", "App-Server",
       on_file("/etc/netplan/60-vpcp.yaml", [](FakeFile& f) { f.mode = "644"; })},
      {"CloudInitMayWriteTheNetworkAgain", "App-Server",
       [](FakeHost& h) { h.files.erase("/etc/cloud/cloud.cfg.d/99-disable-network-config.cfg"); }},
      {"APeerIsRemoved", "Gateway-A", on_tunnel([](FakeTunnel& t) { t.peers.clear(); })},
      {"APeerHasAnotherPresharedKey", "Gateway-A",
       on_tunnel([](FakeTunnel& t) { t.peers[0].preshared_key = "x"; })},
      {"APeerHasAnotherEndpoint", "Gateway-B", on_tunnel([](FakeTunnel& t) {
         if (t.peers[0].endpoint) t.peers[0].endpoint->port = 1;
       })},
      {"APeerMayUseNoAddress", "Gateway-A", on_tunnel([](FakeTunnel& t) { t.peers[0].allowed_ips.clear(); })},
      {"APeerMayUseFewerAddresses", "Gateway-B", on_tunnel([](FakeTunnel& t) {
         if (!t.peers[0].allowed_ips.empty()) t.peers[0].allowed_ips.pop_back();
       })},
      {"TheTunnelFileIsEdited", "Gateway-A",
       on_file("/etc/wireguard/wg0.conf", [](FakeFile& f) { f.content += "#"; })},
      {"TheTunnelFileIsDeleted", "Gateway-A", [](FakeHost& h) { h.files.erase("/etc/wireguard/wg0.conf"); }},
      {"TheUnitIsStoppedAndDisabled", "Gateway-B",
       [](FakeHost& h) {
         h.unit_active = h.unit_enabled = false;
         drop_tunnel(h);
       }},
      {"TheUnitIsMasked", "Gateway-B",
       [](FakeHost& h) {
         h.unit_masked = true;
         h.unit_active = h.unit_enabled = false;
         drop_tunnel(h);
       }},
      {"TheTunnelDiesUnderAnActiveUnit", "Gateway-A", [](FakeHost& h) { drop_tunnel(h); }},
      {"WireGuardIsUninstalled", "Gateway-A",
       [](FakeHost& h) {
         h.wireguard_installed = h.unit_active = h.unit_enabled = false;
         drop_tunnel(h);
       }},
      {"ForwardingIsTurnedOff", "Gateway-B", [](FakeHost& h) { h.ip_forward = false; }},
      {"TheSysctlFileIsRemoved", "Gateway-B",
       [](FakeHost& h) { h.files.erase("/etc/sysctl.d/99-vpcp.conf"); }},
      {"UfwDeniesRoutedTraffic", "Gateway-A",
       [](FakeHost& h) {
         h.ufw_rules.insert(h.ufw_rules.begin(), {true, "deny", "in on wg0"});
       }},
      {"UfwRulesAreReset", "Gateway-A",
       [](FakeHost& h) {
         h.ufw_rules = {{false, "allow", "22/tcp"}};
       }},
      {"TheClampIsFlushed", "Gateway-A", [](FakeHost& h) { h.clamp_loaded = false; }},
      {"AKernelRouteIsDeleted", "Gateway-A",
       [](FakeHost& h) {
         std::erase_if(h.routes, [&](auto& r) { return r.destination == far_network(h); });
       }},
      {"APeerNobodyDeclaredIsThere", "Gateway-A", on_tunnel([](FakeTunnel& t) {
         t.peers.push_back({"Zm9yZWlnbg==", "", {}, {*Cidr::parse("10.99.0.0/24")}, 0, {}});
       })},
      {"AForeignPeerTakesAPartOfANetwork", "Gateway-A",
       [](FakeHost& h) {
         if (!h.tunnel) return;
         auto& peers = h.tunnel->peers;
         peers.insert(peers.begin(), {"Zm9yZWlnbg==", "", {}, {lower_half(far_network(h))}, 0, {}});
       }},
      {"TheTunnelHasAnotherPrivateKey", "Gateway-B",
       on_tunnel([](FakeTunnel& t) { t.public_key = "YW5vdGhlcg=="; })},
      {"TheTunnelFileBecomesReadable", "Gateway-B",
       on_file("/etc/wireguard/wg0.conf", [](FakeFile& f) { f.mode = "644"; })},
      {"ThePeersAddressIsOnTheTunnelToo", "Gateway-B",
       [](FakeHost& h) {
         if (h.tunnel) h.tunnel->addresses.push_back(Cidr::host(far_tunnel_address(h)));
       }},
      {"ThePeersAddressIsOnAnotherInterface", "Gateway-A",
       [](FakeHost& h) { h.loopback.push_back(Cidr::host(far_tunnel_address(h))); }},
      {"ARouteCapturesAPartOfAPeersNetwork", "Gateway-A",
       [](FakeHost& h) {
         h.routes.push_back({lower_half(far_network(h)), h.vpc.at(99), h.vpc_nic});
       }},
      {"ARouteCapturesAPartOfAPeersNetworkOnAServer", "DB-Server",
       [](FakeHost& h) {
         h.routes.push_back({lower_half(far_network(h)), h.vpc.at(99), h.vpc_nic});
       }},
      {"ASecondDefaultRouteWins", "Gateway-B",
       [](FakeHost& h) {
         h.defaults = {{h.vpc.at(77), h.vpc_nic}};
       }},
      {"TheReversePathFilterIsStrict", "Gateway-A", [](FakeHost& h) { h.rp_filter = 1; }},
      {"TheVpcNicOfAGatewayIsDown", "Gateway-A",
       [](FakeHost& h) {
         h.vpc_nic_up = false;
         std::erase_if(h.routes, [&](auto& r) { return r.dev == h.vpc_nic; });
       }},
      {"TheVpcNicOfAServerIsDown", "App-Server",
       [](FakeHost& h) {
         h.vpc_nic_up = false;
         std::erase_if(h.routes, [&](auto& r) { return r.dev == h.vpc_nic; });
       },
       true},
      {"TheMtuIsChanged", "Gateway-A", on_tunnel([](FakeTunnel& t) { t.mtu = 1200; })},
      {"AllKernelRoutesAreGone", "Gateway-B", [](FakeHost& h) { h.routes.clear(); }},
      {"AllRoutesOfAServerAreGone", "App-Server", [](FakeHost& h) { h.routes.clear(); }},
  };
}

}  // namespace

void PrintTo(const HostFault& fault, std::ostream* out) {
  *out << fault.name;
}

const std::vector<HostFault>& host_faults() {
  static const std::vector<HostFault> all = make_host_faults();
  return all;
}

}  // namespace vpcp::testing
