#pragma once
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "domain/desired/desired_host.h"
#include "domain/host/commands.h"
#include "domain/host/host_facts.h"
#include "domain/host/host_files.h"
#include "domain/host/paths.h"
#include "domain/plan/step.h"

/// The reference scenario's hosts, as they should be, for tests to change one thing of.
namespace vpcp::testing {

inline Cidr net(const char* text) {
  return Cidr::parse(text).value();
}
inline Ipv4 ip(const char* text) {
  return Ipv4::parse(text).value();
}

/// Keys are text to the code under test, so these need not be on the curve.
inline const std::string kKeyA(43, 'A');
inline const std::string kKeyB(43, 'B');

inline DesiredPeer gateway_b() {
  return {"blr/gateway-0",
          kKeyB + "=",
          Secret::copy_of("psk-of-ams-blr"),
          Endpoint{ip("203.0.113.2"), 51820},
          {net("10.10.0.2/32"), net("172.16.2.0/24")}};
}

inline DesiredGateway gateway_a() {
  init_crypto();
  DesiredGateway gateway;
  gateway.ref = {"ams", 0};
  gateway.private_key = Secret::copy_of("private-key-of-gateway-a");
  gateway.public_key = kKeyA + "=";
  gateway.tunnel_address = ip("10.10.0.1");
  gateway.tunnel_network = net("10.10.0.0/24");
  gateway.peers = {gateway_b()};
  gateway.public_address = ip("203.0.113.1");
  gateway.vpc_address = ip("172.16.1.3");
  return gateway;
}

inline DesiredServer app_server() {
  return {"ams",
          "app-server",
          ip("172.16.1.4"),
          {{net("10.10.0.0/24"), ip("172.16.1.3")}, {net("172.16.2.0/24"), ip("172.16.1.3")}},
          "uid-of-this"};
}

inline void put(HostFacts& facts, const HostFile& file) {
  facts.files[file.path] = {sha256_hex(file.content.reveal()), file.mode, "0:0"};
}

inline HostFacts any_host() {
  init_crypto();
  HostFacts facts;
  facts.boot_id = "boot-1";
  facts.os_id = "ubuntu";
  facts.os_version = "22.04";
  facts.clock = seconds{1'800'000'000};
  facts.cloud_init = CloudInit::Done;
  facts.bootstrap.state = BootstrapFacts::State::Done;
  facts.bootstrap.boot_id = "boot-1";
  facts.netplan_installed = true;
  facts.cloud_config_folder = true;
  return facts;
}

inline FilterRule rule(FilterRule::Chain chain, FilterRule::Verdict verdict) {
  FilterRule made;
  made.chain = chain;
  made.verdict = verdict;
  return made;
}

/// Everything as gateway_a() wants it.
inline HostFacts healthy_gateway() {
  using Chain = FilterRule::Chain;
  HostFacts facts = any_host();
  facts.ip_forward = true;
  facts.wireguard_installed = true;
  facts.unit = {true, true, false};
  facts.mss_clamp_loaded = true;
  facts.tunnel = TunnelFacts{kKeyA + "=", 51820, {}, sha256_hex("psk-of-ams-blr\n")};
  facts.tunnel->peers.push_back({kKeyB + "=",
                                 Endpoint{ip("203.0.113.2"), 51820},
                                 {net("10.10.0.2/32"), net("172.16.2.0/24")},
                                 seconds{25},
                                 seconds{1'799'999'990},
                                 1,
                                 1,
                                 true});
  facts.links = {{"lo", "", 65536, true, {{ip("127.0.0.1"), 8}}},
                 {"enp6s0", "5a:00:00:00:00:01", 1450, true, {{ip("172.16.1.3"), 24}}},
                 {"wg0", "", 1420, true, {{ip("10.10.0.1"), 24}}},
                 {"enp1s0", "56:00:00:00:00:01", 1500, true, {{ip("203.0.113.1"), 24}}}};
  facts.routes = {{Cidr{}, ip("203.0.113.254"), "enp1s0", 100},
                  {net("10.10.0.0/24"), {}, "wg0", 0, true},
                  {net("172.16.1.0/24"), {}, "enp6s0", 0, true},
                  {net("172.16.2.0/24"), {}, "wg0", 0}};
  facts.ufw = UfwFacts{true, true, {}, {}};
  FilterRule port = rule(Chain::Input, FilterRule::Verdict::Accept);
  port.protocol = "udp";
  port.port = 51820;
  FilterRule in = rule(Chain::Forward, FilterRule::Verdict::Accept);
  in.in_interface = "wg0";
  FilterRule out = rule(Chain::Forward, FilterRule::Verdict::Accept);
  out.out_interface = "wg0";
  facts.ufw->rules = {port, in, out};
  facts.ufw->rules_kept = {"allow udp 51820 0.0.0.0/0 any 0.0.0.0/0 in",
                           "route:allow any any 0.0.0.0/0 any 0.0.0.0/0 in_wg0",
                           "route:allow any any 0.0.0.0/0 any 0.0.0.0/0 out_wg0"};
  put(facts, sysctl_file());
  put(facts, mss_file());
  put(facts, tunnel_config_file(gateway_a()));
  return facts;
}

/// Everything as app_server() wants it.
inline HostFacts healthy_server() {
  HostFacts facts = any_host();
  facts.links = {{"enp1s0", "56:00:00:00:00:01", 1500, true, {{ip("203.0.113.9"), 24}}},
                 {"enp6s0", "5a:00:00:00:00:04", 1450, true, {{ip("172.16.1.4"), 24}}}};
  facts.routes = {{Cidr{}, ip("203.0.113.1"), "enp1s0", 0},
                  {net("10.10.0.0/24"), ip("172.16.1.3"), "enp6s0", 0},
                  {net("172.16.2.0/24"), ip("172.16.1.3"), "enp6s0", 0}};
  facts.netplan_nic = "enp6s0";
  facts.state_folder = true;
  facts.owner = "uid-of-this";
  facts.kept_routes = {{net("10.10.0.0/24"), ""}, {net("172.16.2.0/24"), ""}};
  facts.kept_files = {host_paths::kNetplanFile, host_paths::kCloudNetworkFile};
  put(facts, netplan_file("enp6s0", app_server().routes));
  put(facts, cloud_network_file());
  return facts;
}

/// A plan as text: "Kind: name argument…; name argument…", one for each step. Digests and script texts are
/// left out.
inline std::vector<std::string> acts(const HostPlan& plan) {
  std::vector<std::string> out;
  for (const Step& step : plan.steps) {
    std::string text = to_string(step.kind);
    for (const Command& command : std::get<HostChange>(step.action).commands) {
      text += text.back() == ';' || !text.ends_with(to_string(step.kind)) ? "; " : ": ";
      text += command_name(command);
      for (const std::string& argument : command_arguments(command)) {
        if (argument.size() < 64) text += " " + argument;
      }
    }
    out.push_back(text + (step.last_of_lane ? " (end)" : ""));
  }
  return out;
}

inline std::string read_golden(const std::string& name) {
  std::ifstream file(std::string(VPCP_SOURCE_DIR) + "/tests/domain/golden/" + name);
  EXPECT_TRUE(file.good()) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Names parameterised tests by their `name` field.
struct ByName {
  template <class T>
  std::string operator()(const ::testing::TestParamInfo<T>& info) const {
    return info.param.name;
  }
};

}  // namespace vpcp::testing
