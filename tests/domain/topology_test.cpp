#include "domain/desired/topology.h"

#include <gtest/gtest.h>

#include "domain/specs.h"

namespace vpcp {
namespace {

using Reach = std::map<std::string, std::vector<std::string>>;

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

class Topology : public testing::TestWithParam<Row> {};

TEST_P(Topology, JoinsAndReaches) {
  PeeringSpec spec = specs::three_sites();
  spec.topology = GetParam().topology;
  EXPECT_EQ(edges(spec), GetParam().edges);
  EXPECT_EQ(reach(spec, "amsterdam"), GetParam().of_amsterdam);
  EXPECT_EQ(reach(spec, "bangalore"), GetParam().of_bangalore);
}

INSTANTIATE_TEST_SUITE_P(
    Types, Topology,
    testing::Values(
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
  EXPECT_EQ(reach(spec, "s0").size(), 63U);
}

}  // namespace
}  // namespace vpcp
