#include <gtest/gtest.h>

#include "domain/status/outdated.h"

namespace vpcp {
namespace {

const SystemTime kSeen{seconds{1'800'000'000}};

/// Of a peering that works, as a controller wrote it that looked at kSeen.
VpcPeering working() {
  VpcPeering peering;
  peering.spec.verification_interval = seconds{60};
  const auto said = [](const char* type, ConditionStatus status) {
    return Condition{type, status, "Said", "as it was", 1, kSeen};
  };
  peering.status.conditions = {said(condition::kTunnelsUp, ConditionStatus::True),
                               said(condition::kServersRouted, ConditionStatus::False),
                               said(condition::kHostIdentityChanged, ConditionStatus::False),
                               said(condition::kReady, ConditionStatus::True)};
  for (const EdgeHealth health :
       {EdgeHealth::Up, EdgeHealth::Degraded, EdgeHealth::Down, EdgeHealth::Unknown}) {
    EdgeStatus edge;
    edge.health = health;
    edge.reason = "Said";
    edge.rtt_millis = 144;
    edge.availability = EdgeAvailability{kSeen - hours{1}, kSeen - seconds{peering.status.edges.size()}, {}};
    peering.status.edges.push_back(edge);
  }
  return peering;
}

TEST(OutdatedStatus, IsBelievedForTwoIntervalsAndFiveMinutesAfterTheLastLook) {
  const VpcPeering peering = working();
  EXPECT_EQ(edges_looked_at(peering.status), kSeen);
  EXPECT_EQ(believable_status(peering, kSeen + minutes{7}), peering.status);
  EXPECT_NE(believable_status(peering, kSeen + minutes{7} + seconds{1}), peering.status);
  EXPECT_FALSE(is_hearsay(peering.status));
}

TEST(OutdatedStatus, ThenNothingIsSaidToWorkAndWhatIsBrokenStaysSo) {
  const PeeringStatus status = believable_status(working(), kSeen + hours{72});
  const auto now = [&](const char* type) { return *find_condition(status, type); };
  for (const char* type : {condition::kTunnelsUp, condition::kReady, condition::kHostIdentityChanged}) {
    EXPECT_EQ(now(type).status, ConditionStatus::Unknown) << type;
    EXPECT_EQ(now(type).reason, "StatusOutdated");
    EXPECT_NE(now(type).message.find("the edges were last looked at on 2027-01-15T08:00:00Z"),
              std::string::npos)
        << now(type).message;
  }
  EXPECT_EQ(now(condition::kServersRouted), *find_condition(working().status, condition::kServersRouted));
  ASSERT_EQ(status.edges.size(), 4U);
  for (const std::size_t carried : {0, 1}) {
    EXPECT_EQ(status.edges[carried].health, EdgeHealth::Unknown);
    EXPECT_EQ(status.edges[carried].reason, "StatusOutdated");
    EXPECT_EQ(status.edges[carried].rtt_millis, std::nullopt);
  }
  for (const std::size_t told : {2, 3}) EXPECT_EQ(status.edges[told], working().status.edges[told]);
  EXPECT_TRUE(is_hearsay(status));
}

TEST(OutdatedStatus, OneThatIsNotReadySaysWhyAndItsEdgesAreNotSaidToWork) {
  VpcPeering refused = working();
  for (Condition& condition : refused.status.conditions) {
    if (condition.type == condition::kReady) condition.status = ConditionStatus::False;
  }
  const PeeringStatus status = believable_status(refused, kSeen + hours{72});
  EXPECT_EQ(status.conditions, refused.status.conditions);
  EXPECT_EQ(status.edges[0].health, EdgeHealth::Unknown);
  EXPECT_EQ(status.edges[0].reason, "StatusOutdated");
  EXPECT_EQ(status.edges[0].rtt_millis, std::nullopt);
  EXPECT_EQ(status.edges[2], refused.status.edges[2]) << "what was down";
  EXPECT_FALSE(is_hearsay(status));
}

TEST(OutdatedStatus, OneThatSaysNothingOfLooksIsLeftAsItIs) {
  VpcPeering peering = working();
  for (EdgeStatus& edge : peering.status.edges) edge.availability.reset();
  EXPECT_EQ(edges_looked_at(peering.status), std::nullopt);
  EXPECT_EQ(believable_status(peering, kSeen + hours{72}), peering.status);
}

}  // namespace
}  // namespace vpcp
