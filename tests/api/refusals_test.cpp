#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/manifest_text.h"
#include "vpcp/api/read.h"

namespace vpcp {
namespace {

struct Refusal {
  const char* name;
  std::string from;
  std::string to;
  std::string error;  ///< The whole line that a person reads.
  friend void PrintTo(const Refusal& row, std::ostream* out) { *out << row.name; }
};

class ManifestRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(ManifestRefusal, NamesFieldValueAndFix) {
  const ReadManifests read = read_manifests(with(valid_manifest(), GetParam().from, GetParam().to), "a.yaml");
  std::vector<std::string> lines;
  for (const FieldError& error : read.errors) lines.push_back(to_string(error));
  EXPECT_THAT(lines, testing::ElementsAre(GetParam().error));
  EXPECT_TRUE(read.peerings.empty());
}

const Refusal kRefusals[] = {
    {"PrefixTooLong", "172.16.2.0/24", "172.16.2.0/33",
     R"(a.yaml:15:17: spec.sites[1].vpc.cidr: "172.16.2.0/33" is not a network: write it as a.b.c.d/n, n from 0 to 32)"},
    {"HostBits", "172.16.2.0/24", "172.16.2.7/24",
     R"(a.yaml:15:17: spec.sites[1].vpc.cidr: "172.16.2.7/24" is an address inside a network: write the network itself: 172.16.2.0/24)"},
    {"Typo", "listenPort", "listenport",
     R"(a.yaml:7:17: spec.tunnel.listenport: is not a known field: did you mean "listenPort"?)"},
    {"UnknownField", "listenPort: 51820", "colour: blue",
     "a.yaml:7:13: spec.tunnel.colour: is not a known field: known here: cidr, listenPort, "
     "persistentKeepalive, mtu, "
     "presharedKeys"},
    {"PortZero", "51820", "0",
     R"(a.yaml:7:17: spec.tunnel.listenPort: "0" is out of range: write a whole number from 1 to 65535)"},
    {"PortText", "51820", "'51820'",
     R"(a.yaml:7:17: spec.tunnel.listenPort: "51820" is not a whole number: write a whole number from 1 to 65535, without quotes)"},
    {"PortHuge", "51820", "99999999999999999999999",
     R"(a.yaml:7:17: spec.tunnel.listenPort: "9.999999999999999e+22" is not a whole number: write a whole number from 1 to 65535, without quotes)"},
    {"Enum", "FullMesh", "Ring",
     R"(a.yaml:8:20: spec.topology.type: "Ring" is not one of the words known here: write one of FullMesh, HubAndSpoke, Custom)"},
    {"HubMissing", "FullMesh", "HubAndSpoke",
     "a.yaml:8:3: spec.topology.hub: is required: write the name of the site in the middle"},
    {"HubWithoutUse", "FullMesh", "FullMesh, hub: amsterdam",
     R"(a.yaml:8:35: spec.topology.hub: "amsterdam" goes only with type HubAndSpoke: remove it, or write type: HubAndSpoke)"},
    {"EdgeOfThree", "type: FullMesh", "type: Custom, edges: [[a, b, c]]",
     R"(a.yaml:8:36: spec.topology.edges[0]: "["a","b","c"]" is not a pair of sites: write two names: [amsterdam, bangalore])"},
    {"LimitsOfNoPair", "  topology:", "  verification: {edges: [{maxLossPercent: 5}]}\n  topology:",
     "a.yaml:8:26: spec.verification.edges[0].between: is required: write the two sites that it joins: "
     "[amsterdam, bangalore]"},
    {"LimitsOfThree",
     "  topology:", "  verification: {edges: [{between: [a, b, c], maxLossPercent: 5}]}\n  topology:",
     R"(a.yaml:8:27: spec.verification.edges[0].between: "["a","b","c"]" is not a pair of sites: write two names: [amsterdam, bangalore])"},
    {"LimitsThatLimitNothing", "  topology:", "  verification: {edges: [{between: [a, b]}]}\n  topology:",
     "a.yaml:8:26: spec.verification.edges[0]: has no limit of its own: write maxLossPercent, maxRTTMillis "
     "or "
     "both"},
    {"LimitOfNoLoss",
     "  topology:", "  verification: {edges: [{between: [a, b], maxLossPercent: 0}]}\n  topology:",
     R"(a.yaml:8:60: spec.verification.edges[0].maxLossPercent: "0" is out of range: write a whole number from 1 to 100)"},
    {"LimitOfARoundTripThatIsTooLong",
     "  topology:", "  verification: {edges: [{between: [a, b], maxRTTMillis: 10001}]}\n  topology:",
     R"(a.yaml:8:58: spec.verification.edges[0].maxRTTMillis: "10001" is out of range: write a whole number from 1 to 10000)"},
    {"DurationWithoutUnit", "listenPort: 51820", "persistentKeepalive: 25",
     R"(a.yaml:7:26: spec.tunnel.persistentKeepalive: "25" is not a duration: write it with its unit, such as 25s, 1m or 1m30s; from 0s to 65535s)"},
    {"NumberForText", "name: amsterdam", "name: 12",
     R"(a.yaml:10:11: spec.sites[0].name: "12" is a number, not text: put it in quotes)"},
    {"NameWithCapital", "name: amsterdam", "name: Amsterdam",
     R"(a.yaml:10:11: spec.sites[0].name: "Amsterdam" is not a DNS label: use at most 63 lower-case letters, digits and "-", with no "-" at either end)"},
    {"NoRegion", "    region: blr\n", "",
     "a.yaml:13:5: spec.sites[1].region: is required: write a region of Vultr, such as ams"},
    {"NoVpcNetwork", "{cidr: 172.16.2.0/24}", "{description: mine}",
     "a.yaml:15:5: spec.sites[1].vpc.cidr: is required: write the network of the new VPC, such as "
     "172.16.1.0/24"},
    {"ListForMap", "{cidr: 172.16.2.0/24}", "[1]",
     R"(a.yaml:15:5: spec.sites[1].vpc: "[1]" is a list, not a map: write fields with their values under it)"},
    {"WordForBool", "  topology:", "  suspend: yes\n  topology:",
     R"(a.yaml:8:12: spec.suspend: "yes" is neither true nor false: write true or false, without quotes)"},
    {"TwoReplicas", "region: ams", "region: ams\n    gateway: {replicas: 2}",
     R"(a.yaml:12:25: spec.sites[0].gateway.replicas: "2" is out of range: write a whole number from 1 to 1)"},
    {"ServerOfNoKind", "region: ams", "region: ams\n    servers: [{name: app}]",
     R"(a.yaml:12:15: spec.sites[0].servers[0]: has neither "create" nor "instanceID": write "create" for a new server, or "instanceID" for one that exists)"},
    {"ServerWithoutLogin", "region: ams", "region: ams\n    servers: [{name: app, instanceID: i-1}]",
     "a.yaml:12:15: spec.sites[0].servers[0].ssh: is required: say how to log in: {user: root, "
     "privateKeyRef: {name: …, key: …}}"},
    {"LoginNameWithShell", "region: ams",
     "region: ams\n    serverSelector: {tag: t, ssh: {user: 'root;reboot', privateKeyRef: {name: s, key: "
     "id}}}",
     R"(a.yaml:12:42: spec.sites[0].serverSelector.ssh.user: "root;reboot" is not a login name: use at most 32 lower-case letters, digits, "-" and "_", beginning with a letter)"},
    {"RepeatedField", "    listenPort: 51820\n", "    cidr: 10.11.0.0/24\n",
     "a.yaml:7:5: spec.tunnel.cidr: is written twice: remove one of the two"},
    {"OtherKind", "VPCPeering", "Deployment",
     R"(a.yaml:2:7: kind: "Deployment" is not a kind that is read here: write VPCPeering or Secret)"},
    {"NoKind", "kind: VPCPeering\n", "", "a.yaml:1:1: kind: is required: write VPCPeering or Secret"},
    {"OtherVersion", "v1alpha1", "v9",
     R"(a.yaml:1:13: apiVersion: "vpcpeering.dev/v9" is not one of the words known here: write one of vpcpeering.dev/v1alpha1)"},
    {"NoName", "name: ams-blr, ", "", "a.yaml:3:1: metadata.name: is required: give the object a name"},
    {"PathAsNamespace", "namespace: network", "namespace: ../x",
     R"(a.yaml:3:38: metadata.namespace: "../x" is not a DNS label: use at most 63 lower-case letters, digits and "-", with no "-" at either end)"},
    {"Tag", "cidr: 10.10.0.0/24", "cidr: !!binary aGk=",
     "a.yaml:6:11: spec.tunnel.cidr: has the tag tag:yaml.org,2002:binary: remove the tag"},
};

INSTANTIATE_TEST_SUITE_P(Rows, ManifestRefusal, testing::ValuesIn(kRefusals),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ReadManifests, ReportsAllErrorsAtOnce) {
  std::string text = with(valid_manifest(), "172.16.1.0/24", "172.16.1.0");
  text = with(text, "51820", "70000");
  text = with(text, "region: blr", "region: B L R");
  std::vector<std::string> fields;
  for (const FieldError& error : read_manifests(text, "a.yaml").errors) fields.push_back(error.field);
  EXPECT_THAT(fields, testing::UnorderedElementsAre("spec.sites[0].vpc.cidr", "spec.tunnel.listenPort",
                                                    "spec.sites[1].region"));
}

TEST(ReadManifests, KeepsTheGoodDocumentsOfAFileWithABadOne) {
  const std::string bad = with(with(valid_manifest(), "172.16.1.0/24", "nonsense"), "ams-blr", "other");
  const ReadManifests read = read_manifests(valid_manifest() + "---\n" + bad, "a.yaml");
  ASSERT_EQ(read.peerings.size(), 1U);
  EXPECT_EQ(read.peerings[0].object.meta.key(), (ObjectKey{"network", "ams-blr"}));
  EXPECT_THAT(read.refused, testing::ElementsAre(ObjectKey{"network", "other"}));
  EXPECT_FALSE(read.unreadable);
  ASSERT_EQ(read.errors.size(), 1U);
  EXPECT_EQ(read.errors[0].line, 28) << "lines count from the start of the file";
}

struct Hostile {
  const char* name;
  std::string text;
  friend void PrintTo(const Hostile& row, std::ostream* out) { *out << row.name; }
};

class HostileText : public testing::TestWithParam<Hostile> {};

TEST_P(HostileText, IsRefusedInShortTimeAndMemory) {
  const ReadManifests read = read_manifests(GetParam().text, "a.yaml");
  EXPECT_FALSE(read.errors.empty());
  EXPECT_TRUE(read.unreadable);
  for (const FieldError& error : read.errors) {
    EXPECT_LT(to_string(error).size(), 2000U);
    EXPECT_EQ(to_string(error).find('\n'), std::string::npos);
  }
}

std::string alias_bomb() {
  std::string text = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c <= 'i'; ++c) {
    text += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i) text += std::string(i == 0 ? "*" : ",*") + static_cast<char>(c - 1);
    text += "]\n";
  }
  return text;
}

const Hostile kHostile[] = {
    {"BadIndent", "a:\n  b: 1\n c: 2\n"},
    {"Unclosed", "a: [1, 2\nb: 3\n"},
    {"UnknownAlias", "a: *nope\n"},
    {"MapAsName", "? [a, b]\n: 1\n"},
    {"AliasBomb", alias_bomb()},
    {"Cycle", "a: &a\n  b: *a\n"},
    {"DeepFlow", std::string(100'000, '[') + std::string(100'000, ']')},
    {"DeepEnough", std::string(100, '[') + std::string(100, ']')},
    {"NulByte", std::string("a: b\0c\n", 7)},
    {"Scalar", "hello"},
    {"StrayComma", ","},
    {"StrayCommaAfterAnchor", "a: 1\n---\n&a, b\n"},
    {"NewlineInName", "\"a\\nb\": 1\n"},
    {"Binary", "\x7f\x45\x4c\x46\x02\x01\xff\xfe"},
    {"TooLarge", "a: " + std::string(std::size_t{5} << 20U, 'x')},
};

INSTANTIATE_TEST_SUITE_P(Rows, HostileText, testing::ValuesIn(kHostile),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace vpcp
