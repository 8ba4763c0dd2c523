#include "domain/plan/forecast.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/host/read_files.h"
#include "domain/plan/interruption.h"
#include "domain/specs.h"

namespace vpcp::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const SystemTime kNow = from_rfc3339("2026-11-22T21:50:00Z");

VpcPeering declared(const PeeringSpec& spec) {
  VpcPeering peering;
  peering.meta.ns = "network";
  peering.meta.name = "ams-blr";
  peering.meta.uid = "11111111-2222-4333-8444-555555555555";
  peering.spec = spec;
  return peering;
}

std::vector<std::string> summaries(const Forecast& forecast) {
  std::vector<std::string> out;
  for (const Step& step : forecast.cloud) out.push_back(step.lane + ": " + step.summary);
  return out;
}

class ForecastTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { init_crypto(); }
  Forecast ahead(const VpcPeering& peering, const CloudSnapshot& cloud) {
    extend_record(record, peering.spec, kNow);
    prepare_record(record, lay_out(peering, record, cloud), kNow);
    return forecast(peering, {record, keyed, cloud, {}}, kNow);
  }
  std::set<SitePair> keyed;
  PeeringRecord record;
};

TEST_F(ForecastTest, GoesOnUntilEverythingIsThere) {
  const Forecast all = ahead(declared(specs::ams_blr()), {});
  EXPECT_THAT(all.new_hosts, ::testing::UnorderedElementsAre("amsterdam/gateway-0", "amsterdam/app-server",
                                                             "bangalore/gateway-0", "bangalore/db-server"));
  const auto steps = summaries(all);
  EXPECT_THAT(steps, ::testing::Contains("amsterdam: Create VPC 172.16.1.0/24 in ams"));
  EXPECT_THAT(steps, ::testing::Contains(HasSubstr("bangalore/db-server: Create db-server")));
  EXPECT_EQ(std::ranges::count_if(all.cloud, [](const Step& s) { return !pending_key(s).empty(); }),
            2 + 4 + 3)
      << "VPCs, instances, firewall groups";
  for (const LaidSite& site : all.after.sites) EXPECT_TRUE(site.next_hop().has_value());
  EXPECT_THAT(all.blocked, IsEmpty());
}

TEST_F(ForecastTest, NamesWhatTheAddressesStandFor) {
  const Forecast all = ahead(declared(specs::ams_blr()), {});
  std::vector<std::string> names;
  for (const auto& [text, name] : all.stand_ins) names.push_back(name);
  EXPECT_THAT(names, ::testing::IsSupersetOf({"(public address of amsterdam/gateway-0)",
                                              "(VPC address of bangalore/db-server)",
                                              "(public key of bangalore/gateway-0)"}));
}

/// The key that a plan holds is thrown away with it; its fingerprint would be found nowhere.
TEST_F(ForecastTest, SaysThatAKeyIsNewOnlyWhereItIs) {
  ahead(declared(specs::ams_blr()), {});
  const auto& [edge, key] = *record.preshared_keys.begin();
  const std::string shown = without_keys("PresharedKey = " + std::string(key.reveal()));
  const std::string fingerprint = shown.substr(shown.find('('));
  EXPECT_THAT(ahead(declared(specs::ams_blr()), {}).stand_ins,
              ::testing::Contains(::testing::Pair(fingerprint, "(a new key)")));
  keyed = {edge};
  EXPECT_THAT(ahead(declared(specs::ams_blr()), {}).stand_ins,
              Not(::testing::Contains(::testing::Key(fingerprint))));
}

TEST_F(ForecastTest, StopsWhereNothingMayBeTouched) {
  PeeringSpec spec = specs::ams_blr();
  spec.sites[0].vpc = {VpcId{"v1"}, std::nullopt, ""};
  CloudSnapshot cloud;
  cloud.vpcs = {{{"v1"}, "fra", "theirs", *Cidr::parse("172.16.1.0/24"), kNow, false}};
  const Forecast none = ahead(declared(spec), cloud);
  EXPECT_TRUE(none.unsafe);
  EXPECT_THAT(none.cloud, IsEmpty());
  EXPECT_THAT(none.blocked, ElementsAre(::testing::Field(&LaneBlock::reason, "VpcInOtherRegion")));
}

TEST(Interruptions, AreThoseThatWereMeasured) {
  const auto told = [](DriftKind kind, Action action, std::string why, std::string lane) {
    const auto found = interruption_of({std::move(lane), kind, std::move(action), std::move(why), "", false});
    return found ? found->what + ": " + found->how_long : std::string("none");
  };
  const std::string gateway = "amsterdam/gateway-0";
  EXPECT_EQ(told(DriftKind::PeersChanged, HostChange{}, "peer bangalore/gateway-0 is missing", gateway),
            "none");
  EXPECT_EQ(told(DriftKind::PeersChanged, HostChange{}, "the listen port is 1234", gateway),
            "traffic between amsterdam and the other sites: one round trip, about 0.2 s");
  EXPECT_EQ(told(DriftKind::ServerRouteMissing, HostChange{}, "", "amsterdam/app-server"), "none");
  EXPECT_EQ(told(DriftKind::NetplanChanged, HostChange{}, "", "amsterdam/app-server"), "none");
  EXPECT_EQ(told(DriftKind::InstanceMissing, CreateInstance{}, "", gateway), "none");
  EXPECT_EQ(told(DriftKind::InstanceDetached, DeleteInstance{}, "", gateway),
            "traffic between amsterdam and the other sites: until its replacement is set up, some minutes");
  EXPECT_EQ(told(DriftKind::RebootRequired, HostChange{}, "", "amsterdam/app-server"),
            "all traffic of amsterdam/app-server: while it reboots, up to a minute");
}

TEST(ReadFiles, ShowNoKeyWhereverItStands) {
  const std::string key = base64_encode(std::string(32, 'k'));
  const std::string text = "[Interface]\nprivatekey=" + key + "\n# old: " + key + "\nPostUp = echo " + key +
                           " | wg set\n[Peer]\nPublicKey = " + key + "\nMTU = 1420\n";
  const std::string shown = without_keys(text);
  EXPECT_EQ(shown.find(key), shown.find("PublicKey = ") + 12);
  EXPECT_EQ(shown.rfind(key), shown.find(key));
  EXPECT_THAT(shown, HasSubstr("privatekey=(key "));
  EXPECT_THAT(shown, HasSubstr("MTU = 1420\n"));
}

TEST(ReadFiles, AreParsedByPath) {
  const auto files = parse_read_files("/etc/a " + base64_encode("one\ntwo\n") + "\n/etc/b " +
                                      base64_encode("") + "\nnonsense\n/etc/c ???\n");
  EXPECT_EQ(files, (std::map<std::string, std::string>{{"/etc/a", "one\ntwo\n"}, {"/etc/b", ""}}));
}

}  // namespace
}  // namespace vpcp::testing
