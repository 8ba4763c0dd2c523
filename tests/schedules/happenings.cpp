#include "schedules/happenings.h"

namespace vpcp::testing {
namespace {

using namespace std::chrono_literals;

/// Changes the host of an instance, if it is there.
Happening on_host(const std::string& label, const std::string& what, std::function<void(FakeHost&)> change) {
  return {label + ": " + what, [label, change = std::move(change)](Simulation& sim) {
            const InstanceId id = sim.world.instance(label);
            if (!id.empty()) sim.world.hosts.on(id, change);
          }};
}
Happening in_tunnel(const std::string& label, const std::string& what,
                    std::function<void(FakeTunnel&)> change) {
  return on_host(label, what, [change = std::move(change)](FakeHost& host) {
    if (host.tunnel && !host.tunnel->peers.empty()) change(*host.tunnel);
  });
}
/// Changes the machine behind an instance, as a person does at the portal.
Happening in_cloud(const std::string& label, const std::string& what,
                   std::function<void(Simulation&, CloudWorld&, const InstanceId&)> change) {
  return {label + ": " + what, [label, change = std::move(change)](Simulation& sim) {
            const InstanceId id = sim.world.instance(label);
            if (!id.empty()) sim.world.cloud.world([&](CloudWorld& world) { change(sim, world, id); });
          }};
}

void add_gateway_faults(std::vector<Happening>& all, const std::string& gateway) {
  all.push_back(in_tunnel(gateway, "the peers are removed", [](FakeTunnel& t) { t.peers.clear(); }));
  all.push_back(in_tunnel(gateway, "a peer has another preshared key",
                          [](FakeTunnel& t) { t.peers[0].preshared_key = "x"; }));
  all.push_back(in_tunnel(gateway, "a peer has another endpoint", [](FakeTunnel& t) {
    if (t.peers[0].endpoint) t.peers[0].endpoint->port = 1;
  }));
  all.push_back(
      in_tunnel(gateway, "a peer may use no address", [](FakeTunnel& t) { t.peers[0].allowed_ips.clear(); }));
  all.push_back(on_host(gateway, "the unit is stopped and disabled", [](FakeHost& h) {
    h.unit_active = h.unit_enabled = false;
    drop_tunnel(h);
  }));
  all.push_back(on_host(gateway, "the tunnel dies under its unit", [](FakeHost& h) { drop_tunnel(h); }));
  all.push_back(on_host(gateway, "forwarding is turned off", [](FakeHost& h) { h.ip_forward = false; }));
  all.push_back(on_host(gateway, "ufw denies routed traffic", [](FakeHost& h) {
    h.ufw_rules.insert(h.ufw_rules.begin(), {true, "deny", "in on wg0"});
  }));
  all.push_back(on_host(gateway, "ufw is reset", [](FakeHost& h) {
    h.ufw_rules = {{false, "allow", "22/tcp"}};
  }));
  all.push_back(
      on_host(gateway, "wg0.conf is deleted", [](FakeHost& h) { h.files.erase("/etc/wireguard/wg0.conf"); }));
  all.push_back(on_host(gateway, "all kernel routes are gone", [](FakeHost& h) { h.routes.clear(); }));
}

void add_server_faults(std::vector<Happening>& all, const std::string& server) {
  all.push_back(on_host(server, "all routes are gone", [](FakeHost& h) { h.routes.clear(); }));
  all.push_back(on_host(server, "the netplan file is removed",
                        [](FakeHost& h) { h.files.erase("/etc/netplan/60-vpcp.yaml"); }));
  all.push_back(on_host(server, "cloud-init may write the network again", [](FakeHost& h) {
    h.files.erase("/etc/cloud/cloud.cfg.d/99-disable-network-config.cfg");
  }));
}

void add_instance_faults(std::vector<Happening>& all, const std::string& label) {
  all.push_back({label + ": reboots", [label](Simulation& sim) {
                   const InstanceId id = sim.world.instance(label);
                   if (!id.empty()) sim.world.hosts.reboot(id);
                 }});
  all.push_back(in_cloud(label, "is halted", [](Simulation&, CloudWorld& world, const InstanceId& id) {
    world.machines.at(id).facts.power = PowerState::Stopped;
  }));
  all.push_back(in_cloud(label, "is deleted", [](Simulation& sim, CloudWorld& world, const InstanceId& id) {
    (void)world.delete_instance(id, sim.world.clock.now());
  }));
  all.push_back(
      in_cloud(label, "loses its firewall group", [](Simulation&, CloudWorld& world, const InstanceId& id) {
        world.machines.at(id).facts.firewall_group.reset();
      }));
}

void add_cloud_faults(std::vector<Happening>& all) {
  const Error throttled{ErrorKind::Throttled, "VultrRateLimited", "slow down", milliseconds{2000}};
  const Error broken{ErrorKind::Transient, "ServerError", "500"};
  const auto add = [&](const std::string& name, const Fault& fault) {
    all.push_back({name, [fault](Simulation& sim) { sim.world.cloud.faults.add(fault); }});
  };
  add("the cloud asks 5 times to slow down", {"*", throttled, false, 5});
  add("the cloud answers 20 times with 500", {"*", broken, false, 20});
  add("the next 3 looks at the cloud fail", {"look", broken, false, 3});
  for (const char* operation : {"create-vpc", "create-firewall-group", "create-instance", "delete-instance",
                                "delete-vpc", "add-firewall-rule", "update-instance"}) {
    add(std::string("the answer to the next ") + operation + " is lost", lost_answer(operation));
  }
  all.push_back({"what the cloud creates is invisible for 30 s from now on", [](Simulation& sim) {
                   sim.world.cloud.world([](CloudWorld& world) { world.quirks.visible_after = 30s; });
                 }});
}

void add_shell_faults(std::vector<Happening>& all) {
  const Error lost{ErrorKind::Transient, "HostUnreachable", "the connection was lost"};
  for (const int times : {1, 5, 40}) {
    for (const bool done : {false, true}) {
      all.push_back(
          {std::to_string(times) + (done ? " answers of hosts are lost" : " commands on hosts fail"),
           [=](Simulation& sim) {
             sim.world.hosts.faults.add({"run", lost, done, times});
           }});
    }
  }
}

void add_deaths(std::vector<Happening>& all) {
  for (const auto moment : {Simulation::Moment::Before, Simulation::Moment::After}) {
    for (std::size_t effect = 1; effect <= 8; ++effect) {
      const std::string when = moment == Simulation::Moment::Before ? "before" : "after";
      all.push_back({"the controller dies " + when + " its effect " + std::to_string(effect) + " from now",
                     [=](Simulation& sim) { sim.crash_at(effect, moment); }});
    }
  }
}

std::vector<Happening> make_all() {
  std::vector<Happening> all;
  for (const char* gateway : {"Gateway-A", "Gateway-B"}) add_gateway_faults(all, gateway);
  for (const char* server : {"App-Server", "DB-Server"}) add_server_faults(all, server);
  for (const char* label : {"Gateway-A", "Gateway-B", "App-Server", "DB-Server"})
    add_instance_faults(all, label);
  add_cloud_faults(all);
  add_shell_faults(all);
  add_deaths(all);
  return all;
}

}  // namespace

const std::vector<Happening>& happenings() {
  static const std::vector<Happening> all = make_all();
  return all;
}

}  // namespace vpcp::testing
