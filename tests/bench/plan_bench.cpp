// How long one pass plans for a full mesh of 64 sites and 2,000 servers, all of them healthy: the case that
// comes back every few seconds. Prints the median of the runs in milliseconds; exit code 1 when the plan is
// not empty, since then something else was measured.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controllers/host_planner.h"
#include "domain/desired/desired.h"
#include "domain/host/host_files.h"
#include "domain/host/paths.h"
#include "domain/plan/cloud_plan.h"

namespace vpcp {
namespace {

constexpr int kSites = 64;
constexpr int kServers = 2000;
constexpr int kRuns = 20;
constexpr SystemTime kNow{seconds{1'800'000'000}};

std::string site_name(int i) {
  return "site-" + std::to_string(i);
}

Cidr site_network(int i) {
  return {Ipv4{0xac100000U + (static_cast<std::uint32_t>(i) << 8)}, 24};
}

/// Every second server is declared, the others carry the site's tag.
VpcPeering full_mesh() {
  VpcPeering peering;
  peering.meta.ns = "network";
  peering.meta.name = "mesh";
  peering.meta.uid = "0b8e3c52-6f9d-4f1c-9f0e-7a1f6f2f3c11";
  for (int i = 0; i < kSites; ++i) {
    SiteSpec site;
    site.name = site_name(i);
    site.region = "ams";
    site.vpc.cidr = site_network(i);
    site.server_selector = ServerSelector{"peered", {}};
    for (int server = i; server < kServers / 2; server += kSites) {
      ServerSpec declared;
      declared.name = "server-" + std::to_string(server);
      declared.create = CreateServer{};
      site.servers.push_back(declared);
    }
    peering.spec.sites.push_back(std::move(site));
  }
  return peering;
}

class World {
 public:
  World() : peering_(full_mesh()) {
    extend_record(record_, peering_.spec, SystemTime{});
    for (int i = 0; i < kSites; ++i) add_site(peering_.spec.sites[static_cast<std::size_t>(i)], i);
    for (int i = kServers / 2; i < kServers; ++i) add_chosen_server(i);
    add_firewall_groups();
    prepare_record(record_, lay_out(peering_, record_, cloud_), kNow);
    for (auto& [lane, host] : record_.hosts) host.rotated = host.user_data_replaced = host.in_place = true;
    add_facts();
  }

  /// A pass over it; the number of steps.
  std::size_t plan() const {
    const Layout layout = lay_out(peering_, record_, cloud_);
    std::size_t steps = plan_cloud(peering_.spec, layout, record_, kNow).steps.size();
    std::vector<SeenHost> seen;
    for (const LaidSite& site : layout.sites) {
      for (const LaidHost& host : site.gateways) seen.push_back({&host, &facts_.at(host.lane)});
      for (const LaidHost& host : site.servers) seen.push_back({&host, &facts_.at(host.lane)});
    }
    for (const auto& plan : plan_hosts(peering_.spec, layout, record_, seen))
      steps += plan.value().steps.size();
    return steps;
  }

  std::size_t hosts() const { return facts_.size(); }

 private:
  VpcId vpc_id(int site) const { return {"vpc-" + std::to_string(site)}; }

  Instance instance(const std::string& label, int site) {
    const auto n = static_cast<std::uint32_t>(cloud_->instances.size());
    Instance made;
    made.id = {"5f2b7c1e-0000-4000-8000-" + std::to_string(100000000000 + n)};
    made.region = "ams";
    made.plan = "vc2-1c-1gb";
    made.os = "Ubuntu 22.04 LTS x64";
    made.label = label;
    made.state = InstanceState::Active;
    made.public_ip = Ipv4{0xc6120000U + n};
    made.vpcs = {{vpc_id(site), site_network(site).at(3 + used_[site]++)}};
    return made;
  }

  void add_site(const SiteSpec& spec, int site) {
    LaidSite laid;
    laid.name = spec.name;
    laid.wanted = spec.vpc;
    cloud_->vpcs.push_back(
        {vpc_id(site), "ams", vpc_description(peering_.meta.uid, laid), *spec.vpc.cidr, {}, {}});
    add_ours(spec.name, "gateway-0", site);
    for (const ServerSpec& server : spec.servers) add_ours(spec.name, server.name, site);
  }

  void add_ours(const std::string& site, const std::string& part, int number) {
    LaidHost host;
    host.site = site;
    host.name = part;
    Instance made = instance(site + '-' + part, number);
    made.tags = host_tags(peering_.meta.uid, host);
    cloud_->instances.push_back(std::move(made));
  }

  void add_chosen_server(int i) {
    Instance made = instance("app-" + std::to_string(i), i % kSites);
    made.tags = {"peered", "production"};
    cloud_->instances.push_back(std::move(made));
  }

  /// By the plan's own words: a cloud without groups asks for groups, and groups without rules ask for rules.
  void add_firewall_groups() {
    for (int round = 0; round < 3; ++round) {
      const Layout layout = lay_out(peering_, record_, cloud_);
      prepare_record(record_, layout, kNow);
      for (const Step& step : plan_cloud(peering_.spec, layout, record_, kNow).steps) apply(step);
    }
  }

  void apply(const Step& step) {
    if (const auto* create = std::get_if<CreateFirewallGroup>(&step.action)) {
      cloud_->firewall_groups.push_back({{"group-of-" + step.lane}, create->description, {}, {}});
    } else if (const auto* add = std::get_if<AddFirewallRule>(&step.action)) {
      for (FirewallGroup& group : cloud_->firewall_groups) {
        if (group.id != add->group) continue;
        group.rules.push_back({static_cast<int>(group.rules.size()) + 1, add->rule, false});
      }
    } else if (const auto* update = std::get_if<UpdateInstance>(&step.action)) {
      for (Instance& instance : cloud_->instances) {
        if (instance.id == update->id) instance.firewall_group = update->patch.firewall_group;
      }
    }
  }

  void add_facts() {
    const Layout layout = lay_out(peering_, record_, cloud_);
    const DesiredHosts desired(peering_.spec, layout, record_);
    for (const LaidSite& site : layout.sites) {
      for (const LaidHost& host : site.gateways)
        facts_[host.lane] = healthy(desired.gateway({host.site, 0}).value());
      for (const LaidHost& host : site.servers) facts_[host.lane] = healthy(desired.server(host).value());
    }
  }

  static void put(HostFacts& facts, const HostFile& file) {
    facts.files[file.path] = {sha256_hex(file.content.reveal()), file.mode, "0:0"};
  }

  static HostFacts booted() {
    HostFacts facts;
    facts.boot_id = "boot";
    facts.os_id = "ubuntu";
    facts.os_version = "22.04";
    facts.cloud_init = CloudInit::Done;
    facts.bootstrap.state = BootstrapFacts::State::Done;
    facts.bootstrap.boot_id = "boot";
    facts.netplan_installed = true;
    facts.cloud_config_folder = true;
    return facts;
  }

  static HostFacts healthy(const DesiredGateway& gateway) {
    HostFacts facts = booted();
    facts.ip_forward = facts.wireguard_installed = facts.mss_clamp_loaded = true;
    facts.unit = {true, true, false};
    facts.tunnel = TunnelFacts{gateway.public_key, gateway.listen_port, {}, {}};
    std::string preshared;
    facts.routes.push_back({gateway.tunnel_network, {}, "wg0", 0, true});
    for (const DesiredPeer& peer : gateway.peers) {
      facts.tunnel->peers.push_back({peer.public_key, peer.endpoint, peer.allowed_ips,
                                     gateway.persistent_keepalive, seconds{1'799'999'990}, 1, 1,
                                     peer.preshared_key.has_value()});
      preshared += std::string(peer.preshared_key->reveal()) + '\n';
      for (const Cidr& network : peer.allowed_ips) {
        if (!gateway.tunnel_network.contains(network)) facts.routes.push_back({network, {}, "wg0", 0});
      }
    }
    facts.tunnel->preshared_digest = sha256_hex(preshared);
    facts.links = {{"wg0", "", gateway.mtu, true, {{gateway.tunnel_address, gateway.tunnel_network.prefix}}}};
    put(facts, sysctl_file());
    put(facts, mss_file());
    put(facts, tunnel_config_file(gateway));
    return facts;
  }

  static HostFacts healthy(const DesiredServer& server) {
    HostFacts facts = booted();
    facts.links = {{"enp6s0", "", 1450, true, {{server.vpc_address, 24}}}};
    facts.state_folder = true;
    facts.owner = server.owner;
    facts.kept_files = {host_paths::kNetplanFile, host_paths::kCloudNetworkFile};
    for (const DesiredRoute& route : server.routes) {
      facts.routes.push_back({route.destination, route.via, "enp6s0", 0});
      facts.kept_routes.push_back({route.destination, ""});
    }
    put(facts, netplan_file("enp6s0", server.routes));
    put(facts, cloud_network_file());
    return facts;
  }

  VpcPeering peering_;
  PeeringRecord record_;
  std::shared_ptr<CloudSnapshot> cloud_ = std::make_shared<CloudSnapshot>();
  std::map<int, std::uint64_t> used_;
  std::map<std::string, HostFacts> facts_;
};

int run() {
  using Clock = std::chrono::steady_clock;
  init_crypto();
  const World world;
  std::vector<double> milliseconds_taken;
  for (int i = 0; i < kRuns; ++i) {
    const auto began = Clock::now();
    const std::size_t steps = world.plan();
    milliseconds_taken.push_back(std::chrono::duration<double, std::milli>(Clock::now() - began).count());
    if (steps == 0) continue;
    std::fprintf(stderr, "plan_bench: %zu steps over a healthy mesh\n", steps);
    return 1;
  }
  std::sort(milliseconds_taken.begin(), milliseconds_taken.end());
  std::fprintf(stderr, "%d sites, %zu hosts, %d runs: %.1f to %.1f ms\n", kSites, world.hosts(), kRuns,
               milliseconds_taken.front(), milliseconds_taken.back());
  std::printf("%.1f\n", milliseconds_taken[kRuns / 2]);
  return 0;
}

}  // namespace
}  // namespace vpcp

int main() {
  return vpcp::run();
}
