#include "schedules/happenings.h"

#include <array>
#include <cctype>

#include "support/cloud_faults.h"
#include "support/host_faults.h"

namespace vpcp::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::array kGateways{"Gateway-A", "Gateway-B"};
constexpr std::array kServers{"App-Server", "DB-Server"};
constexpr std::array kHosts{"Gateway-A", "Gateway-B", "App-Server", "DB-Server"};

/// "TheUnitIsMasked" as it is read in a schedule.
std::string words(const std::string& sentence) {
  std::string out;
  for (const char c : sentence) {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isupper(letter) != 0 && !out.empty()) out += ' ';
    out += static_cast<char>(std::tolower(letter));
  }
  return out;
}

// Happenings that are over at once.

Happening at_once(const std::string& name, std::function<void(Simulation&)> happens) {
  return {name, [happens = std::move(happens)](Simulation& sim) {
            happens(sim);
            return End{};
          }};
}
Happening to_instance(const std::string& label, const std::string& what,
                      std::function<void(Simulation&, const InstanceId&)> change) {
  return at_once(label + ": " + what, [label, change = std::move(change)](Simulation& sim) {
    const InstanceId id = sim.world.instance(label);
    if (!id.empty()) change(sim, id);
  });
}

void add_host_faults(std::vector<Happening>& all) {
  for (const HostFault& fault : host_faults()) {
    const bool of_gateway = fault.label.starts_with("Gateway");
    for (const char* label : of_gateway ? kGateways : kServers) {
      if (fault.only_there && label != fault.label) continue;
      all.push_back(to_instance(label, words(fault.name), [&fault](Simulation& sim, const InstanceId& id) {
        sim.world.hosts.on(id, fault.happens);
      }));
    }
  }
}

void add_instance_faults(std::vector<Happening>& all) {
  for (const char* label : kHosts) {
    all.push_back(to_instance(label, "reboots",
                              [](Simulation& sim, const InstanceId& id) { sim.world.hosts.reboot(id); }));
    for (const CloudFault& fault : cloud_faults()) {
      all.push_back(to_instance(label, words(fault.name), [&fault](Simulation& sim, const InstanceId& id) {
        sim.world.cloud.world([&](CloudWorld& world) { fault.happens(world, id, sim.world.clock.now()); });
      }));
    }
  }
  for (const char* gateway : kGateways) {
    all.push_back(to_instance(gateway, "is detached from its VPC", [](Simulation& sim, const InstanceId& id) {
      sim.world.cloud.world([&](CloudWorld& world) { world.detach_instance(id, sim.world.clock.now()); });
    }));
  }
  for (const char* server : kServers) {
    all.push_back(
        to_instance(server, "its interface has another name", [](Simulation& sim, const InstanceId& id) {
          sim.world.hosts.on(id, [](FakeHost& h) {
            std::erase_if(h.routes, [&](auto& r) { return r.dev == h.vpc_nic; });
            h.vpc_nic = "eth9";
          });
        }));
  }
}

void add_cloud_faults(std::vector<Happening>& all) {
  const Error throttled{ErrorKind::Throttled, "VultrRateLimited", "slow down", milliseconds{2000}};
  const Error patient{ErrorKind::Throttled, "VultrRateLimited", "slow down", milliseconds{60'000}};
  const Error broken{ErrorKind::Transient, "ServerError", "500"};
  const auto add = [&](const std::string& name, const Fault& fault) {
    all.push_back(at_once(name, [fault](Simulation& sim) { sim.world.cloud.faults.add(fault); }));
  };
  add("the cloud asks 5 times to slow down", {"*", throttled, false, 5});
  add("the cloud asks 3 times for a pause of a minute", {"*", patient, false, 3});
  add("the cloud answers 20 times with 500", {"*", broken, false, 20});
  add("the next 3 looks at the cloud fail", {"look", broken, false, 3});
  for (const char* operation : {"create-vpc", "create-firewall-group", "create-instance", "delete-instance",
                                "delete-vpc", "delete-firewall-group", "add-firewall-rule",
                                "delete-firewall-rule", "update-instance", "start-instance"}) {
    add(std::string("the answer to the next ") + operation + " is lost", lost_answer(operation));
    add(std::string("the next ") + operation + " is answered with 500", {operation, broken});
  }
  add("nothing is said of single instances, 3 times", {"get-instance", broken, false, 3});
  all.push_back(at_once("what the cloud creates is invisible for 30 s from now on", [](Simulation& sim) {
    sim.world.cloud.world([](CloudWorld& world) { world.quirks.visible_after = 30s; });
  }));
  all.push_back(at_once("what the cloud creates is locked for 2 minutes from now on", [](Simulation& sim) {
    sim.world.cloud.world([](CloudWorld& world) { world.quirks.locked_for = 2min; });
  }));
}

void add_shell_faults(std::vector<Happening>& all) {
  const Error lost{ErrorKind::Transient, "HostUnreachable", "the connection was lost"};
  const auto add = [&](const std::string& name, const Fault& fault) {
    all.push_back(at_once(name, [fault](Simulation& sim) { sim.world.hosts.faults.add(fault); }));
  };
  for (const int times : {1, 5, 40}) {
    for (const bool done : {false, true}) {
      add(std::to_string(times) + (done ? " answers of hosts are lost" : " commands on hosts fail"),
          {"run", lost, done, times});
    }
  }
  add("the streams of hosts end 10 times", {"watch", lost, false, 10});
  all.push_back(at_once("the path between the regions becomes narrow",
                        [](Simulation& sim) { sim.world.hosts.path_mtu = 1340; }));
}

void add_store_faults(std::vector<Happening>& all) {
  const Error broken{ErrorKind::Transient, "ApiServerError", "500"};
  for (const char* operation : {"get", "apply-status", "get-secret", "put-secret"}) {
    all.push_back(at_once(std::string("the store fails 3 times: ") + operation, [=](Simulation& sim) {
      sim.world.store.faults.add({operation, broken, false, 3});
    }));
  }
  for (const char* operation : {"put-secret", "apply-status", "remove-finalizer"}) {
    all.push_back(at_once(std::string("the store loses an answer: ") + operation,
                          [=](Simulation& sim) { sim.world.store.faults.add(lost_answer(operation)); }));
  }
}

void add_deaths(std::vector<Happening>& all) {
  for (const auto moment : {Simulation::Moment::Before, Simulation::Moment::After}) {
    for (std::size_t effect = 1; effect <= 8; ++effect) {
      const std::string when = moment == Simulation::Moment::Before ? "before" : "after";
      all.push_back(
          at_once("the controller dies " + when + " its effect " + std::to_string(effect) + " from now",
                  [=](Simulation& sim) { sim.crash_at(effect, moment); }));
    }
  }
}

// Happenings that last, since it is not for the controller to end them.

/// To the host of an instance, until that is ended or the instance is gone.
Happening on_host(const std::string& label, const std::string& what, std::function<void(FakeHost&)> begins,
                  std::function<void(FakeHost&)> ends) {
  return {label + ": " + what,
          [=](Simulation& sim) -> End {
            const InstanceId id = sim.world.instance(label);
            if (id.empty()) return {};
            sim.world.hosts.on(id, begins);
            return [=](Simulation& later) {
              if (later.world.exists(id)) later.world.hosts.on(id, ends);
            };
          },
          true};
}
Happening in_world(const std::string& what, std::function<void(Simulation&)> begins,
                   std::function<void(Simulation&)> ends) {
  return {what,
          [=](Simulation& sim) -> End {
            begins(sim);
            return ends;
          },
          true};
}

void delete_instance(Simulation& sim, const InstanceId& id) {
  sim.world.cloud.world([&](CloudWorld& world) { (void)world.delete_instance(id, sim.world.clock.now()); });
}
/// A person follows what the status says of a server without a VPC: attaches it, or else deletes it.
void help_server(Simulation& sim, const InstanceId& id, bool attach) {
  if (!sim.world.exists(id)) return;
  const bool alone =
      sim.world.cloud.world([&](CloudWorld& world) { return world.machines.at(id).facts.vpcs.empty(); });
  if (!alone) return;
  if (attach && sim.world.cloud.world([&](CloudWorld& world) { return attach_again(world, id); }))
    return sim.world.hosts.reboot(id);
  delete_instance(sim, id);
}

/// Installed anew by a person at the portal: the same id, another key and an empty disk.
void reinstall(FakeHost& host) {
  FakeHost fresh;
  fresh.boots = host.boots + 1;
  fresh.booted_at = host.booted_at;
  fresh.host_key = new_ssh_key_pair().public_key;
  host = fresh;
}

void add_what_lasts_on_hosts(std::vector<Happening>& all) {
  for (const char* label : kHosts) {
    all.push_back(on_host(
        label, "the clock is 3 hours behind", [](FakeHost& h) { h.clock_ahead = -3h; },
        [](FakeHost& h) { h.clock_ahead = 0s; }));
    all.push_back(on_host(
        label, "no mirror of packages answers", [](FakeHost& h) { h.mirror_reachable = false; },
        [](FakeHost& h) { h.mirror_reachable = true; }));
    all.push_back({std::string(label) + ": is installed anew, and then deleted by a person",
                   [label](Simulation& sim) -> End {
                     const InstanceId id = sim.world.instance(label);
                     if (id.empty()) return {};
                     sim.world.hosts.on(id, reinstall);
                     return [id](Simulation& later) { delete_instance(later, id); };
                   },
                   true});
  }
  for (const char* gateway : kGateways) {
    all.push_back(on_host(
        gateway, "/etc/wireguard cannot be written", [](FakeHost& h) { h.write_status = 91; },
        [](FakeHost& h) { h.write_status = 0; }));
  }
  all.push_back(on_host(
      "DB-Server", "the VPC NIC, its only way in, is down", [](FakeHost& h) { h.vpc_nic_up = false; },
      [](FakeHost& h) { h.vpc_nic_up = true; }));
  all.push_back(in_world(
      "no new connection to a host can be made",
      [](Simulation& sim) { sim.world.hosts.new_connections_fail = true; },
      [](Simulation& sim) { sim.world.hosts.new_connections_fail = false; }));
  all.push_back(in_world(
      "the streams of hosts tell nothing", [](Simulation& sim) { sim.streams_work = false; },
      [](Simulation& sim) { sim.streams_work = true; }));
}

void add_what_lasts_in_cloud(std::vector<Happening>& all) {
  for (const char* server : kServers) {
    all.push_back({std::string(server) + ": is detached from its VPC, and then attached by a person",
                   [server](Simulation& sim) -> End {
                     const InstanceId id = sim.world.instance(server);
                     if (id.empty()) return {};
                     sim.world.cloud.world(
                         [&](CloudWorld& world) { world.detach_instance(id, sim.world.clock.now()); });
                     return [id](Simulation& later) { help_server(later, id, true); };
                   },
                   true});
    all.push_back({std::string(server) + ": its VPC is deleted, and then the server by a person",
                   [server](Simulation& sim) -> End {
                     const InstanceId id = sim.world.instance(server);
                     if (id.empty()) return {};
                     sim.world.cloud.world(
                         [&](CloudWorld& world) { delete_vpc_of(world, id, sim.world.clock.now()); });
                     return [id](Simulation& later) { help_server(later, id, false); };
                   },
                   true});
  }
  for (const char* label : kHosts) {
    all.push_back({std::string(label) + ": the lists of the cloud do not show it",
                   [label](Simulation& sim) -> End {
                     const InstanceId id = sim.world.instance(label);
                     sim.world.cloud.world([&](CloudWorld& world) { world.quirks.unlisted.insert(id); });
                     return [id](Simulation& later) {
                       later.world.cloud.world([&](CloudWorld& world) { world.quirks.unlisted.erase(id); });
                     };
                   },
                   true});
  }
  const auto quirk = [&](const std::string& what, std::function<void(CloudWorld&)> begins,
                         std::function<void(CloudWorld&)> ends) {
    all.push_back(in_world(
        what, [=](Simulation& sim) { sim.world.cloud.world(begins); },
        [=](Simulation& sim) { sim.world.cloud.world(ends); }));
  };
  quirk(
      "the account may have no more instances", [](CloudWorld& world) { world.quirks.max_instances = 0; },
      [](CloudWorld& world) { world.quirks.max_instances = 1000; });
  quirk(
      "the account may have no more VPCs", [](CloudWorld& world) { world.quirks.vpcs_per_region = 0; },
      [](CloudWorld& world) { world.quirks.vpcs_per_region = 5; });
  quirk(
      "every plan is sold out", [](CloudWorld& world) { world.catalogue.plans.clear(); },
      [](CloudWorld& world) { world.catalogue = CloudWorld().catalogue; });
  all.push_back(in_world(
      "the cloud does not accept the API key", [](Simulation& sim) { sim.world.cloud.refuse_key("key"); },
      [](Simulation& sim) { sim.world.cloud.accept_key("key"); }));
}

std::vector<Happening> make_all() {
  std::vector<Happening> all;
  add_host_faults(all);
  add_instance_faults(all);
  add_cloud_faults(all);
  add_shell_faults(all);
  add_store_faults(all);
  add_deaths(all);
  add_what_lasts_on_hosts(all);
  add_what_lasts_in_cloud(all);
  return all;
}

}  // namespace

const std::vector<Happening>& happenings() {
  static const std::vector<Happening> all = make_all();
  return all;
}

}  // namespace vpcp::testing
