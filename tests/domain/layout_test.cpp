#include "domain/desired/layout.h"

#include <gtest/gtest.h>

#include <functional>

#include "domain/cloud_samples.h"
#include "domain/plan/cloud_plan.h"

namespace vpcp {
namespace {

using namespace samples;

/// Who plays which part, one line each.
std::vector<std::string> lines(const Layout& layout) {
  std::vector<std::string> out;
  const auto add = [&](const std::string& part, const auto& resource) {
    out.push_back(part + ": " + (resource ? resource->id.value : "-"));
  };
  for (const LaidSite& site : layout.sites) {
    add(site.name, site.vpc);
    for (const Vpc& twin : site.vpc_twins) out.push_back(site.name + " twin: " + twin.id.value);
    for (const auto* hosts : {&site.gateways, &site.servers}) {
      for (const LaidHost& host : *hosts) {
        add(host.lane, host.instance);
        for (const Instance& twin : host.twins) out.push_back(host.lane + " twin: " + twin.id.value);
        if (host.needs_group()) add(host.lane + " group", host.group);
        for (const FirewallGroup& twin : host.group_twins)
          out.push_back(host.lane + " group twin: " + twin.id.value);
      }
    }
  }
  for (const LaidHost& host : layout.departed) add("departed " + host.lane, host.instance);
  for (const Instance& stray : layout.stray_instances) out.push_back("stray: " + stray.id.value);
  for (const FirewallGroup& stray : layout.stray_groups) out.push_back("stray: " + stray.id.value);
  for (const Vpc& stray : layout.stray_vpcs) out.push_back("stray: " + stray.id.value);
  for (const std::string& conflict : layout.conflicts) out.push_back("conflict: " + conflict);
  return out;
}

const std::vector<std::string> kInPlace{"amsterdam: vpc-a",
                                        "amsterdam/gateway-0: gw-a",
                                        "amsterdam/gateway-0 group: fw-a",
                                        "amsterdam/app-server: app",
                                        "bangalore: vpc-b",
                                        "bangalore/gateway-0: gw-b",
                                        "bangalore/gateway-0 group: fw-b",
                                        "bangalore/db-server: db",
                                        "bangalore/db-server group: fw-db"};

std::vector<std::string> in_place_and(const std::vector<std::string>& more) {
  std::vector<std::string> out = kInPlace;
  out.insert(out.end(), more.begin(), more.end());
  return out;
}
/// kInPlace with `more` after the line `after`.
std::vector<std::string> with(const std::string& after, const std::string& more) {
  std::vector<std::string> out = kInPlace;
  out.insert(std::find(out.begin(), out.end(), after) + 1, more);
  return out;
}

ServerSpec existing(const std::string& name, const std::string& id) {
  ServerSpec server;
  server.name = name;
  server.instance_id = InstanceId{id};
  server.ssh = SshAccess{};
  return server;
}

struct World {
  PeeringSpec spec = specs::ams_blr();
  PeeringRecord record;
  CloudSnapshot cloud = samples::cloud();
};

struct Row {
  const char* name;
  std::function<void(World&)> edit;
  std::vector<std::string> laid;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class LayOut : public ::testing::TestWithParam<Row> {};

TEST_P(LayOut, Finds) {
  World world;
  GetParam().edit(world);
  EXPECT_EQ(
      lines(lay_out(peering(world.spec), world.record, std::make_shared<const CloudSnapshot>(world.cloud))),
      GetParam().laid);
}

const std::vector<Row> kOurs{
    {"EveryPartOfTheScenario", [](World&) {}, kInPlace},
    {"NothingInAnEmptyCloud",
     [](World& w) { w.cloud = {}; },
     {"amsterdam: -", "amsterdam/gateway-0: -", "amsterdam/gateway-0 group: -", "amsterdam/app-server: -",
      "bangalore: -", "bangalore/gateway-0: -", "bangalore/gateway-0 group: -", "bangalore/db-server: -",
      "bangalore/db-server group: -"}},
    {"TheOldestOfTwoVpcs",
     [](World& w) {
       w.cloud.vpcs.insert(w.cloud.vpcs.begin(), w.cloud.vpcs[0]);
       w.cloud.vpcs[0].id.value = "young";
       w.cloud.vpcs[0].created += seconds{1};
     },
     with("amsterdam: vpc-a", "amsterdam twin: young")},
    {"TheRecordedOfTwoVpcs",
     [](World& w) {
       w.cloud.vpcs.push_back(w.cloud.vpcs[0]);
       w.cloud.vpcs.back().id.value = "old";
       w.cloud.vpcs.back().created -= seconds{1};
       w.record.sites["amsterdam"] = {"ams", {}, {"vpc-a"}, true, true};
     },
     with("amsterdam: vpc-a", "amsterdam twin: old")},
    {"ARecordedVpcWithoutItsMark",
     [](World& w) {
       w.cloud.vpcs[0].description = "edited";
       w.record.sites["amsterdam"] = {"ams", {}, {"vpc-a"}, true, true};
     },
     kInPlace},
    {"NoVpcOfAnotherObject",
     [](World& w) { w.cloud.vpcs.push_back(vpc("other", "ams", "172.16.1.0/24", "VPC (vpcp-v/amsterdam)")); },
     kInPlace},
    {"NoVpcOfASiteWithALongerName",
     [](World& w) {
       w.cloud.vpcs.push_back(vpc("other", "ams", "172.16.9.0/24", "VPC (vpcp-u/amsterdam-2)"));
     },
     in_place_and({"stray: other"})},
    {"AnAdoptedVpcByItsId",
     [](World& w) {
       w.cloud.vpcs[0].description = "the user's";
       w.spec.sites[0].vpc = {VpcId{"vpc-a"}, {}, ""};
     },
     kInPlace},
    {"NoVpcThatWasAdoptedBefore",
     [](World& w) {
       w.cloud.vpcs[0].description = "the user's";
       w.record.sites["amsterdam"] = {"ams", {}, {"vpc-a"}, false, true};
       w.cloud.instances.clear();
       w.cloud.firewall_groups.clear();
     },
     {"amsterdam: -", "amsterdam/gateway-0: -", "amsterdam/gateway-0 group: -", "amsterdam/app-server: -",
      "bangalore: vpc-b", "bangalore/gateway-0: -", "bangalore/gateway-0 group: -", "bangalore/db-server: -",
      "bangalore/db-server group: -"}},
    {"TheOldestOfTwoGateways",
     [](World& w) {
       w.cloud.instances.push_back(w.cloud.instances[0]);
       w.cloud.instances.back().id.value = "young";
       w.cloud.instances.back().created += seconds{1};
     },
     with("amsterdam/gateway-0: gw-a", "amsterdam/gateway-0 twin: young")},
    {"TheRecordedOfTwoGateways",
     [](World& w) {
       w.cloud.instances.push_back(w.cloud.instances[0]);
       w.cloud.instances.back().id.value = "old";
       w.cloud.instances.back().created -= seconds{1};
       w.record.hosts["amsterdam/gateway-0"].instance.value = "gw-a";
     },
     with("amsterdam/gateway-0: gw-a", "amsterdam/gateway-0 twin: old")},
    {"ARecordedInstanceWithoutItsTags",
     [](World& w) {
       instance(w.cloud, "gw-a").tags = {"foreign"};
       w.record.hosts["amsterdam/gateway-0"].instance.value = "gw-a";
     },
     kInPlace},
    {"NoInstanceThatOnlyLacksTheOwner",
     [](World& w) {
       w.cloud.instances.push_back(foreign("x", "x", {"vpcp-site-amsterdam", "vpcp-part-gateway-0"}));
     },
     kInPlace},
    {"ARecordedGroupWithoutItsDescription",
     [](World& w) {
       w.cloud.firewall_groups[0].description = "edited";
       w.record.firewall_groups["amsterdam/gateway-0"].value = "fw-a";
     },
     kInPlace},
    {"TheOldestOfTwoGroups",
     [](World& w) {
       w.cloud.firewall_groups.push_back(w.cloud.firewall_groups[0]);
       w.cloud.firewall_groups.back().id.value = "young";
       w.cloud.firewall_groups.back().created += seconds{1};
     },
     with("amsterdam/gateway-0 group: fw-a", "amsterdam/gateway-0 group twin: young")},
};

const std::vector<Row> kServers{
    {"AServerThatExistsByItsId",
     [](World& w) {
       w.spec.sites[0].servers.push_back(existing("legacy", "x"));
       w.cloud.instances.push_back(foreign("x", "Legacy"));
     },
     with("amsterdam/app-server: app", "amsterdam/legacy: x")},
    {"NothingForAnIdThatIsWrong",
     [](World& w) { w.spec.sites[0].servers.push_back(existing("legacy", "x")); },
     with("amsterdam/app-server: app", "amsterdam/legacy: -")},
    {"NoServerOfTheUsersForAPartThatWeCreate",
     [](World& w) {
       drop(w.cloud.instances, "app");
       w.cloud.instances.push_back(foreign("x", "app-server"));
       w.record.hosts["amsterdam/app-server"].instance.value = "x";
       w.record.hosts["amsterdam/app-server"].access = SshAccess{};
     },
     [] {
       std::vector<std::string> out = in_place_and({"departed amsterdam/app-server: x"});
       std::replace(out.begin(), out.end(), std::string("amsterdam/app-server: app"),
                    std::string("amsterdam/app-server: -"));
       return out;
     }()},
    {"ServersByTheirTag",
     [](World& w) {
       w.spec.sites[0].server_selector = ServerSelector{"peered", {}};
       w.cloud.instances.push_back(foreign("x", "Web Server #1", {"peered"}));
     },
     with("amsterdam/app-server: app", "amsterdam/web-server-1: x")},
    {"NoTaggedServerOfAnotherVpc",
     [](World& w) {
       w.spec.sites[1].server_selector = ServerSelector{"peered", {}};
       w.cloud.instances.push_back(foreign("x", "web", {"peered"}));
     },
     kInPlace},
    {"OurOwnServersOnceThoughTheyCarryTheTag",
     [](World& w) {
       w.spec.sites[0].server_selector = ServerSelector{"peered", {}};
       instance(w.cloud, "app").tags.push_back("peered");
     },
     kInPlace},
    {"OurOwnServersOnceThoughOurTagWasRemoved",
     [](World& w) {
       w.spec.sites[0].server_selector = ServerSelector{"peered", {}};
       instance(w.cloud, "app").tags = {"peered"};
       w.record.hosts["amsterdam/app-server"].instance.value = "app";
     },
     kInPlace},
    {"AServerThatIsSelectedTwice",
     [](World& w) {
       w.spec.sites[0].servers.push_back(existing("legacy", "x"));
       w.spec.sites[0].server_selector = ServerSelector{"peered", {}};
       w.cloud.instances.push_back(foreign("x", "Legacy", {"peered"}));
     },
     [] {
       auto out = with("amsterdam/app-server: app", "amsterdam/legacy: x");
       out.push_back(
           "conflict: Legacy (x) is selected by the instanceID of amsterdam/legacy and by the "
           "serverSelector.tag peered of amsterdam");
       return out;
     }()},
};

const std::vector<Row> kLeft{
    {"WhatLeftTheSpec",
     [](World& w) { w.spec.sites[1].servers.clear(); },
     {"amsterdam: vpc-a", "amsterdam/gateway-0: gw-a", "amsterdam/gateway-0 group: fw-a",
      "amsterdam/app-server: app", "bangalore: vpc-b", "bangalore/gateway-0: gw-b",
      "bangalore/gateway-0 group: fw-b", "stray: db", "stray: fw-db"}},
    {"WhatLeftTheSpecThoughItsMarksWereRemoved",
     [](World& w) {
       w.spec.sites.pop_back();
       w.record.sites["bangalore"] = {"blr", {}, {"vpc-b"}, true, true};
       w.record.hosts["bangalore/gateway-0"].instance.value = "gw-b";
       w.record.firewall_groups["bangalore/gateway-0"].value = "fw-b";
       w.cloud.vpcs[1].description = "edited";
       instance(w.cloud, "gw-b").tags.clear();
       w.cloud.firewall_groups[1].description = "edited";
     },
     {"amsterdam: vpc-a", "amsterdam/gateway-0: gw-a", "amsterdam/gateway-0 group: fw-a",
      "amsterdam/app-server: app", "stray: gw-b", "stray: db", "stray: fw-b", "stray: fw-db",
      "stray: vpc-b"}},
    {"NoAdoptedVpcAmongTheStrays",
     [](World& w) {
       w.cloud.vpcs.push_back(vpc("users", "fra", "172.16.3.0/24", "the user's"));
       w.record.sites["frankfurt"] = {"fra", {}, {"users"}, false, true};
     },
     kInPlace},
    {"AServerThatIsNoLongerSelected",
     [](World& w) {
       w.cloud.instances.push_back(foreign("x", "web"));
       w.record.hosts["amsterdam/web"].instance.value = "x";
       w.record.hosts["amsterdam/web"].access = SshAccess{};
     },
     in_place_and({"departed amsterdam/web: x"})},
    {"AServerThatIsNoLongerSelectedAndGone",
     [](World& w) {
       w.record.hosts["amsterdam/web"].instance.value = "x";
       w.record.hosts["amsterdam/web"].access = SshAccess{};
     },
     in_place_and({"departed amsterdam/web: -"})},
    {"NoDepartureInAnotherName",
     [](World& w) {
       w.spec.sites[0].servers.push_back(existing("renamed", "x"));
       w.cloud.instances.push_back(foreign("x", "web"));
       w.record.hosts["amsterdam/web"].instance.value = "x";
       w.record.hosts["amsterdam/web"].access = SshAccess{};
     },
     with("amsterdam/app-server: app", "amsterdam/renamed: x")},
};

constexpr auto kName = [](const auto& info) { return info.param.name; };
INSTANTIATE_TEST_SUITE_P(Ours, LayOut, ::testing::ValuesIn(kOurs), kName);
INSTANTIATE_TEST_SUITE_P(Servers, LayOut, ::testing::ValuesIn(kServers), kName);
INSTANTIATE_TEST_SUITE_P(Left, LayOut, ::testing::ValuesIn(kLeft), kName);

// --- the names of servers that a tag selects

class SelectedNames : public ::testing::Test {
 protected:
  SelectedNames() {
    world.spec.sites[0].servers.clear();
    world.spec.sites[0].server_selector = ServerSelector{"peered", {}};
  }
  void add(const std::string& id, const std::string& label) {
    world.cloud.instances.push_back(foreign(id, label, {"peered"}));
    world.cloud.instances.back().created += seconds{++count_};
  }
  Layout layout() const {
    return lay_out(peering(world.spec), world.record, std::make_shared<const CloudSnapshot>(world.cloud));
  }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    const Layout laid = layout();
    for (const LaidHost& host : laid.sites[0].servers) out.push_back(host.name);
    return out;
  }
  World world;

 private:
  int count_{0};
};

TEST_F(SelectedNames, AreLabelsThatFitAndDiffer) {
  add("11111111-x", "Web");
  add("22222222-x", "web");
  add("33333333-x", "gateway-0");
  add("44444444-x", "日本");
  add("55555555-x", "-- a_B. --");
  EXPECT_EQ(names(),
            (std::vector<std::string>{"web", "web-22222222", "server-33333333", "server-44444444", "a-b"}));
}

TEST_F(SelectedNames, DifferAlsoWhenLongLabelsBeginAlike) {
  const std::string beginning(50, 'a');
  add("11111111-x", beginning + "1");
  add("22222222-x", beginning + "2");
  EXPECT_EQ(names(), (std::vector<std::string>{beginning, std::string(40, 'a') + "-22222222"}));
}

TEST_F(SelectedNames, StayWhenTheLabelChangesOrANamesakeGoes) {
  add("11111111-x", "web");
  add("22222222-x", "web");
  prepare_record(world.record, layout(), kStart);
  instance(world.cloud, "11111111-x").tags.clear();  // no longer selected, and not yet restored
  instance(world.cloud, "22222222-x").label = "other";
  EXPECT_EQ(names(), std::vector<std::string>{"web-22222222"});
  add("33333333-x", "web");
  EXPECT_EQ(names(), (std::vector<std::string>{"web-22222222", "web-33333333"}));
  const Layout laid = layout();
  ASSERT_EQ(laid.departed.size(), 1U);
  EXPECT_EQ(laid.departed[0].lane, "amsterdam/web");
}

TEST(Marks, NameTheOwnerTheSiteAndThePart) {
  const Layout layout = lay_out(peering(), {}, std::make_shared<const CloudSnapshot>());
  const LaidHost& gateway = layout.sites[0].gateways[0];
  EXPECT_EQ(host_tags(kUid, gateway),
            (std::vector<std::string>{"vpcp-part-gateway-0", "vpcp-site-amsterdam", "vpcp-u"}));
  EXPECT_EQ(vpc_description(kUid, layout.sites[0]), "VPC of amsterdam (vpcp-u/amsterdam)");
  EXPECT_EQ(group_description(kUid, gateway), "vpcp-u/amsterdam/gateway-0");
  EXPECT_EQ(gateway.create,
            (CreateServer{"Gateway-amsterdam", "vc2-1c-1gb", "Ubuntu 22.04 LTS x64", PublicAddress::IPv4}));
}

TEST(Marks, FallBackOnNames) {
  PeeringSpec spec = specs::ams_blr();
  spec.sites[0].vpc.description.clear();
  spec.sites[0].gateway.label.clear();
  spec.sites[0].servers[0].create->label.clear();
  const Layout layout = lay_out(peering(spec), {}, std::make_shared<const CloudSnapshot>());
  EXPECT_EQ(vpc_description(kUid, layout.sites[0]), "amsterdam (vpcp-u/amsterdam)");
  EXPECT_EQ(layout.sites[0].gateways[0].create.label, "amsterdam-gateway");
  EXPECT_EQ(layout.sites[0].servers[0].create.label, "app-server");
}

}  // namespace
}  // namespace vpcp
