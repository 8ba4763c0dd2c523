// The custom resource definition beside our structs: every field that we read or write is in the schema with
// a description, the schema has no field that we do not know, and its words and defaults are ours.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>
#include <set>

#include "api/names.h"
#include "api/specimens.h"
#include "vpcp/api/read.h"
#include "vpcp/api/write.h"

namespace vpcp::testing {
namespace {

using Json = nlohmann::json;
using Paths = std::set<std::string>;

YAML::Node schema_of(const char* part) {
  static const YAML::Node kCrd = YAML::LoadFile(VPCP_SOURCE_DIR "/crds/vpcpeering.dev_vpcpeerings.yaml");
  return kCrd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"][part];
}

/// The value of a key, also where it comes in by a merge ("<<"), which yaml-cpp leaves to us.
YAML::Node member(const YAML::Node& map, const std::string& key) {
  if (const YAML::Node own = map[key]) return own;
  const YAML::Node merged = map["<<"];
  return merged ? merged[key] : YAML::Node(YAML::NodeType::Undefined);
}

/// Calls visit(path, schema) for every field below; a list is "[]".
template <class Visit>
void walk(const YAML::Node& schema, const std::string& path, const Visit& visit) {
  if (const YAML::Node items = member(schema, "items")) walk(items, path + "[]", visit);
  const YAML::Node properties = member(schema, "properties");
  if (!properties) return;
  for (const auto& property : properties) {
    const std::string below = path + '.' + property.first.as<std::string>();
    visit(below, property.second);
    walk(property.second, below, visit);
  }
}

Paths paths_of_schema(const char* part) {
  Paths paths;
  walk(schema_of(part), part, [&](const std::string& path, const YAML::Node&) { paths.insert(path); });
  return paths;
}

void add_paths(Paths& paths, const Json& json, const std::string& path) {
  if (json.is_array()) {
    for (const Json& item : json) add_paths(paths, item, path + "[]");
  } else if (json.is_object()) {
    for (const auto& [name, value] : json.items()) {
      const std::string below = std::string(path).append(".").append(name);
      paths.insert(below);
      add_paths(paths, value, below);
    }
  }
}

TEST(Crd, HasTheFieldsOfTheSpecAndNoOthers) {
  Paths ours;
  for (const PeeringSpec& spec : {specimens::full_spec(), specimens::hub_spec()})
    add_paths(ours, Json::parse(spec_to_json(spec)), "spec");
  EXPECT_EQ(paths_of_schema("spec"), ours);
}

TEST(Crd, HasTheFieldsOfTheStatusAndNoOthers) {
  Paths ours;
  add_paths(ours, Json::parse(status_to_json(specimens::full_status())), "status");
  EXPECT_EQ(paths_of_schema("status"), ours);
}

TEST(Crd, DescribesEveryField) {
  for (const char* part : {"spec", "status"}) {
    walk(schema_of(part), part, [](const std::string& path, const YAML::Node& field) {
      EXPECT_TRUE(member(field, "description")) << path << " has no description";
    });
  }
}

template <class E>
void expect_words(const char* part, const std::string& path, Names<E> names) {
  std::vector<std::string> wanted;
  for (const auto& [word, value] : names) wanted.emplace_back(word);
  bool found = false;
  walk(schema_of(part), part, [&](const std::string& at, const YAML::Node& field) {
    if (at != path) return;
    found = true;
    EXPECT_EQ(member(field, "enum").as<std::vector<std::string>>(), wanted) << path;
  });
  EXPECT_TRUE(found) << path;
}

TEST(Crd, HasOurWords) {
  expect_words("spec", "spec.mode", kModes);
  expect_words("spec", "spec.deletionPolicy", kDeletionPolicies);
  expect_words("spec", "spec.repair.policy", kRepairPolicies);
  expect_words("spec", "spec.topology.type", kTopologies);
  expect_words("spec", "spec.sites[].servers[].create.public", kPublicAddresses);
  expect_words("status", "status.conditions[].status", kConditionStatuses);
  expect_words("status", "status.sites[].privateServers[].exposure", kExposures);
  expect_words("status", "status.edges[].health", kEdgeHealths);
}

/// The first value below `json` at a path such as ".sites[].name".
const Json* value_at(const Json& json, const std::string& path) {
  if (path.empty()) return &json;
  if (path.starts_with("[]")) {
    for (const Json& item : json) {
      if (const Json* found = value_at(item, path.substr(2))) return found;
    }
    return nullptr;
  }
  const std::string name = path.substr(1, path.find_first_of(".[", 1) - 1);
  return json.contains(name) ? value_at(json[name], path.substr(1 + name.size())) : nullptr;
}

TEST(Crd, HasOurDefaults) {
  const Json ours = Json::parse(spec_to_json(specimens::least_spec()));
  std::size_t compared = 0;
  walk(schema_of("spec"), "spec", [&](const std::string& path, const YAML::Node& field) {
    const YAML::Node written = member(field, "default");
    if (!written || written.IsMap()) return;
    const Json* value = value_at(ours, path.substr(std::string("spec").size()));
    ASSERT_NE(value, nullptr) << path;
    EXPECT_EQ(value->is_string() ? value->get<std::string>() : value->dump(), written.as<std::string>())
        << path;
    ++compared;
  });
  EXPECT_EQ(compared, 22U) << "a default more or less: see that both sides have it";
}

}  // namespace
}  // namespace vpcp::testing
