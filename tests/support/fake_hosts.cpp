#include "support/fake_hosts.h"

#include <algorithm>
#include <span>
#include <sstream>

#include "support/fake_commands.h"
#include "support/fake_network.h"
#include "support/fake_report.h"

namespace vpcp::testing {
namespace {

Error unreachable(const HostLogin& login) {
  return {ErrorKind::Transient, "HostUnreachable",
          login.name + " at " + login.address.str() + " does not answer"};
}

bool shows_running(const CloudWorld& world, const InstanceId& id, SystemTime now) {
  const Machine& machine = world.machines.at(id);
  return machine.facts.power == PowerState::Running && world.state_of(machine, now) == InstanceState::Active;
}

bool lets_ssh_in(const CloudWorld& world, const InstanceId& id) {
  const auto& group = world.machines.at(id).facts.firewall_group;
  if (!group || !world.groups.contains(*group)) return true;
  const auto& rules = world.groups.at(*group).rules;
  return std::any_of(rules.begin(), rules.end(), [](const FirewallRule& r) {
    return r.rule.protocol == RuleProtocol::Tcp && r.rule.port == "22";
  });
}

/// An OpenSSH private key holds its public half, the 32 bytes at the end of the public key's blob.
bool belong_together(const Secret& private_key, const HostKeyLine& public_key) {
  if (private_key.empty() || public_key.empty()) return false;
  std::string body;
  std::istringstream lines{std::string(private_key.reveal())};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("-----")) body += trimmed(line);
  }
  const auto words = split(public_key, ' ');
  const auto blob = words.size() < 2 ? std::nullopt : base64_decode(words[1]);
  const auto bytes = base64_decode(body);
  if (!blob || !bytes || blob->size() < 32) return false;
  return bytes->find(blob->substr(blob->size() - 32)) != std::string::npos;
}

/// Of the sizes to each address those that fit into wg0 and through the path between the regions.
std::string cross_path(const FakeNetwork& network, const InstanceId& from, const FakeHost& host, int path_mtu,
                       std::span<const std::string> args) {
  if (!host.tunnel) return {};
  const int mtu = host.tunnel->mtu;
  std::string out = "mtu=" + std::to_string(mtu) + '\n';
  for (const std::string& target : args.subspan(1)) {
    const std::string address = target.substr(0, target.find('='));
    const std::string word = target.substr(target.find('=') + 1);
    const int size = word == "whole" ? mtu : std::stoi(word);
    const auto ip = Ipv4::parse(address);
    if (size > mtu || size > path_mtu || !ip || !network.crosses(from, *ip, Traffic::Ping)) continue;
    out += address + '=' + std::to_string(size) + '\n';
  }
  return out;
}

std::string probe(const FakeNetwork& network, const InstanceId& from, std::span<const std::string> args) {
  std::string out;
  const std::string& pings = args[1];
  const auto crosses = [&](const std::string& address, Traffic traffic) {
    const auto ip = Ipv4::parse(address);
    return ip && network.crosses(from, *ip, traffic);
  };
  for (const std::string& target : args.subspan(3)) {
    if (target.starts_with("after:")) continue;  // no time passes in a command
    if (target.starts_with("icmp:")) {
      const bool pinged = crosses(target.substr(5), Traffic::Ping);
      out += target +
             (pinged ? " ok 145.250 " + pings + ' ' + pings + " 0.500\n" : " timeout - " + pings + " 0\n");
      continue;
    }
    const std::string address = target.substr(4, target.find(':', 4) - 4);
    const bool connected = crosses(address, Traffic::Tcp);
    int connections = std::stoi(args[2]);
    if (connections == 1 && !connected && std::stod(args[0]) <= 1) connections += std::stoi(pings);
    for (int i = 0; i < connections; ++i) out += target + (connected ? " ok 145.250\n" : " timeout\n");
  }
  return out;
}

FakeHost installed(const CloudWorld& world, const Machine& machine) {
  FakeHost host;
  host.booted_at = machine.created + world.quirks.active_after;
  if (machine.facts.os.starts_with("Debian")) host.os_id = "debian", host.os_version = "12";
  if (machine.facts.os.starts_with("Ubuntu 24")) host.os_version = "24.04";
  if (machine.user_data.empty()) {
    host.host_key = new_ssh_key_pair().public_key;
    return host;
  }
  std::istringstream lines{std::string(machine.user_data.reveal())};
  for (std::string line; std::getline(lines, line);) {
    const auto words = split(line, ' ');
    if (words.size() < 3) continue;
    if (words[0] == "ed25519_public:") host.host_key = words[1] + " " + words[2];
    if (words[0] == "-" && words[1].starts_with("ssh-")) host.authorized_key = words[1] + " " + words[2];
  }
  return host;
}

void follow_machine(FakeHost& host, const CloudWorld& world, const Machine& machine, SystemTime now) {
  host.public_address = machine.facts.public_ip;
  host.vpc_address.reset();
  for (const VpcAttachment& a : machine.facts.vpcs) {
    host.vpc_address = a.address;
    if (world.vpcs.contains(a.vpc)) host.vpc = world.vpcs.at(a.vpc).cidr;
  }
  const bool powered = machine.facts.power == PowerState::Running;
  if (powered && !host.powered) reboot_host(host, now);
  host.powered = powered;
}

}  // namespace

FakeHosts::FakeHosts(const Clock& clock, Effects& effects, FakeCloud& cloud)
    : clock_(clock), effects_(effects), cloud_(cloud) {}

void FakeHosts::reboot(const InstanceId& id) {
  on(id, [&](FakeHost& host) { reboot_host(host, clock_.now()); });
}

bool FakeHosts::crosses(const InstanceId& from, Ipv4 target, Traffic traffic) {
  return hosts_.with([&](Hosts& hosts) {
    appear_and_vanish(hosts);
    return cloud_.read([&](const CloudWorld& world) {
      return FakeNetwork(hosts, world, clock_.now()).crosses(from, target, traffic);
    });
  });
}

Result<std::string> FakeHosts::watched(const HostLogin& login) {
  if (const auto fault = faults.take("watch")) return fault->error;
  const InstanceId id = TRY(log_in({}, login));
  return on(id, [&](const FakeHost& host) { return lasting_report(host, clock_.now()); });
}

Result<HostShell::Answer> FakeHosts::run(const Context& ctx, const HostLogin& login, const Command& command) {
  if (login.connection != 0 && new_connections_fail) return unreachable(login);
  const auto fault = faults.take("run");
  if (fault && !fault->done) return fault->error;
  const InstanceId id = TRY(log_in(ctx, login));
  Answer answer = perform(id, login.name, command);
  if (fault) return fault->error;
  return answer;
}

Result<InstanceId> FakeHosts::log_in(const Context& ctx, const HostLogin& login) {
  if (ctx.stopped()) return unreachable(login);  // Calls take no time, so deadlines play no part.
  std::optional<InstanceId> through;
  if (login.jump) through = TRY(log_in(ctx, *login.jump));
  return hosts_.with([&](Hosts& hosts) -> Result<InstanceId> {
    appear_and_vanish(hosts);
    const SystemTime now = clock_.now();
    const auto is_at = [&](const CloudWorld& world, const InstanceId& id, const FakeHost& host) {
      if ((through ? host.vpc_address : host.public_address) != login.address) return false;
      if (!host.up(now) || !shows_running(world, id, now)) return false;
      if (!through) return lets_ssh_in(world, id);
      const FakeHost& jump = hosts.at(*through);
      return host.vpc == jump.vpc && host.vpc_nic_up && jump.vpc_nic_up;
    };
    const auto there = cloud_.read([&](const CloudWorld& world) {
      return std::find_if(hosts.begin(), hosts.end(),
                          [&](const auto& entry) { return is_at(world, entry.first, entry.second); });
    });
    if (there == hosts.end()) return unreachable(login);
    TRY(authenticate(there->second, login));
    return there->first;
  });
}

Status FakeHosts::authenticate(const FakeHost& host, const HostLogin& login) {
  const auto& pins = login.pinned;
  const bool pinned = std::find(pins.begin(), pins.end(), host.host_key) != pins.end();
  if (!pinned && !(pins.empty() && login.trust_first_use)) {
    return Error{ErrorKind::Denied, "HostIdentityChanged", login.name + " shows another host key"};
  }
  if (!opens(login.private_key, host.authorized_key)) {
    return Error{ErrorKind::Denied, "HostLoginRefused", login.name + " refuses the key"};
  }
  return {};
}

bool FakeHosts::opens(const Secret& private_key, const HostKeyLine& public_key) {
  return opened_.with([&](auto& opened) {
    const auto [entry, is_new] = opened.try_emplace({std::string(private_key.reveal()), public_key});
    if (is_new) entry->second = belong_together(private_key, public_key);
    return entry->second;
  });
}

HostShell::Answer FakeHosts::perform(const InstanceId& id, const std::string& name, const Command& command) {
  const std::string word{command_name(command)};
  const HostKeyLine key = on(id, [](const FakeHost& host) { return host.host_key; });
  const bool looks = word == "vpcp-look" || word == "vpcp-probe" || word == "vpcp-path";
  if (looks) return {look_or_probe(id, word, command), key};
  std::string effect = "host: " + name + ": " + word;
  for (const std::string& argument : command_arguments(command)) {
    if (argument.size() < 64) effect += " " + argument;  // Not scripts and digests.
  }
  return {effects_.around(effect,
                          [&] {
                            return on(id, [&](FakeHost& host) {
                              return CommandRun(host, command, clock_.now()).run();
                            });
                          }),
          key};
}

CommandOutput FakeHosts::look_or_probe(const InstanceId& id, const std::string& word,
                                       const Command& command) {
  const auto arguments = command_arguments(command);
  return hosts_.with([&](Hosts& hosts) {
    return cloud_.read([&](const CloudWorld& world) {
      const FakeNetwork network(hosts, world, clock_.now());
      FakeHost& host = hosts.at(id);
      if (word == "vpcp-probe" && probes_fail) return failed("it is busy");
      if (word == "vpcp-probe") return succeeded(probe(network, id, arguments));
      if (word == "vpcp-path") return succeeded(cross_path(network, id, host, path_mtu, arguments));
      for (std::size_t i = 0; host.tunnel && i < host.tunnel->peers.size(); ++i) {
        FakePeer& peer = host.tunnel->peers[i];
        if (network.session(host, peer)) host.shake_hands(peer, clock_.now());
      }
      return succeeded(host_report(host, clock_.now(), arguments[0] == "gateway"));
    });
  });
}

void FakeHosts::appear_and_vanish(Hosts& hosts) {
  const SystemTime now = clock_.now();
  cloud_.read([&](const CloudWorld& world) {
    std::erase_if(hosts, [&](const auto& entry) { return !world.machines.contains(entry.first); });
    for (const auto& [id, machine] : world.machines) {
      const auto known = hosts.find(id);
      FakeHost& host = known != hosts.end() ? known->second : (hosts[id] = installed(world, machine));
      follow_machine(host, world, machine, now);
      let_time_pass(host, now);
    }
  });
}

}  // namespace vpcp::testing
