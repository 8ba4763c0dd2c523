#include "vpcp/api/read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "api/manifest_text.h"
#include "vpcp/api/write.h"

namespace vpcp {
namespace {

std::string file_text(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

std::vector<std::string> lines(const std::vector<FieldError>& errors) {
  std::vector<std::string> out;
  for (const FieldError& error : errors) out.push_back(to_string(error));
  return out;
}

TEST(ReadManifests, FillsInTheDefaultsOfWhatIsNotWritten) {
  const ReadManifests read = read_manifests(valid_manifest(), "a.yaml");
  ASSERT_THAT(lines(read.errors), testing::IsEmpty());
  ASSERT_EQ(read.peerings.size(), 1U);
  PeeringSpec expected;
  expected.sites = {
      {"amsterdam", "ams", {{}, Cidr::parse("172.16.1.0/24"), ""}, {"gateway-amsterdam"}, {}, {}},
      {"bangalore", "blr", {{}, Cidr::parse("172.16.2.0/24"), ""}, {"gateway-bangalore"}, {}, {}}};
  EXPECT_EQ(read.peerings[0].object.spec, expected);
}

TEST(ReadManifests, ReadsEveryExample) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(VPCP_SOURCE_DIR "/examples")) {
    if (entry.path().extension() != ".yaml") continue;
    const ReadManifests read = read_manifests(file_text(entry.path()), entry.path().filename());
    EXPECT_THAT(lines(read.errors), testing::IsEmpty());
    const bool of_secrets = entry.path().stem().string().ends_with("-secrets");
    EXPECT_EQ(read.peerings.size(), of_secrets ? 0U : 1U) << entry.path();
    EXPECT_EQ(read.secrets.empty(), !of_secrets) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 5);
}

TEST(ReadManifests, ReadsTheReferenceScenarioAsItIsMeant) {
  const ReadManifests read =
      read_manifests(file_text(VPCP_SOURCE_DIR "/examples/ams-blr.yaml"), "ams-blr.yaml");
  ASSERT_EQ(read.peerings.size(), 1U);
  const VpcPeering& object = read.peerings[0].object;
  EXPECT_EQ(object.meta.key(), (ObjectKey{"network", "ams-blr"}));
  ASSERT_EQ(object.spec.sites.size(), 2U);
  const std::string plan = "voc-g-1c-4gb-30s-amd";
  const std::string os = "Ubuntu 22.04 LTS x64";
  const SiteSpec amsterdam{
      "amsterdam",
      "ams",
      {{}, Cidr::parse("172.16.1.0/24"), "VPC-A"},
      {"Gateway-A", plan, os, 1},
      {{"app-server", CreateServer{"App-Server", plan, os, PublicAddress::IPv4}, {}, {}}},
      ServerSelector{"peered", {"root", 22, {"web-ssh", "id"}, {}}}};
  const SiteSpec bangalore{"bangalore",
                           "blr",
                           {{}, Cidr::parse("172.16.2.0/24"), "VPC-B"},
                           {"Gateway-B", plan, os, 1},
                           {{"db-server", CreateServer{"DB-Server", plan, os, PublicAddress::None}, {}, {}}},
                           {}};
  EXPECT_EQ(object.spec.sites[0], amsterdam);
  EXPECT_EQ(object.spec.sites[1], bangalore);
}

TEST(ReadManifests, KnowsWhereEachFieldStands) {
  const ReadManifests read = read_manifests(valid_manifest(), "a.yaml");
  ASSERT_EQ(read.peerings.size(), 1U);
  const Source& source = read.peerings[0].source;
  EXPECT_EQ(source.position_of("spec.sites[1].vpc.cidr"), (Position{15, 17}));
  EXPECT_EQ(source.position_of("spec.sites[1].gateway.plan"), (Position{13, 5})) << "not written: its site";
  EXPECT_EQ(source.position_of("spec.mode"), (Position{4, 1}));
  EXPECT_EQ(to_string(source.located({"", 0, 0, "spec.sites[0].name", "x", "is odd", "write y"})),
            "a.yaml:10:11: spec.sites[0].name: \"x\" is odd: write y");
}

TEST(ReadManifests, ReadsJsonAndEmptyDocuments) {
  const std::string json = R"({"apiVersion": "vpcpeering.dev/v1alpha1", "kind": "VPCPeering",
	"metadata": {"name": "j"},
	"spec": {"sites": [{"name": "a", "region": "ams", "vpc": {"cidr": "172.16.1.0/24"}}]}})";
  const ReadManifests read = read_manifests(json, "a.json");
  EXPECT_THAT(lines(read.errors), testing::IsEmpty());
  ASSERT_EQ(read.peerings.size(), 1U);
  EXPECT_EQ(read.peerings[0].object.meta.key(), (ObjectKey{"default", "j"}));
  EXPECT_TRUE(read_manifests("", "a.yaml").errors.empty());
  EXPECT_TRUE(read_manifests("# nothing\n---\n---\n", "a.yaml").errors.empty());
}

class SecretManifests : public testing::Test {
 protected:
  static void SetUpTestSuite() { init_crypto(); }
};

TEST_F(SecretManifests, TakeBase64AndPlainText) {
  const ReadManifests read = read_manifests(
      "apiVersion: v1\nkind: Secret\nmetadata: {name: vultr}\ndata: {apiKey: czNjcmV0}\nstringData: {id: |\n "
      " line\n  }\n",
      "s.yaml");
  const ReadManifests plain = read_manifests(
      "apiVersion: v1\nkind: Secret\nmetadata: {name: vultr}\ndata: {apiKey: czNjcmV0}\nstringData:\n  id: "
      "|\n    line\n",
      "s.yaml");
  EXPECT_FALSE(read.errors.empty()) << "a block has no place inside braces";
  ASSERT_EQ(plain.secrets.size(), 1U);
  const SecretManifest& secret = plain.secrets[0].object;
  EXPECT_EQ(secret.key, (ObjectKey{"default", "vultr"}));
  EXPECT_EQ(secret.data.at("apiKey").reveal(), "s3cret");
  EXPECT_EQ(secret.data.at("id").reveal(), "line\n");
}

TEST_F(SecretManifests, NeverShowAValueInAnError) {
  const ReadManifests read = read_manifests(
      "apiVersion: v1\nkind: Secret\nmetadata: {name: vultr}\n"
      "data: {apiKey: hunter2hunter2!}\nstringdata: {id: hunter2}\nstringData: {a: 4711, b: [hunter2]}\n",
      "s.yaml");
  EXPECT_EQ(read.errors.size(), 4U);
  EXPECT_TRUE(read.secrets.empty());
  for (const std::string& line : lines(read.errors)) {
    EXPECT_THAT(line, testing::Not(testing::HasSubstr("hunter2")));
    EXPECT_THAT(line, testing::Not(testing::HasSubstr("4711")));
  }
}

TEST(ReadPeeringJson, FillsTheMetadataAlsoWhenTheSpecIsWrong) {
  const ReadPeering read = read_peering_json(
      R"({"metadata": {"name": "a", "namespace": "n", "uid": "u1", "generation": 7, "finalizers": ["f"],
          "resourceVersion": "12", "deletionTimestamp": "2026-11-22T21:50:00Z"}, "spec": {"sites": 3}})");
  EXPECT_EQ(read.object.meta,
            (ObjectMeta{"n", "a", "u1", 7, "12", {"f"}, from_rfc3339("2026-11-22T21:50:00Z")}));
  EXPECT_THAT(lines(read.errors), testing::ElementsAre(testing::HasSubstr("spec.sites: \"3\" is a number")));
}

TEST(ReadPeeringJson, RefusesWhatIsNoObject) {
  for (const std::string text : {"", "null", "[]", "{", "\"x\""}) {
    EXPECT_FALSE(read_peering_json(text).errors.empty()) << text;
  }
  EXPECT_FALSE(read_peering_json(std::string(1'000'000, '[') + std::string(1'000'000, ']')).errors.empty());
}

}  // namespace
}  // namespace vpcp
