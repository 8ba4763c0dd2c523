#include "domain/record.h"

#include <gtest/gtest.h>

#include "domain/specs.h"

namespace vpcp {
namespace {

PeeringRecord full_record() {
  PeeringRecord record;
  extend_record(record, specs::ams_blr(), from_rfc3339("2026-01-01T00:00:00Z"));
  record.generation = 3;
  record.mark = "0f6a";
  record.sites["amsterdam"] = {"ams", *Cidr::parse("172.16.1.0/24"), {"vpc-1"}, true, true};
  record.gateways.at({"amsterdam", 0}).whereabouts = "192.0.2.10 none";
  HostRecord& host = record.hosts["amsterdam/gateway-0"];
  host.instance.value = "i-1";
  host.bootstrap_host_key = Secret::copy_of("private");
  host.pinned = {"ssh-ed25519 AAAA", "ssh-ed25519 BBBB"};
  host.rotated = true;
  record.hosts["amsterdam/web"].access = SshAccess{"root", 2222, {"web-ssh", "id"}, "ssh-ed25519 CCCC"};
  record.path_limits[{"amsterdam", "bangalore"}] = {1328, "i-1 i-2"};
  record.firewall_groups["amsterdam/gateway-0"].value = "g-1";
  record.pending["instance/bangalore/gateway-0"] = {from_rfc3339("2026-01-02T03:04:05Z"), "i-2"};
  return record;
}

TEST(PeeringRecord, ComesBackFromItsSecretAsItWas) {
  init_crypto();
  const PeeringRecord before = full_record();
  const Result<PeeringRecord> read = from_secret_data(to_secret_data(before));
  ASSERT_TRUE(read.ok()) << read.error().message;
  const PeeringRecord& after = *read;
  EXPECT_EQ(to_secret_data(after), to_secret_data(before));
  EXPECT_EQ(after.gateways.at({"amsterdam", 0}).keys.public_key,
            before.gateways.at({"amsterdam", 0}).keys.public_key);
  EXPECT_EQ(after.gateways.at({"amsterdam", 0}).key_made, from_rfc3339("2026-01-01T00:00:00Z"));
  EXPECT_EQ(after.gateways.at({"amsterdam", 0}).whereabouts, "192.0.2.10 none");
  EXPECT_EQ(after.mark, "0f6a");
  EXPECT_EQ(after.hosts.at("amsterdam/web").access, before.hosts.at("amsterdam/web").access);
  EXPECT_EQ(after.hosts.at("amsterdam/gateway-0").pinned.size(), 2U);
  EXPECT_EQ(after.path_limits.at({"amsterdam", "bangalore"}).mtu, 1328);
  EXPECT_EQ(after.path_limits.at({"amsterdam", "bangalore"}).ends, "i-1 i-2");
  EXPECT_EQ(after.pending.at("instance/bangalore/gateway-0").since, from_rfc3339("2026-01-02T03:04:05Z"));
}

TEST(PeeringRecord, KeepsNoSecretInItsPlainPart) {
  init_crypto();
  const PeeringRecord record = full_record();
  const auto data = to_secret_data(record);
  const std::string plain(data.at("record.json").reveal());
  for (const auto& [ref, gateway] : record.gateways)
    EXPECT_EQ(plain.find(gateway.keys.private_key.reveal()), std::string::npos);
  for (const auto& [edge, key] : record.preshared_keys)
    EXPECT_EQ(plain.find(key.reveal()), std::string::npos);
}

TEST(PeeringRecord, DamageIsRefusedAndNamed) {
  init_crypto();
  auto data = to_secret_data(full_record());
  data["gateway.amsterdam.0.key"] = Secret::copy_of("nonsense");
  EXPECT_EQ(from_secret_data(data).error().reason, "RecordDamaged");
  data.erase("gateway.amsterdam.0.key");
  EXPECT_NE(from_secret_data(data).error().message.find("gateway.amsterdam.0.key"), std::string::npos);
  data["record.json"] = Secret::copy_of("{\"version\":1");
  EXPECT_EQ(from_secret_data(data).error().reason, "RecordDamaged");
}

TEST(PeeringRecord, ANumberThatDoesNotFitIsDamageToo) {
  init_crypto();
  const auto whole = to_secret_data(full_record());
  const auto with = [&](const std::string& from, const std::string& to) {
    auto data = whole;
    std::string plain(data.at("record.json").reveal());
    const auto at = plain.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    data["record.json"] = Secret::copy_of(plain.replace(at, from.size(), to));
    return from_secret_data(data);
  };
  EXPECT_TRUE(with("\"index\": 0", "\"index\": 0").ok());
  for (const char* index : {"2.2e21", "0.5", "true", "4294967296", "18446744073709551615"}) {
    const auto read = with("\"index\": 0", std::string("\"index\": ") + index);
    ASSERT_FALSE(read.ok()) << index;
    EXPECT_EQ(read.error().reason, "RecordDamaged");
    EXPECT_NE(read.error().message.find("index"), std::string::npos) << read.error().message;
  }
  EXPECT_EQ(with("\"port\": 2222", "\"port\": 65536").error().reason, "RecordDamaged");
  EXPECT_EQ(with("\"generation\": 3", "\"generation\": 3e30").error().reason, "RecordDamaged");
}

TEST(ExtendRecord, GivesKeysAndAddressesOnceAndKeepsThem) {
  init_crypto();
  PeeringRecord record;
  PeeringSpec spec = specs::ams_blr();
  EXPECT_TRUE(extend_record(record, spec, SystemTime{}));
  EXPECT_EQ(record.gateways.at({"amsterdam", 0}).tunnel_address.str(), "10.10.0.1");
  EXPECT_EQ(record.gateways.at({"bangalore", 0}).tunnel_address.str(), "10.10.0.2");
  const std::string key = record.gateways.at({"bangalore", 0}).keys.public_key;
  EXPECT_FALSE(extend_record(record, spec, SystemTime{}));

  spec.sites.erase(spec.sites.begin());  // Amsterdam leaves: Bangalore keeps what it has
  spec.sites.push_back(specs::site("frankfurt", "fra", "172.16.3.0/24"));
  EXPECT_TRUE(extend_record(record, spec, SystemTime{}));
  EXPECT_EQ(record.gateways.at({"bangalore", 0}).tunnel_address.str(), "10.10.0.2");
  EXPECT_EQ(record.gateways.at({"bangalore", 0}).keys.public_key, key);
  EXPECT_EQ(record.gateways.at({"frankfurt", 0}).tunnel_address.str(), "10.10.0.1");
  EXPECT_FALSE(record.gateways.contains({"amsterdam", 0}));
}

TEST(NoteGeneration, AChangedSpecIsNoDrift) {
  PeeringRecord record = full_record();
  EXPECT_FALSE(note_generation(record, 3));
  EXPECT_TRUE(record.sites["amsterdam"].in_place);
  EXPECT_TRUE(note_generation(record, 4));
  EXPECT_FALSE(record.sites["amsterdam"].in_place);
}

}  // namespace
}  // namespace vpcp
