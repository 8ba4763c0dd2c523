#include "lab/memory_backend.h"

#include <algorithm>

namespace vpcp::lab {

template <class F>
Status MemoryBackend::change(const std::string& instance_id, F&& f) {
  state_.with([&](State& state) {
    const auto host = state.hosts.find(instance_id);
    if (host != state.hosts.end()) f(host->second);
  });
  return {};
}

Status MemoryBackend::create_vpc(const VpcSpec& vpc) {
  state_.with([&](State& state) { state.vpcs[vpc.id] = vpc; });
  return {};
}

Status MemoryBackend::delete_vpc(const std::string& vpc_id) {
  state_.with([&](State& state) { state.vpcs.erase(vpc_id); });
  return {};
}

Status MemoryBackend::create(const HostSpec& spec) {
  state_.with([&](State& state) { state.hosts[spec.instance_id] = Host{spec}; });
  return {};
}

Status MemoryBackend::power_on(const std::string& instance_id) {
  return change(instance_id, [](Host& host) { host.on = true; });
}

Status MemoryBackend::power_off(const std::string& instance_id) {
  return change(instance_id, [](Host& host) { host.on = false; });
}

Status MemoryBackend::reboot(const std::string& instance_id) {
  return power_on(instance_id);
}

Status MemoryBackend::reinstall(const HostSpec& spec) {
  return change(spec.instance_id, [&](Host& host) { host = Host{spec}; });
}

Status MemoryBackend::destroy(const std::string& instance_id) {
  state_.with([&](State& state) { state.hosts.erase(instance_id); });
  return {};
}

Status MemoryBackend::attach_vpc(const std::string& instance_id, const VpcNic& nic) {
  return change(instance_id, [&](Host& host) {
    host.spec.vpc_nics.push_back(nic);
    host.on = true;
  });
}

Status MemoryBackend::detach_vpc(const std::string& instance_id, const std::string& vpc_id) {
  return change(instance_id, [&](Host& host) {
    std::erase_if(host.spec.vpc_nics, [&](const VpcNic& nic) { return nic.vpc_id == vpc_id; });
  });
}

Status MemoryBackend::set_firewall(const std::string& instance_id, const Inbound& inbound) {
  return change(instance_id, [&](Host& host) { host.spec.inbound = inbound; });
}

Status MemoryBackend::set_user_data(const std::string& instance_id, const std::string& user_data) {
  return change(instance_id, [&](Host& host) { host.spec.user_data = user_data; });
}

Status MemoryBackend::set_link(const Link& link) {
  state_.with([&](State& state) { state.links[std::minmax(link.region_a, link.region_b)] = link; });
  return {};
}

HostState MemoryBackend::state(const std::string& instance_id) const {
  return state_.with([&](const State& state) {
    const auto host = state.hosts.find(instance_id);
    if (host == state.hosts.end()) return HostState::Absent;
    return host->second.on ? HostState::Running : HostState::Stopped;
  });
}

std::string MemoryBackend::failure(const std::string& /*instance_id*/) const {
  return {};
}

std::optional<HostSpec> MemoryBackend::host(const std::string& instance_id) const {
  return state_.with([&](const State& state) -> std::optional<HostSpec> {
    const auto host = state.hosts.find(instance_id);
    if (host == state.hosts.end()) return std::nullopt;
    return host->second.spec;
  });
}

std::vector<std::string> MemoryBackend::vpcs() const {
  return state_.with([](const State& state) {
    std::vector<std::string> ids;
    for (const auto& [id, vpc] : state.vpcs) ids.push_back(id);
    return ids;
  });
}

std::size_t MemoryBackend::host_count() const {
  return state_.with([](const State& state) { return state.hosts.size(); });
}

std::optional<Link> MemoryBackend::link(const std::string& region_a, const std::string& region_b) const {
  return state_.with([&](const State& state) -> std::optional<Link> {
    const auto link = state.links.find(std::minmax(region_a, region_b));
    if (link == state.links.end()) return std::nullopt;
    return link->second;
  });
}

}  // namespace vpcp::lab
