#include "domain/status/look_need.h"

#include <gtest/gtest.h>

namespace vpcp {
namespace {

/// One edge and one server.
TrafficBook book(EdgeHealth health, const char* reason) {
  TrafficBook out;
  EdgeBook& edge = out.edges[{"a", "b"}];
  edge.status.health = health;
  edge.status.reason = reason;
  edge.narrow = true;
  out.servers["a/web"] = {};
  return out;
}

TEST(AllAnswer, WhenEveryEdgeIsUpOrOnlyTooNarrow) {
  EXPECT_TRUE(all_answer(book(EdgeHealth::Up, "Verified")));
  EXPECT_TRUE(all_answer(book(EdgeHealth::Degraded, "MtuTooSmall")));
  EXPECT_FALSE(all_answer(book(EdgeHealth::Degraded, "LossHigh")));
  EXPECT_FALSE(all_answer(book(EdgeHealth::Down, "TunnelDead")));
  EXPECT_FALSE(all_answer(book(EdgeHealth::Unknown, "GatewayNotReachable")));
  EXPECT_FALSE(all_answer({})) << "nothing is known yet";
}

TEST(AllAnswer, NotWhileAServerOrAProbeIsSilent) {
  TrafficBook silent = book(EdgeHealth::Up, "Verified");
  silent.servers["a/web"].lost_in_a_row = 1;
  EXPECT_FALSE(all_answer(silent));
  TrafficBook doubted = book(EdgeHealth::Up, "Verified");
  doubted.edges[{"a", "b"}]
      .evidence[{"a", ProbePath::Gateways, ProbeProtocol::Icmp}][{"a/gateway-0", {}}]
      .lost_in_a_row = 1;
  EXPECT_FALSE(all_answer(doubted));
}

}  // namespace
}  // namespace vpcp
