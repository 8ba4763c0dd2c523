#include "vpcp/api/write.h"

#include <gtest/gtest.h>

#include "vpcp/api/read.h"

namespace vpcp {
namespace {

const SystemTime kTime = from_rfc3339("2026-11-22T21:50:00Z");

PeeringStatus full_status() {
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
                  {"bangalore", {""}, {}, {0, 0}}};
  status.edges = {{"amsterdam", "bangalore", EdgeHealth::Degraded, "firewall: udp", "Lossy", kTime, kTime,
                   144.25, 0.5, 18446744073709551615ULL, 7},
                  {"a", "b", EdgeHealth::Unknown, "", "", SystemTime{}, {}, {}, {}, 0, 0}};
  status.unhealthy_servers = {
      {"bangalore", "db-server", "Unreachable", "no answer: \"timeout\"\nsecond line"}};
  status.drift = {{"RouteMissing", "bangalore/db-server", "172.16.1.0/24", kTime, kTime},
                  {"Peer", "amsterdam/gateway-0", "", kTime, {}}};
  status.plan = {{"amsterdam", "create VPC", "there is none"}};
  status.monthly_cost_usd = 72.5;
  return status;
}

PeeringSpec full_spec() {
  PeeringSpec spec;
  spec.credentials_secret = "vultr";
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
  spec.ssh_sources = {*Cidr::parse("203.0.113.0/24")};
  return spec;
}

TEST(WriteStatus, JsonReadsBackAsTheSame) {
  const auto back = read_status_json(status_to_json(full_status()));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, full_status());
}

TEST(WriteStatus, YamlReadsBackAsTheSame) {
  VpcPeering object;
  object.meta = {"network", "ams-blr", "u-1", 3, "", {}, kTime};
  object.status = full_status();
  const auto back = read_status_yaml(status_to_yaml(object));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(*back, full_status());
}

TEST(WriteStatus, YamlIsForPeople) {
  VpcPeering object;
  object.meta = {"network", "ams-blr", "u-1", 3, "", {}, {}};
  object.status.observed_generation = 3;
  object.status.conditions = {
      {"Ready", ConditionStatus::True, "AllVerified", "every edge carries traffic", 3, kTime}};
  object.status.sites = {{"amsterdam", {"vpc-1"}, {}, {2, 2}}};
  EXPECT_EQ(status_to_yaml(object), R"(apiVersion: vpcpeering.dev/v1alpha1
kind: VPCPeering
metadata:
  name: ams-blr
  namespace: network
  generation: 3
  uid: u-1
status:
  observedGeneration: 3
  conditions:
    - type: Ready
      status: "True"
      reason: AllVerified
      message: every edge carries traffic
      observedGeneration: 3
      lastTransitionTime: 2026-11-22T21:50:00Z
  sites:
    - name: amsterdam
      vpcID: vpc-1
      servers: {total: 2, routed: 2}
)");
}

TEST(WriteStatus, BytesThatAreNoTextDoNoHarm) {
  VpcPeering object;
  object.status.unhealthy_servers = {{"a", "b", "R", "\xff\xfe broken \x01"}};
  EXPECT_TRUE(read_status_json(status_to_json(object.status)).ok());
  EXPECT_TRUE(read_status_yaml(status_to_yaml(object)).ok());
}

TEST(WriteSpec, JsonReadsBackAsTheSame) {
  const auto back = read_spec_json(spec_to_json(full_spec()));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(*back, full_spec());
}

TEST(WritePeering, ReadsBackAsTheSame) {
  VpcPeering object;
  object.meta = {"network", "ams-blr", "u-1", 3, "17", {kFinalizer}, kTime};
  object.spec = full_spec();
  const ReadPeering back = read_peering_json(peering_to_json(object));
  EXPECT_TRUE(back.errors.empty()) << to_string(back.errors);
  EXPECT_EQ(back.object, object);
}

}  // namespace
}  // namespace vpcp
