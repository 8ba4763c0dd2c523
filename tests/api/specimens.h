#pragma once
#include <gtest/gtest.h>

#include "vpcp/api/read.h"
#include "vpcp/api/vpc_peering.h"

/// Objects in which every field is written somewhere, and one in which as few as possible are.
namespace vpcp::testing::specimens {

inline const SystemTime kTime = from_rfc3339("2026-11-22T21:50:00Z");

inline PeeringStatus full_status() {
  PeeringStatus status;
  status.observed_generation = 3;
  status.conditions = {
      {"Ready", ConditionStatus::True, "AllVerified", "every edge carries traffic", 3, kTime},
      {"Accepted", ConditionStatus::False, "Invalid", "true", 2, kTime}};
  status.sites = {{"amsterdam",
                   {"vpc-1"},
                   {{{"i-1"},
                     Ipv4::parse("192.0.2.1"),
                     Ipv4::parse("172.16.1.3"),
                     Ipv4::parse("10.10.0.1"),
                     "key=",
                     "ssh-ed25519 AAAA"}},
                   {2, 1}},
                  {"bangalore",
                   {""},
                   {},
                   {0, 0},
                   {{"cache", Exposure::VpcOnly},
                    {"db-server", Exposure::FirewalledIPv6},
                    {"erp", Exposure::OpenIPv6},
                    {"old", Exposure::PublicIPv4}}}};
  status.edges = {
      {"amsterdam", "bangalore", EdgeHealth::Degraded, "firewall: udp", "Lossy", "bangalore", kTime, kTime,
       144.25, 0.75, 0.5, 1420, EdgeAvailability{kTime - hours{2}, kTime, {{kTime - hours{1}, 1500, 60'000}}},
       18446744073709551615ULL, 7},
      {.from = "a", .to = "b"}};
  status.unhealthy_servers = {
      {"bangalore", "db-server", "Unreachable", "no answer: \"timeout\"\nsecond line"}};
  status.more_drift = 30;
  status.drift = {{"RouteMissing", "bangalore/db-server", "172.16.1.0/24", kTime, kTime, "a route", "why",
                   milliseconds{640}},
                  {"Peer", "amsterdam/gateway-0", "", kTime, {}}};
  status.plan = {{"amsterdam", "create VPC", "there is none"}};
  status.monthly_cost_usd = 72.5;
  status.mark = "0f6a";
  status.last_handled_reconcile_at = "2026-11-22T21:50:00Z";
  return status;
}

inline PeeringSpec full_spec() {
  PeeringSpec spec;
  spec.credentials_secret = "vultr";
  spec.restore_secret = "backup";
  spec.suspend = true;
  spec.mode = Mode::Plan;
  spec.deletion_policy = DeletionPolicy::Retain;
  spec.tunnel = {*Cidr::parse("10.9.0.0/28"), 4500, seconds{90}, 1400, false};
  spec.topology = {TopologyType::Custom, {}, {{"a", "b"}, {"b", "c"}}};
  const SshAccess ssh{"admin", 2222, {"web-ssh", "id"}, "ssh-ed25519 AAAA"};
  spec.sites = {{"a",
                 "ams",
                 {VpcId{"v-1"}, Cidr::parse("172.16.1.0/24"), ""},
                 {"Gateway A", "p-1", "Debian 12", 1},
                 {{"legacy", {}, InstanceId{"i-1"}, ssh}},
                 ServerSelector{"peered", ssh}},
                {"b",
                 "blr",
                 {{}, Cidr::parse("172.16.2.0/24"), "VPC-B"},
                 {"B"},
                 {{"db", CreateServer{"DB", "p-2", "Ubuntu", PublicAddress::None}, {}, {}}},
                 {}}};
  spec.repair_policy = RepairPolicy::Warn;
  spec.verification_interval = minutes{2};
  spec.max_loss_percent = 5;
  spec.max_rtt_millis = 250;
  spec.verification_edges = {{{"b", "a"}, 2, {}}, {{"b", "c"}, {}, 900}};
  spec.ssh_sources = {*Cidr::parse("203.0.113.0/24")};
  return spec;
}

inline PeeringSpec hub_spec() {
  PeeringSpec spec = full_spec();
  spec.topology = {TopologyType::HubAndSpoke, "a", {}};
  spec.sites[0].vpc.description = "VPC-A";
  return spec;
}

/// As the reader fills it in.
inline PeeringSpec least_spec() {
  const auto spec = read_spec_json(R"({"sites": [
      {"name": "a", "region": "ams", "vpc": {"cidr": "172.16.1.0/24"}, "servers": [
          {"name": "made", "create": {}},
          {"name": "old", "instanceID": "i-1", "ssh": {"privateKeyRef": {"name": "s", "key": "k"}}}]},
      {"name": "b", "region": "blr", "vpc": {"id": "v-1"},
       "serverSelector": {"tag": "t", "ssh": {"privateKeyRef": {"name": "s", "key": "k"}}}}]})");
  EXPECT_TRUE(spec.ok()) << spec.error().message;
  return *spec;
}

}  // namespace vpcp::testing::specimens
