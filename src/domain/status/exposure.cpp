#include "domain/status/exposure.h"

namespace vpcp {
namespace {

bool is_private(const LaidHost& host) {
  return host.origin == HostOrigin::Created && host.create.public_address == PublicAddress::None;
}

Exposure exposure_of(const LaidHost& host, const Instance& instance) {
  if (instance.vpc_only) return Exposure::VpcOnly;
  if (instance.public_ip) return Exposure::PublicIPv4;
  const bool closed = host.group && host.group->rules.empty() && instance.firewall_group == host.group->id;
  return closed ? Exposure::FirewalledIPv6 : Exposure::OpenIPv6;
}

}  // namespace

std::vector<PrivateServer> private_servers(const LaidSite& site) {
  std::vector<PrivateServer> out;
  for (const LaidHost& host : site.servers) {
    if (is_private(host) && host.instance && host.instance->state == InstanceState::Active)
      out.push_back({host.name, exposure_of(host, *host.instance)});
  }
  return out;
}

}  // namespace vpcp
