#include "lab/hosts/fabric.h"

#include "lab/hosts/leftovers.h"
#include "lab/hosts/names.h"
#include "lab/hosts/netns.h"
#include "lab/hosts/process.h"
#include "lab/hosts/seed.h"

namespace vpcp::lab {
namespace {

constexpr const char* kControlPort = "ctl";

Status ip_batch(const std::string& netns, const std::string& lines) {
  TRY(run_program({"ip", "-n", netns, "-batch", "-"}, lines));
  return {};
}

std::string bridge_lines(const std::string& bridge, const std::string& mtu) {
  return "link add " + bridge + " mtu " + mtu + " type bridge mcast_snooping 0\nlink set " + bridge + " up\n";
}

/// A cable: one end in the fabric on a bridge, the other is the host's NIC.
struct Cable {
  std::string port;
  std::string nic;
  std::string mac;
  std::string mtu;
  std::string bridge;
};

std::string plug_lines(const Cable& cable, const std::string& netns) {
  return "link add " + cable.port + " mtu " + cable.mtu + " type veth peer name " + cable.nic + " mtu " +
         cable.mtu + " address " + cable.mac + " netns " + netns + "\nlink set " + cable.port + " master " +
         cable.bridge + " up\n";
}

std::vector<Cable> cables(const HostSpec& spec) {
  std::vector<Cable> all;
  if (spec.public_nic) {
    all.push_back({fabric_port(spec.instance_id, 'p'), kPublicNic, spec.public_nic->mac, "1500",
                   region_bridge(spec.region)});
  }
  for (std::size_t i = 0; i < spec.vpc_nics.size(); ++i) {
    const VpcNic& nic = spec.vpc_nics[i];
    all.push_back({fabric_port(spec.instance_id, static_cast<char>('a' + i)), vpc_nic(i), nic.mac, "1450",
                   vpc_bridge(nic.vpc_id)});
  }
  return all;
}

}  // namespace

Fabric::Fabric(std::unique_ptr<WanSwitch> wan, WireQuality default_link)
    : wan_(std::move(wan)), default_link_(default_link) {}

Result<std::unique_ptr<Fabric>> Fabric::build(WireQuality default_link) {
  TRY(make_netns(kFabricNetns));
  // No stray packets of its own: the fabric only carries.
  TRY(run_in_netns(kFabricNetns, {"sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=1",
                                  "net.ipv6.conf.default.disable_ipv6=1"}));
  TRY(run_in_netns(kFabricNetns, {"nft", "-f", "-"}, render_firewall_base()));
  auto wan = TRY(WanSwitch::start());
  auto fabric = std::unique_ptr<Fabric>(new Fabric(std::move(wan), default_link));
  TRY(fabric->add_control());
  return fabric;
}

Fabric::~Fabric() {
  wan_.reset();
  delete_netns(kFabricNetns);
  remove_control_namespace();
}

Status Fabric::add_control() {
  TRY(make_netns(kControlNetns));
  TRY(wan_->add_port(kControlPort, kControlNetns, "eth0"));
  return ip_batch(kControlNetns,
                  std::string("addr add ") + kControlAddress + " dev eth0\nlink set eth0 up\n");
}

Status Fabric::add_region(const std::string& region) {
  const std::lock_guard lock(mutex_);
  if (regions_.contains(region)) return {};
  const std::string bridge = region_bridge(region);
  const std::string port = "wan-" + region;
  TRY(ip_batch(kFabricNetns, bridge_lines(bridge, "1500")));
  TRY(wan_->add_port(region, kFabricNetns, port));
  TRY(ip_batch(kFabricNetns, "link set " + port + " master " + bridge + " up\n"));
  for (const std::string& other : regions_) wan_->set_wire_if_new(region, other, default_link_);
  regions_.insert(region);
  return {};
}

Status Fabric::add_vpc(const std::string& vpc_id) {
  return ip_batch(kFabricNetns, bridge_lines(vpc_bridge(vpc_id), "1450"));
}

void Fabric::remove_vpc(const std::string& vpc_id) {
  (void)run_program({"ip", "-n", kFabricNetns, "link", "del", vpc_bridge(vpc_id)});
}

Status Fabric::plug(const HostSpec& spec) {
  TRY(add_region(spec.region));
  unplug(spec);
  const std::string netns = host_netns(spec.instance_id);
  TRY(run_program({"ip", "netns", "add", netns}));
  std::string lines;
  for (const Cable& cable : cables(spec)) lines += plug_lines(cable, netns);
  TRY(ip_batch(kFabricNetns, lines));
  return set_firewall(spec);
}

void Fabric::unplug(const HostSpec& spec) {
  // The fabric's ends first: a namespace goes away in the background, and would keep their names for a while.
  for (const Cable& cable : cables(spec)) {
    (void)run_program({"ip", "-n", kFabricNetns, "link", "del", cable.port});
  }
  delete_netns(host_netns(spec.instance_id));
}

Status Fabric::set_firewall(const HostSpec& spec) {
  const Inbound inbound = spec.public_nic ? spec.inbound : std::nullopt;
  TRY(run_in_netns(kFabricNetns, {"nft", "-f", "-"}, render_firewall(spec.instance_id, inbound)));
  return {};
}

void Fabric::set_link(const Link& link) {
  wan_->set_wire(link.region_a, link.region_b,
                 {link.delay, link.jitter, link.loss_percent, link.mtu, link.down});
}

}  // namespace vpcp::lab
