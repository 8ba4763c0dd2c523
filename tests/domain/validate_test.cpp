#include "domain/validate.h"

#include <gtest/gtest.h>

#include <functional>

#include "domain/specs.h"

namespace vpcp {
namespace {

using Edit = std::function<void(PeeringSpec&)>;

struct Row {
  const char* name;
  Edit edit;  ///< Of the reference scenario.
  std::vector<std::string> errors;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

std::vector<std::string> texts(const std::vector<SpecError>& errors) {
  std::vector<std::string> out;
  for (const SpecError& error : errors) out.push_back(to_string(error));
  return out;
}

ServerSpec existing(const std::string& name, const std::string& id) {
  ServerSpec server;
  server.name = name;
  server.instance_id = InstanceId{id};
  server.ssh = SshAccess{};
  return server;
}

Cidr cidr(const char* text) {
  return Cidr::parse(text).value();
}

class Validate : public ::testing::TestWithParam<Row> {};

TEST_P(Validate, Says) {
  PeeringSpec spec = specs::ams_blr();
  GetParam().edit(spec);
  EXPECT_EQ(texts(validate(spec)), GetParam().errors);
}

const std::vector<Row> kSites{
    {"NothingAboutTheReferenceScenario", [](PeeringSpec&) {}, {}},
    {"ThatOneSiteIsTooFew",
     [](PeeringSpec& s) { s.sites.pop_back(); },
     {R"(spec.sites: "1 sites" is outside 2 to 64; declare 2 to 64 sites)"}},
    {"ThatASiteNameMustBeALabel",
     [](PeeringSpec& s) { s.sites[1].name = "Bangalore!"; },
     {R"(spec.sites[1].name: "Bangalore!" is not a DNS label; use lower-case letters, digits and '-', at most 63, not at the ends)"}},
    {"ThatALabelDoesNotEndInADash",
     [](PeeringSpec& s) { s.sites[1].name = "blr-"; },
     {R"(spec.sites[1].name: "blr-" is not a DNS label; use lower-case letters, digits and '-', at most 63, not at the ends)"}},
    {"ThatSiteNamesAreUsedOnce",
     [](PeeringSpec& s) { s.sites[1].name = "amsterdam"; },
     {R"(spec.sites[1].name: "amsterdam" is the name of an earlier site; give every site a name of its own)"}},
    {"ThatASiteNeedsARegion",
     [](PeeringSpec& s) { s.sites[0].region = ""; },
     {R"(spec.sites[0].region: "" is empty; write a Vultr region id such as ams)"}},
    {"ThatAVpcNeedsANetworkOrAnId",
     [](PeeringSpec& s) { s.sites[0].vpc.cidr.reset(); },
     {R"(spec.sites[0].vpc: "" has neither id nor cidr; give cidr for a VPC that we create, or id of one that exists)"}},
    {"NothingAboutAnAdoptedVpcWithoutANetwork",
     [](PeeringSpec& s) {
       s.sites[0].vpc = {VpcId{"v"}, {}, ""};
     },
     {}},
    {"ThatAVpcIsPrivate",
     [](PeeringSpec& s) { s.sites[0].vpc.cidr = cidr("8.8.8.0/24"); },
     {R"(spec.sites[0].vpc.cidr: "8.8.8.0/24" is not a private network (RFC 1918); take one inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16)"}},
    {"ThatANetworkThatIsOnlyPartlyPrivateIsNot",
     [](PeeringSpec& s) { s.sites[0].vpc.cidr = cidr("192.168.0.0/15"); },
     {R"(spec.sites[0].vpc.cidr: "192.168.0.0/15" is not a private network (RFC 1918); take one inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16)"}},
    {"NothingAboutTheSmallestVpc", [](PeeringSpec& s) { s.sites[0].vpc.cidr = cidr("172.16.1.0/28"); }, {}},
    {"ThatAVpcCanBeTooSmall",
     [](PeeringSpec& s) { s.sites[0].vpc.cidr = cidr("172.16.1.0/29"); },
     {R"(spec.sites[0].vpc.cidr: "172.16.1.0/29" is too small for a gateway and servers; use a prefix of at most /28)"}},
    {"NothingAboutADescriptionThatFitsWithOurMark",
     [](PeeringSpec& s) { s.sites[0].vpc.description = std::string(147, 'd'); },
     {}},
    {"ThatADescriptionLeavesNoRoomForOurMarkAndCutsNoCharacterInTwo",
     [](PeeringSpec& s) { s.sites[0].vpc.description = "a1234567890123456789é" + std::string(140, 'd'); },
     {R"(spec.sites[0].vpc.description: "a1234567890123456789…" is longer than 147 bytes; shorten it: Vultr cuts at 255 and we add our mark)"}},
    {"ThatTwoGatewaysAreNotSupported",
     [](PeeringSpec& s) { s.sites[0].gateway.replicas = 2; },
     {R"(spec.sites[0].gateway.replicas: "2" is not supported; use 1)"}},
    {"ThatTwoVpcsOverlap",
     [](PeeringSpec& s) { s.sites[1].vpc.cidr = cidr("172.16.0.0/16"); },
     {R"(spec.sites[1].vpc.cidr: "172.16.0.0/16" overlaps spec.sites[0].vpc.cidr 172.16.1.0/24; take networks that do not overlap)"}},
    {"ThatAVpcOverlapsTheTunnel",
     [](PeeringSpec& s) { s.sites[1].vpc.cidr = cidr("10.10.0.0/16"); },
     {R"(spec.sites[1].vpc.cidr: "10.10.0.0/16" overlaps spec.tunnel.cidr 10.10.0.0/24; take networks that do not overlap)"}},
    {"ThatAVpcIsOfOneSite",
     [](PeeringSpec& s) {
       s.sites[0].vpc = {VpcId{"v"}, {}, ""};
       s.sites[1].vpc = {VpcId{"v"}, {}, ""};
     },
     {R"(spec.sites[1].vpc.id: "v" is already the VPC of spec.sites[0].vpc.id; use every VPC in one site)"}},
};

const std::vector<Row> kServers{
    {"NothingAboutAServerThatExists",
     [](PeeringSpec& s) { s.sites[0].servers = {existing("legacy", "i")}; },
     {}},
    {"ThatServerNamesAreUsedOnceInASite",
     [](PeeringSpec& s) {
       s.sites[0].servers = {specs::created("a"), specs::created("a")};
     },
     {R"(spec.sites[0].servers[1].name: "a" is used twice in this site; give every server of a site a name of its own)"}},
    {"NothingAboutOneNameInTwoSites",
     [](PeeringSpec& s) { s.sites[1].servers = {specs::created("app-server")}; },
     {}},
    {"ThatGatewayNamesAreOurs",
     [](PeeringSpec& s) { s.sites[0].servers = {specs::created("gateway-0")}; },
     {R"(spec.sites[0].servers[0].name: "gateway-0" is reserved for gateways; choose a name that does not begin with "gateway-")"}},
    {"ThatAServerIsCreatedOrExists",
     [](PeeringSpec& s) {
       s.sites[0].servers[0].create.reset();
       s.sites[1].servers[0].instance_id = InstanceId{"i"};
     },
     {R"(spec.sites[0].servers[0]: "app-server" has neither create nor instanceID; give exactly one of create (a server for us to make) and instanceID (one that exists))",
      R"(spec.sites[1].servers[0]: "db-server" has both create and instanceID; give exactly one of create (a server for us to make) and instanceID (one that exists))",
      R"(spec.sites[1].servers[0].ssh: "db-server" is missing; say how to log in to a server that exists: ssh.user and ssh.privateKeyRef)"}},
    {"ThatCreateNeedsNoSsh",
     [](PeeringSpec& s) { s.sites[0].servers[0].ssh = SshAccess{}; },
     {R"(spec.sites[0].servers[0].ssh: "app-server" does not go with create; remove ssh: we log in to servers that we create with a key of our own)"}},
    {"ThatAServerIsSelectedTwice",
     [](PeeringSpec& s) {
       s.sites[0].servers = {existing("a", "i")};
       s.sites[1].servers = {existing("b", "i")};
     },
     {R"(spec.sites[1].servers[0].instanceID: "i" is already selected by spec.sites[0].servers[0].instanceID; select every server once)"}},
    {"ThatOurTagsSelectNothing",
     [](PeeringSpec& s) {
       s.sites[0].server_selector = ServerSelector{"vpcp-x", {}};
     },
     {R"(spec.sites[0].serverSelector.tag: "vpcp-x" begins with "vpcp-", which marks our own resources; choose another tag)"}},
};

const std::vector<Row> kTunnel{
    {"ThatTheTunnelIsPrivate",
     [](PeeringSpec& s) { s.tunnel.cidr = cidr("100.64.0.0/24"); },
     {R"(spec.tunnel.cidr: "100.64.0.0/24" is not a private network (RFC 1918); take one inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16)"}},
    {"NothingAboutATunnelThatJustFits", [](PeeringSpec& s) { s.tunnel.cidr = cidr("10.10.0.0/30"); }, {}},
    {"ThatTheTunnelIsTooSmall",
     [](PeeringSpec& s) { s.tunnel.cidr = cidr("10.10.0.8/31"); },
     {R"(spec.tunnel.cidr: "10.10.0.8/31" is too small for 2 gateways; take a larger network, such as 10.10.0.0/24)"}},
    {"ThatZeroIsNoPort",
     [](PeeringSpec& s) { s.tunnel.listen_port = 0; },
     {R"(spec.tunnel.listenPort: "0" is not a port; use 1 to 65535, usually 51820)"}},
    {"ThatThePortIsTakenBySsh",
     [](PeeringSpec& s) { s.tunnel.listen_port = 22; },
     {R"(spec.tunnel.listenPort: "22" is the port of SSH; use another one, usually 51820)"}},
    {"NothingAboutTheSmallestMtu", [](PeeringSpec& s) { s.tunnel.mtu = 1280; }, {}},
    {"NothingAboutTheLargestMtu", [](PeeringSpec& s) { s.tunnel.mtu = 1440; }, {}},
    {"ThatTheMtuIsTooSmall",
     [](PeeringSpec& s) { s.tunnel.mtu = 1279; },
     {R"(spec.tunnel.mtu: "1279" is outside 1280 to 1440; leave it out (1420), or use a value in the range)"}},
    {"ThatTheMtuIsTooLarge",
     [](PeeringSpec& s) { s.tunnel.mtu = 1441; },
     {R"(spec.tunnel.mtu: "1441" is outside 1280 to 1440; leave it out (1420), or use a value in the range)"}},
    {"NothingAboutNoKeepalive", [](PeeringSpec& s) { s.tunnel.persistent_keepalive = seconds{0}; }, {}},
    {"ThatTheKeepaliveIsTooLong",
     [](PeeringSpec& s) { s.tunnel.persistent_keepalive = seconds{65536}; },
     {R"(spec.tunnel.persistentKeepalive: "65536s" is outside 0s to 65535s; use 25s)"}},
    {"ThatVerificationIsTooRare",
     [](PeeringSpec& s) { s.verification_interval = seconds{3601}; },
     {R"(spec.verification.interval: "3601s" is outside 1s to 1h; use 10s)"}},
    {"ThatVerificationNeedsAnInterval",
     [](PeeringSpec& s) { s.verification_interval = seconds{0}; },
     {R"(spec.verification.interval: "0s" is outside 1s to 1h; use 10s)"}},
};

const std::vector<Row> kTopology{
    {"NothingAboutAHubThatIsASite",
     [](PeeringSpec& s) {
       s.topology = {TopologyType::HubAndSpoke, "bangalore", {}};
     },
     {}},
    {"ThatTheHubIsMissing",
     [](PeeringSpec& s) {
       s.topology = {TopologyType::HubAndSpoke, {}, {}};
     },
     {R"(spec.topology.hub: "" is missing; name the site in the middle: one of amsterdam, bangalore)"}},
    {"ThatTheHubIsUnknown",
     [](PeeringSpec& s) {
       s.topology = {TopologyType::HubAndSpoke, "paris", {}};
     },
     {R"(spec.topology.hub: "paris" is not a site; use one of: amsterdam, bangalore)"}},
    {"ThatAHubNeedsItsType",
     [](PeeringSpec& s) { s.topology.hub = "bangalore"; },
     {R"(spec.topology.hub: "bangalore" goes with type HubAndSpoke only; remove it or change the type)"}},
    {"NothingAboutACustomEdge",
     [](PeeringSpec& s) {
       s.topology = {TopologyType::Custom, {}, {{"bangalore", "amsterdam"}}};
     },
     {}},
    {"ThatCustomNeedsEdges",
     [](PeeringSpec& s) {
       s.topology = {TopologyType::Custom, {}, {}};
     },
     {R"(spec.topology.edges: "" is empty; list the pairs of sites to join: [[a, b], …])"}},
    {"ThatAnEdgeEndsNowhere",
     [](PeeringSpec& s) {
       s.topology = {TopologyType::Custom, {}, {{"amsterdam", "paris"}}};
     },
     {R"(spec.topology.edges[0]: "paris" is not a site; use one of: amsterdam, bangalore)"}},
    {"ThatASiteIsNotJoinedToItself",
     [](PeeringSpec& s) {
       s.topology = {TopologyType::Custom, {}, {{"amsterdam", "amsterdam"}}};
     },
     {R"(spec.topology.edges[0]: "amsterdam" is joined to itself; name two different sites)"}},
    {"ThatAnEdgeIsListedTwiceInEitherOrder",
     [](PeeringSpec& s) {
       s.topology = {TopologyType::Custom, {}, {{"amsterdam", "bangalore"}, {"bangalore", "amsterdam"}}};
     },
     {R"(spec.topology.edges[1]: "bangalore, amsterdam" is listed twice; list every edge once)"}},
    {"ThatEdgesNeedTheirType",
     [](PeeringSpec& s) {
       s.topology.edges = {{"amsterdam", "bangalore"}};
     },
     {R"(spec.topology.edges: "" goes with type Custom only; remove it or change the type)"}},
};

/// A third site, and limits of one edge.
PeeringSpec& limit(PeeringSpec& s, const std::string& a, const std::string& b) {
  SiteSpec frankfurt = s.sites[0];
  frankfurt.name = "frankfurt";
  frankfurt.vpc.cidr = Cidr::parse("172.16.3.0/24");
  if (s.sites.size() == 2) s.sites.push_back(frankfurt);
  s.verification_edges.push_back({{a, b}, 5, {}});
  return s;
}

const std::vector<Row> kEdgeLimits{
    {"NothingAboutLimitsOfAnEdge", [](PeeringSpec& s) { limit(s, "frankfurt", "amsterdam"); }, {}},
    {"NothingAboutLimitsOfASpoke",
     [](PeeringSpec& s) {
       limit(s, "frankfurt", "amsterdam").topology = {TopologyType::HubAndSpoke, "amsterdam", {}};
     },
     {}},
    {"ThatLimitsAreOfAnUnknownSite",
     [](PeeringSpec& s) { limit(s, "amsterdam", "paris"); },
     {R"(spec.verification.edges[0].between: "paris" is not a site; use one of: amsterdam, bangalore, frankfurt)"}},
    {"ThatLimitsAreListedTwiceInEitherOrder",
     [](PeeringSpec& s) {
       limit(s, "amsterdam", "bangalore");
       limit(s, "bangalore", "amsterdam");
     },
     {R"(spec.verification.edges[1].between: "bangalore, amsterdam" is listed twice; write all limits of an edge in one entry)"}},
    {"ThatASiteHasNoEdgeToItself",
     [](PeeringSpec& s) { limit(s, "amsterdam", "amsterdam"); },
     {R"(spec.verification.edges[0].between: "amsterdam, amsterdam" is no edge of spec.topology; name two sites that a tunnel joins, or remove it)"}},
    {"ThatTwoSpokesAreNotJoined",
     [](PeeringSpec& s) {
       limit(s, "frankfurt", "bangalore").topology = {TopologyType::HubAndSpoke, "amsterdam", {}};
     },
     {R"(spec.verification.edges[0].between: "frankfurt, bangalore" is no edge of spec.topology; name two sites that a tunnel joins, or remove it)"}},
    {"ThatNoCustomEdgeJoinsThem",
     [](PeeringSpec& s) {
       limit(s, "frankfurt", "bangalore").topology = {
           TopologyType::Custom, {}, {{"amsterdam", "bangalore"}, {"amsterdam", "frankfurt"}}};
     },
     {R"(spec.verification.edges[0].between: "frankfurt, bangalore" is no edge of spec.topology; name two sites that a tunnel joins, or remove it)"}},
    {"OnlyTheTopologyWhereThatIsRefused",
     [](PeeringSpec& s) {
       limit(s, "frankfurt", "bangalore").topology = {TopologyType::HubAndSpoke, "paris", {}};
     },
     {R"(spec.topology.hub: "paris" is not a site; use one of: amsterdam, bangalore, frankfurt)"}},
};

constexpr auto kName = [](const auto& info) { return info.param.name; };
INSTANTIATE_TEST_SUITE_P(Sites, Validate, ::testing::ValuesIn(kSites), kName);
INSTANTIATE_TEST_SUITE_P(Servers, Validate, ::testing::ValuesIn(kServers), kName);
INSTANTIATE_TEST_SUITE_P(Tunnel, Validate, ::testing::ValuesIn(kTunnel), kName);
INSTANTIATE_TEST_SUITE_P(Topology, Validate, ::testing::ValuesIn(kTopology), kName);
INSTANTIATE_TEST_SUITE_P(EdgeLimits, Validate, ::testing::ValuesIn(kEdgeLimits), kName);

PeeringSpec many_sites(int count) {
  PeeringSpec spec;
  for (int i = 0; i < count; ++i)
    spec.sites.push_back(
        specs::site("s" + std::to_string(i), "ams", "172.16." + std::to_string(i) + ".0/24"));
  return spec;
}

TEST(ValidateSize, AcceptsUpTo64Sites) {
  EXPECT_EQ(texts(validate(many_sites(64))), std::vector<std::string>{});
  EXPECT_EQ(texts(validate(many_sites(65))),
            std::vector<std::string>{R"(spec.sites: "65 sites" is outside 2 to 64; declare 2 to 64 sites)"});
}

TEST(ValidateSize, AcceptsUpTo256NamedServersInASite) {
  PeeringSpec spec = many_sites(2);
  for (int i = 0; i < 256; ++i) {
    ServerSpec server;
    server.name = "server-" + std::to_string(i);
    server.create = CreateServer{};
    spec.sites[1].servers.push_back(server);
  }
  EXPECT_EQ(texts(validate(spec)), std::vector<std::string>{});
  spec.sites[1].servers.push_back(spec.sites[1].servers.back());
  spec.sites[1].servers.back().name = "one-more";
  EXPECT_EQ(
      texts(validate(spec)),
      std::vector<std::string>{
          R"(spec.sites[1].servers: "257 servers" is more than 256; choose servers by tag: serverSelector)"});
}

TEST(ValidateSize, WantsATunnelAddressForEveryGateway) {
  PeeringSpec spec = many_sites(63);
  spec.tunnel.cidr = cidr("10.10.0.0/26");
  EXPECT_EQ(texts(validate(spec)).size(), 1U);
  spec.sites.pop_back();
  EXPECT_EQ(texts(validate(spec)).size(), 0U);
}

TEST(ValidateSize, TellsAllErrorsAtOnce) {
  PeeringSpec spec = specs::ams_blr();
  spec.sites[0].region = "";
  spec.sites[1].name = "B";
  spec.tunnel.listen_port = 0;
  EXPECT_EQ(validate(spec).size(), 3U);
}

struct ChangeRow {
  const char* name;
  Edit edit;
  SiteRecord live;
  std::vector<std::string> errors;
};
void PrintTo(const ChangeRow& row, std::ostream* out) {
  *out << row.name;
}

class ValidateChange : public ::testing::TestWithParam<ChangeRow> {};

TEST_P(ValidateChange, Says) {
  PeeringSpec spec = specs::ams_blr();
  GetParam().edit(spec);
  PeeringRecord record;
  record.sites["amsterdam"] = GetParam().live;
  EXPECT_EQ(texts(validate_change(spec, record)), GetParam().errors);
}

const SiteRecord kLive{"ams", Cidr::parse("172.16.1.0/24"), {"v"}, true, true};
const SiteRecord kAdopted{"ams", Cidr::parse("172.16.1.0/24"), {"v"}, false, true};

INSTANTIATE_TEST_SUITE_P(
    Changes, ValidateChange,
    ::testing::Values(
        ChangeRow{"NothingWhenNothingChanged", [](PeeringSpec&) {}, kLive, {}},
        ChangeRow{"NothingBeforeTheSiteIsLive", [](PeeringSpec& s) { s.sites[0].region = "fra"; }, {}, {}},
        ChangeRow{
            "ThatALiveSiteStaysInItsRegion",
            [](PeeringSpec& s) { s.sites[0].region = "fra"; },
            kLive,
            {R"(spec.sites[0].region: "fra" differs from the live site's ams; put it back, or remove the site and add it under another name)"}},
        ChangeRow{
            "ThatALiveVpcKeepsItsNetwork",
            [](PeeringSpec& s) { s.sites[0].vpc.cidr = cidr("172.16.9.0/24"); },
            kLive,
            {R"(spec.sites[0].vpc.cidr: "172.16.9.0/24" differs from the live VPC's 172.16.1.0/24; put it back, or remove the site and add it under another name: Vultr cannot change a VPC's network)"}},
        ChangeRow{"NothingAboutTheNetworkOfAnAdoptedVpc",
                  [](PeeringSpec& s) {
                    s.sites[0].vpc = {VpcId{"v"}, cidr("172.16.9.0/24"), ""};
                  },
                  kAdopted,
                  {}},
        ChangeRow{
            "ThatAVpcThatWeCreatedIsNotAdopted",
            [](PeeringSpec& s) {
              s.sites[0].vpc = {VpcId{"v"}, {}, ""};
            },
            kLive,
            {R"(spec.sites[0].vpc: "v" adopts a VPC where we created one; put it back, or remove the site and add it under another name)"}},
        ChangeRow{
            "ThatAnAdoptedVpcIsNotCreated",
            [](PeeringSpec&) {},
            kAdopted,
            {R"(spec.sites[0].vpc: "" creates a VPC where one was adopted; put it back, or remove the site and add it under another name)"}}),
    kName);

PeeringRecord record_of(const std::string& lane, const std::string& instance, bool existed) {
  PeeringRecord record;
  record.hosts[lane].instance.value = instance;
  if (existed) record.hosts[lane].access = SshAccess{};
  return record;
}

TEST(ValidateServerOrigin, AServerThatWeCreatedAndOneThatExistedDoNotBecomeOneAnother) {
  PeeringSpec spec = specs::ams_blr();
  const std::string fix = "; use another name; once the old server has left the object, the name is free";
  EXPECT_EQ(texts(validate_change(spec, record_of("amsterdam/app-server", "i", true))),
            std::vector<std::string>{
                R"(spec.sites[0].servers[0].name: "app-server" is the name of a server that existed before)" +
                fix});
  EXPECT_EQ(texts(validate_change(spec, record_of("amsterdam/app-server", "i", false))),
            std::vector<std::string>{});
  spec.sites[0].servers = {existing("app-server", "i")};
  EXPECT_EQ(texts(validate_change(spec, record_of("amsterdam/app-server", "i", true))),
            std::vector<std::string>{});
  EXPECT_EQ(
      texts(validate_change(spec, record_of("amsterdam/app-server", "i", false))),
      std::vector<std::string>{
          R"(spec.sites[0].servers[0].name: "app-server" is the name of a server that we created)" + fix});
  EXPECT_EQ(
      texts(validate_change(spec, record_of("amsterdam/app-server", "j", true))),
      std::vector<std::string>{
          R"(spec.sites[0].servers[0].name: "app-server" is the name of another instance, j, which has yet to be restored)" +
          fix});
}

}  // namespace
}  // namespace vpcp
