#pragma once
#include "vpcp/api/vpc_peering.h"

namespace vpcp::testing {

inline const ObjectKey kReferenceKey{"network", "ams-blr"};

/// The scenario that every test, demo and page starts from: two sites, one server each, the second one
/// without a public address.
inline PeeringSpec reference_spec() {
  PeeringSpec spec;
  SiteSpec ams;
  ams.name = "amsterdam";
  ams.region = "ams";
  ams.vpc = {std::nullopt, Cidr::parse("172.16.1.0/24"), "VPC-A"};
  ams.gateway.label = "Gateway-A";
  ServerSpec app;
  app.name = "app-server";
  app.create = CreateServer{};
  app.create->label = "App-Server";
  ams.servers = {app};
  SiteSpec blr;
  blr.name = "bangalore";
  blr.region = "blr";
  blr.vpc = {std::nullopt, Cidr::parse("172.16.2.0/24"), "VPC-B"};
  blr.gateway.label = "Gateway-B";
  ServerSpec db;
  db.name = "db-server";
  db.create = CreateServer{};
  db.create->label = "DB-Server";
  db.create->public_address = PublicAddress::None;
  blr.servers = {db};
  spec.sites = {ams, blr};
  return spec;
}

}  // namespace vpcp::testing
