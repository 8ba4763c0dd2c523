#include "domain/desired/topology.h"

#include <gtest/gtest.h>

#include "domain/specs.h"

namespace vpcp {
namespace {

using Reach = std::vector<std::pair<std::string, std::vector<std::string>>>;

struct Row {
  const char* name;
  TopologySpec topology;
  std::vector<SitePair> edges;
  Reach of_amsterdam;
  Reach of_bangalore;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class Topology : public ::testing::TestWithParam<Row> {};

/// The sites that one reaches over each neighbour, all by their names.
Reach reach(const PeeringSpec& spec, std::size_t site) {
  const auto all = neighbours(spec);
  Reach out;
  for (const Neighbour& neighbour : all.at(site)) {
    auto& [name, behind] = out.emplace_back();
    name = spec.sites[neighbour.site].name;
    for (const std::size_t place : neighbour.behind) behind.push_back(spec.sites[place].name);
  }
  return out;
}

TEST_P(Topology, JoinsAndReaches) {
  PeeringSpec spec = specs::three_sites();
  spec.topology = GetParam().topology;
  EXPECT_EQ(edges(spec), GetParam().edges);
  EXPECT_EQ(reach(spec, 0), GetParam().of_amsterdam);
  EXPECT_EQ(reach(spec, 1), GetParam().of_bangalore);
}

INSTANTIATE_TEST_SUITE_P(
    Types, Topology,
    ::testing::Values(
        Row{"FullMeshJoinsEveryPair",
            {},
            {{"amsterdam", "bangalore"}, {"amsterdam", "frankfurt"}, {"bangalore", "frankfurt"}},
            {{"bangalore", {"bangalore"}}, {"frankfurt", {"frankfurt"}}},
            {{"amsterdam", {"amsterdam"}}, {"frankfurt", {"frankfurt"}}}},
        Row{"SpokesReachOneAnotherBehindTheHub",
            {TopologyType::HubAndSpoke, "bangalore", {}},
            {{"amsterdam", "bangalore"}, {"bangalore", "frankfurt"}},
            {{"bangalore", {"bangalore", "frankfurt"}}},
            {{"amsterdam", {"amsterdam"}}, {"frankfurt", {"frankfurt"}}}},
        Row{"CustomEdgesGiveNoTransit",
            {TopologyType::Custom, std::nullopt, {{"frankfurt", "bangalore"}, {"bangalore", "amsterdam"}}},
            {{"amsterdam", "bangalore"}, {"bangalore", "frankfurt"}},
            {{"bangalore", {"bangalore"}}},
            {{"amsterdam", {"amsterdam"}}, {"frankfurt", {"frankfurt"}}}},
        Row{"ASiteWithoutAnEdgeReachesNothing",
            {TopologyType::Custom, std::nullopt, {{"frankfurt", "bangalore"}}},
            {{"bangalore", "frankfurt"}},
            {},
            {{"frankfurt", {"frankfurt"}}}}),
    [](const auto& info) { return info.param.name; });

TEST(Topology, AFullMeshOf64SitesHas2016Edges) {
  PeeringSpec spec;
  for (int i = 0; i < 64; ++i) spec.sites.push_back(specs::site("s" + std::to_string(i), "ams", ""));
  EXPECT_EQ(edges(spec).size(), 2016U);
  EXPECT_EQ(reach(spec, 0).size(), 63U);
}

}  // namespace
}  // namespace vpcp
