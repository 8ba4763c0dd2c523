#pragma once
#include <string>

#include "vpcp/api/vpc_peering.h"

/// Specs that the tests of the domain start from.
namespace vpcp::specs {

inline SiteSpec site(const std::string& name, const std::string& region, const std::string& cidr) {
  SiteSpec spec;
  spec.name = name;
  spec.region = region;
  spec.vpc.cidr = Cidr::parse(cidr);
  spec.vpc.description = "VPC of " + name;
  spec.gateway.label = "Gateway-" + name;
  return spec;
}

inline ServerSpec created(const std::string& name, PublicAddress address = PublicAddress::IPv4) {
  ServerSpec spec;
  spec.name = name;
  spec.create = CreateServer{name, "vc2-1c-1gb", "Ubuntu 22.04 LTS x64", address};
  return spec;
}

/// The reference scenario: Amsterdam with app-server, Bangalore with db-server, which has no public address.
inline PeeringSpec ams_blr() {
  PeeringSpec spec;
  spec.sites = {site("amsterdam", "ams", "172.16.1.0/24"), site("bangalore", "blr", "172.16.2.0/24")};
  spec.sites[0].servers = {created("app-server")};
  spec.sites[1].servers = {created("db-server", PublicAddress::None)};
  return spec;
}

/// The same with a third site.
inline PeeringSpec three_sites() {
  PeeringSpec spec = ams_blr();
  spec.sites.push_back(site("frankfurt", "fra", "172.16.3.0/24"));
  return spec;
}

}  // namespace vpcp::specs
