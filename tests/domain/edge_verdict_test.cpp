#include "domain/status/edge_verdict.h"

#include <gtest/gtest.h>

#include <random>

namespace vpcp {
namespace {

const SitePair kEdge{"amsterdam", "bangalore"};
const SystemTime kStart = from_rfc3339("2026-01-02T03:00:00Z");
const EdgeLimits kLimits{};

/// What the probes of one kind met: how many of a burst were answered.
constexpr int kAll = 100;
constexpr int kNone = 0;
constexpr int kNotAsked = -1;
constexpr int kBeingMade = -2;

/// What the hosts of one site met in one round.
struct Side {
  int gateway_ping{kAll};
  int gateway_tcp{kAll};
  int server_ping{kAll};
  int server_tcp{kAll};
  double millis{144};
};

ProbeObservation probe(const std::string& site, ProbePath path, ProbeProtocol protocol, int answered,
                       int sent) {
  const char* host = path == ProbePath::Gateways ? "/gateway-0" : "/server";
  ProbeObservation out{kEdge, {site, path, protocol}, site + host, answered >= 0, sent, 0, {}, {}};
  out.being_made = answered == kBeingMade;
  if (!out.looked) out.sent = 0;
  out.answered = std::clamp(answered, 0, out.sent);
  return out;
}

std::vector<ProbeObservation> from(const std::string& site, const Side& side, int connections = 1) {
  std::vector<ProbeObservation> out{
      probe(site, ProbePath::Gateways, ProbeProtocol::Icmp, side.gateway_ping, 7),
      probe(site, ProbePath::Gateways, ProbeProtocol::Tcp, side.gateway_tcp, connections),
      probe(site, ProbePath::Servers, ProbeProtocol::Icmp, side.server_ping, 7),
      probe(site, ProbePath::Servers, ProbeProtocol::Tcp, side.server_tcp, connections)};
  if (out[0].answered > 0) out[0].millis = side.millis;
  return out;
}

std::string verdict(const TrafficBook& book) {
  const EdgeStatus& status = book.edges.at(kEdge).status;
  return std::string(to_string(status.health)) + ' ' + status.reason;
}

/// One report after another; a round is ten seconds.
class Watch {
 public:
  /// A round of both sides.
  std::string see(const Side& ams, const Side& blr) {
    now += seconds{10};
    report("amsterdam", ams);
    return report("bangalore", blr);
  }
  std::string see(const Side& both) { return see(both, both); }
  std::string report(const std::string& site, const Side& side, int connections = 1) {
    judge_report(book, from(site, side, connections), limits, now);
    return verdict(book);
  }
  std::string wait(seconds time) {
    now += time;
    book = judge_round(std::move(book), {kEdge}, {}, kLimits, now);
    return verdict(book);
  }
  TrafficBook book;
  EdgeLimits limits = kLimits;
  SystemTime now = kStart;
};

constexpr Side kFine{};
constexpr Side kDead{kNone, kNone, kNone, kNone};
constexpr Side kSilent{kNotAsked, kNotAsked, kNotAsked, kNotAsked};
constexpr Side kUnmade{kBeingMade, kBeingMade, kBeingMade, kBeingMade};
constexpr Side kNoPing{kNone, kAll, kAll, kAll};
constexpr Side kNoTcp{kAll, kNone, kAll, kNone};
constexpr Side kCutOff{kAll, kAll, kNone, kNone};
constexpr Side kRoutedTcp{kAll, kAll, kAll, kNone};
constexpr Side kNoServers{kAll, kAll, kNotAsked, kNotAsked};

struct Row {
  const char* name;
  std::vector<std::pair<Side, Side>> rounds;  ///< What Amsterdam and Bangalore met.
  std::string verdict;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class EdgeVerdict : public ::testing::TestWithParam<Row> {};

TEST_P(EdgeVerdict, Is) {
  Watch watch;
  std::string verdict;
  for (const auto& [ams, blr] : GetParam().rounds) verdict = watch.see(ams, blr);
  EXPECT_EQ(verdict, GetParam().verdict);
}

INSTANTIATE_TEST_SUITE_P(
    Rounds, EdgeVerdict,
    ::testing::Values(
        Row{"UpWhenEverythingCrosses", {{kFine, kFine}}, "Up Verified"},
        Row{"DownByOneDeadBurst", {{kFine, kFine}, {kDead, kDead}}, "Down TunnelDead"},
        Row{"DownWhenOneDirectionIsDead", {{kFine, kFine}, {kDead, kFine}}, "Down TunnelDead"},
        Row{"UpAgainAtOnce", {{kDead, kDead}, {kFine, kFine}}, "Up Verified"},
        Row{"UpWhenOnlyPingsOfOneBurstAreLost", {{kFine, kFine}, {kNoPing, kFine}}, "Up Verified"},
        Row{"DownWhenPingsOfTwoBurstsAreLost",
            {{kFine, kFine}, {kNoPing, kFine}, {kNoPing, kFine}},
            "Down TunnelDead"},
        Row{"UpWhenOneConnectionIsLost", {{kFine, kFine}, {kNoTcp, kFine}}, "Up Verified"},
        Row{"DownWhenServersAreCutOff", {{kFine, kFine}, {kCutOff, kFine}}, "Down ServersCutOff"},
        Row{"StaysDownWhileTheOtherDirectionLosesToo",
            {{kFine, kFine}, {kCutOff, kRoutedTcp}, {kCutOff, kRoutedTcp}, {kFine, kRoutedTcp}},
            "Down ServersCutOff"},
        Row{"UpOnceThatOneHasAnsweredToo",
            {{kFine, kFine},
             {kCutOff, kRoutedTcp},
             {kCutOff, kRoutedTcp},
             {kFine, kRoutedTcp},
             {kFine, kFine}},
            "Up Verified"},
        Row{"UpWhenTheOtherDirectionLosesOneConnectionThen",
            {{kFine, kFine}, {kCutOff, kFine}, {kFine, kRoutedTcp}},
            "Up Verified"},
        Row{"UnknownWhenNobodyCouldBeAsked", {{kSilent, kSilent}}, "Unknown GatewayNotReachable"},
        Row{"UnknownWhenOneSideCouldNotBeAsked", {{kFine, kSilent}}, "Unknown GatewayNotReachable"},
        Row{"NotProbedYetWhileBothSidesAreBeingMade", {{kUnmade, kUnmade}}, "Unknown NotProbedYet"},
        Row{"NotProbedYetWhileOneSideIsBeingMade", {{kFine, kUnmade}}, "Unknown NotProbedYet"},
        Row{"UpOnceTheSideThatWasBeingMadeIsThere", {{kFine, kUnmade}, {kFine, kFine}}, "Up Verified"},
        Row{"UnknownWhenASideThatWasMadeIsSilent",
            {{kUnmade, kUnmade}, {kSilent, kSilent}},
            "Unknown GatewayNotReachable"},
        Row{"UnknownWhenASideThatHasAnsweredIsMadeAnew",
            {{kFine, kFine}, {kFine, kUnmade}, {kFine, kUnmade}, {kFine, kUnmade}},
            "Unknown GatewayNotReachable"},
        Row{"DownWhenOneSideIsSilentAndTheOtherGetsNoAnswer",
            {{kFine, kFine}, {kDead, kSilent}},
            "Down TunnelDead"},
        Row{"UpWithoutServers", {{kNoServers, kNoServers}}, "Up Verified"},
        Row{"UpWhenASideIsSilentOnce", {{kFine, kFine}, {kFine, kSilent}}, "Up Verified"},
        Row{"UnknownWhenASideStaysSilent",
            {{kFine, kFine}, {kFine, kSilent}, {kFine, kSilent}, {kFine, kSilent}},
            "Unknown GatewayNotReachable"},
        Row{"StillDownWhenNobodyCanBeAskedAnyMore", {{kDead, kDead}, {kSilent, kSilent}}, "Down TunnelDead"},
        Row{"UnknownWhenNobodyHasBeenAskedForLong",
            {{kDead, kDead}, {kSilent, kSilent}, {kSilent, kSilent}, {kSilent, kSilent}},
            "Unknown GatewayNotReachable"}),
    [](const auto& info) { return info.param.name; });

TEST(EdgeVerdictReports, ADeadEdgeIsAliveWhenEveryPathOfItHasAnsweredSince) {
  Watch watch;
  ASSERT_EQ(watch.see(kFine), "Up Verified");
  watch.now += seconds{1};
  EXPECT_EQ(watch.report("amsterdam", kCutOff), "Down ServersCutOff");
  watch.now += seconds{1};
  EXPECT_EQ(watch.report("amsterdam", kFine), "Down ServersCutOff") << "who knows of the other direction?";
  watch.now += seconds{1};
  EXPECT_EQ(watch.report("bangalore", kFine), "Up Verified");
}

TEST(EdgeVerdictReports, ADeadEdgeStaysDeadWhileAnotherPathIsSilent) {
  Watch watch;
  ASSERT_EQ(watch.see(kFine), "Up Verified");
  watch.now += seconds{1};
  EXPECT_EQ(watch.report("amsterdam", kCutOff), "Down ServersCutOff");
  EXPECT_EQ(watch.report("bangalore", kFine), "Down ServersCutOff");
  watch.now += seconds{1};
  EXPECT_EQ(watch.report("bangalore", kRoutedTcp), "Down ServersCutOff");
  EXPECT_EQ(watch.report("amsterdam", kFine), "Down ServersCutOff") << "Bangalore's connection was just lost";
  watch.now += seconds{1};
  EXPECT_EQ(watch.report("bangalore", kFine), "Up Verified");
}

/// Sequences drawn by hand, of the pings of one side in its bursts of 7, TCP lost with them or not.
/// '.' all answered · '-' some lost · '1' one answered of 7 · 'x' none, TCP too · 'p' none, TCP answered
struct Sequence {
  const char* name;
  const char* bursts;
  const char* healths;  ///< After each: U(p), d(egraded), D(own).
};
void PrintTo(const Sequence& row, std::ostream* out) {
  *out << row.name;
}

class Hysteresis : public ::testing::TestWithParam<Sequence> {};

TEST_P(Hysteresis, GoesAsDrawn) {
  Watch watch;
  watch.see(kFine);
  std::string healths;
  for (const char* burst = GetParam().bursts; *burst != 0; ++burst) {
    Side side;
    side.gateway_ping = *burst == '.' ? kAll : *burst == '-' ? 5 : *burst == '1' ? 1 : kNone;
    side.gateway_tcp = *burst == 'x' || *burst == '1' ? kNone : kAll;
    watch.now += seconds{10};
    watch.report("bangalore", kFine);
    const std::string health = watch.report("amsterdam", side);
    healths += health.starts_with("Degraded") ? 'd' : health[0];
  }
  EXPECT_EQ(healths, GetParam().healths);
}

INSTANTIATE_TEST_SUITE_P(Drawn, Hysteresis,
                         ::testing::Values(Sequence{"Healthy", "......", "UUUUUU"},
                                           Sequence{"SomeLost", ".-.--.---.", "UUUUUUUUUU"},
                                           Sequence{"OneBurstDead", "..x..", "UUDUU"},
                                           Sequence{"OneBurstOfPings", "..p..p..p", "UUUUUUUUU"},
                                           Sequence{"TwoBurstsOfPings", "..pp..", "UUUDUU"},
                                           Sequence{"PingsLostApart", ".p-p-p.", "UUUUUdd"},
                                           Sequence{"AlmostDead", "x1x1x1", "DDDDDD"},
                                           Sequence{"AlmostDeadComesBack", "x111.", "DDDDU"},
                                           Sequence{"ThreeAnswersEndIt", "pp-", "UDU"}),
                         [](const auto& info) { return info.param.name; });

TEST(EdgeBook, ABlockedKindOfProbesTakesACloserLook) {
  Watch watch;
  watch.see(kFine);
  watch.now += seconds{1};
  EXPECT_EQ(watch.report("amsterdam", kNoTcp), "Up Verified");
  EXPECT_TRUE(watch.book.edges.at(kEdge).in_doubt());
  EXPECT_EQ(watch.report("amsterdam", kNoTcp, 7), "Down TcpBlocked");
  watch.report("amsterdam", kFine, 7);
  EXPECT_EQ(watch.report("bangalore", kFine, 7), "Up Verified");
  EXPECT_EQ(watch.report("amsterdam", kRoutedTcp, 7), "Up Verified");
  EXPECT_EQ(watch.report("amsterdam", kRoutedTcp, 1), "Down RoutedTcpBlocked");
}

TEST(EdgeBook, OneServerOfSeveralThatFailsLeavesTheEdgeUp) {
  Watch watch;
  for (int i = 0; i < 5; ++i) {
    watch.see(kFine);
    std::vector<ProbeObservation> other = from("amsterdam", kDead);
    other.erase(other.begin(), other.begin() + 2);
    for (ProbeObservation& probe : other) probe.from_lane = "amsterdam/other";
    judge_report(watch.book, other, kLimits, watch.now);
    EXPECT_EQ(verdict(watch.book), "Up Verified");
    EXPECT_FALSE(watch.book.carries_traffic("amsterdam/other"));
    EXPECT_TRUE(watch.book.carries_traffic("amsterdam/server"));
  }
  EXPECT_EQ(watch.book.edges.at(kEdge).last_crossed, watch.now);  // every class crossed
}

TEST(EdgeBook, OneTargetOfSeveralThatAnswersNobodyLeavesTheEdgeUp) {
  Watch watch;
  ASSERT_EQ(watch.see(kFine), "Up Verified");
  const auto report = [&](const char* target, const Side& side) {
    watch.now += seconds{1};
    auto probes = from("amsterdam", side, 8);
    for (ProbeObservation& one : probes) one.target = *Ipv4::parse(target);
    judge_report(watch.book, probes, kLimits, watch.now);
    return verdict(watch.book);
  };
  EXPECT_EQ(report("172.16.2.4", kFine), "Up Verified");
  EXPECT_EQ(report("172.16.2.5", kRoutedTcp), "Up Verified")
      << "it is the fifth server's own port that is closed";
  EXPECT_EQ(report("172.16.2.4", kFine), "Up Verified");
  EXPECT_EQ(report("172.16.2.5", kCutOff), "Up Verified");
  watch.now += 2 * kLimits.interval;  // what was answered before that says nothing any more
  EXPECT_EQ(report("172.16.2.5", kCutOff), "Down ServersCutOff");
  EXPECT_EQ(report("172.16.2.4", kCutOff), "Down ServersCutOff");
}

TEST(EdgeBook, WhatNobodyHasLookedAtForLongIsUnknown) {
  Watch watch;
  watch.see(kFine);
  EXPECT_EQ(watch.wait(kLimits.stale_after()), "Up Verified");
  EXPECT_EQ(watch.wait(seconds{1}), "Unknown GatewayNotReachable");
}

TEST(EdgeBook, SinceIsWhenTheHealthChanged) {
  Watch watch;
  watch.see(kFine);
  const SystemTime up = watch.now;
  watch.see(kFine);
  EXPECT_EQ(watch.book.edges.at(kEdge).status.since, up);
  watch.see(kDead);
  EXPECT_EQ(watch.book.edges.at(kEdge).status.since, watch.now);
}

TEST(EdgeBook, TheLastCrossingIsThatOfTheSlowestClass) {
  Watch watch;
  watch.see(kFine);
  const SystemTime crossed = watch.now;
  watch.see(kNoTcp, kFine);
  EXPECT_EQ(watch.book.edges.at(kEdge).last_crossed, crossed);
}

TEST(EdgeBook, RoundTripsOverTheLimitDegradeAfterThreeBursts) {
  Watch watch;
  Side slow;
  slow.millis = 1500;
  watch.see(kFine);
  EXPECT_EQ(watch.see(slow, kFine), "Up Verified");
  watch.see(slow);
  EXPECT_EQ(watch.see(slow), "Degraded RttHigh");
  EXPECT_EQ(watch.see(kFine, slow), "Degraded RttHigh");
  for (int i = 0; i < 3; ++i) watch.see(kFine);
  EXPECT_EQ(watch.see(kFine), "Up Verified");
}

PeeringSpec limited(const EdgeVerification& edge) {
  PeeringSpec spec;
  spec.verification_edges = {edge};
  return spec;
}

TEST(EdgeLimits, AreThoseOfTheObjectWhereAnEdgeHasNoneOfItsOwn) {
  const EdgeLimits limits = edge_limits(limited({{"bangalore", "amsterdam"}, {}, 300}));
  EXPECT_EQ(limits.of(kEdge).rtt_millis, 300) << "whichever site is written first";
  EXPECT_EQ(limits.of(kEdge).loss_percent, 20);
  EXPECT_EQ(limits.of({"amsterdam", "frankfurt"}).rtt_millis, 1000);
}

/// 144 ms, and an answer of seven lost each time: within the limits of the object.
struct OwnRow {
  EdgeVerification limits;
  std::string verdict;
};
TEST(EdgeBook, IsJudgedByLimitsOfItsOwn) {
  Side fair;
  fair.gateway_ping = fair.server_ping = 6;
  for (const auto& [limits, expected] : {OwnRow{{{"amsterdam", "frankfurt"}, 5, 100}, "Up Verified"},
                                         OwnRow{{{"amsterdam", "bangalore"}, {}, 100}, "Degraded RttHigh"},
                                         OwnRow{{{"bangalore", "amsterdam"}, 5, {}}, "Degraded LossHigh"}}) {
    Watch watch;
    watch.limits = edge_limits(limited(limits));
    for (int i = 0; i < 12; ++i) watch.see(fair);
    EXPECT_EQ(verdict(watch.book), expected);
  }
}

TEST(EdgeBook, LossOverTheLimitDegradesAndOneBadDirectionIsAsymmetric) {
  Watch watch;
  Side lossy;
  lossy.gateway_ping = 4;
  lossy.server_ping = 4;
  for (int i = 0; i < 12; ++i) watch.see(lossy);
  EXPECT_EQ(verdict(watch.book), "Degraded LossHigh");
  Watch one;
  for (int i = 0; i < 12; ++i) one.see(lossy, kFine);
  EXPECT_EQ(verdict(one.book), "Degraded Asymmetric");
  for (int i = 0; i < 30; ++i) watch.see(kFine);
  EXPECT_EQ(verdict(watch.book), "Up Verified");
}

TEST(EdgeBook, WhatIsFoundBrokenIsDownBeforeAProbeIsLostAndUntilAllPathsHaveAnsweredSince) {
  Watch watch;
  watch.see(kFine);
  watch.now += seconds{1};
  const EdgeBreaks found{{kEdge, {{"key", "PeerMissing", "amsterdam"}, watch.now}}};
  EXPECT_EQ(note_breaks(watch.book, found, kLimits, watch.now).size(), 1U);
  EXPECT_EQ(verdict(watch.book), "Down PeerMissing");
  EXPECT_EQ(watch.book.edges.at(kEdge).status.since, watch.now);
  watch.now += seconds{1};
  EXPECT_EQ(watch.report("amsterdam", kFine), "Down PeerMissing") << "the other side has not answered yet";
  EXPECT_EQ(note_breaks(watch.book, found, kLimits, watch.now).size(), 1U);
  EXPECT_EQ(watch.report("bangalore", kFine), "Up Verified");
  EXPECT_EQ(note_breaks(watch.book, found, kLimits, watch.now).size(), 0U);
  EXPECT_EQ(verdict(watch.book), "Up Verified") << "an old finding says nothing any more";
}

TEST(EdgeBook, AnAnswerThatIsOlderThanTheBreakSaysNothing) {
  Watch watch;
  watch.see(kFine);
  watch.now += seconds{1};
  const EdgeBreaks found{{kEdge, {{"key", "PeerMissing", "amsterdam"}, watch.now}}};
  watch.now += std::chrono::milliseconds{200};
  for (const char* site : {"amsterdam", "bangalore"}) {
    auto report = from(site, kFine);
    for (ProbeObservation& probe : report) probe.took = std::chrono::milliseconds{300};
    judge_report(watch.book, report, kLimits, watch.now);
  }
  EXPECT_EQ(note_breaks(watch.book, found, kLimits, watch.now).size(), 1U);
  EXPECT_EQ(verdict(watch.book), "Down PeerMissing");
}

TEST(EdgeBook, TheAvailabilityIsThatOfAnEdgeThatWasUpUntilItsBreakWasFound) {
  Watch watch;
  watch.see(kFine);
  watch.see(kFine);
  watch.now += seconds{9};
  note_breaks(watch.book, {{kEdge, {{"key", "PeerMissing", "amsterdam"}, watch.now}}}, kLimits, watch.now);
  watch.now += seconds{1};
  watch.see(kFine);
  const auto up = percent(*watch.book.edges.at(kEdge).status.availability);
  ASSERT_TRUE(up.has_value());
  EXPECT_GT(*up, 60);  // of 30 s, 11 were down
}

TEST(EdgeBook, WhatIsFoundBrokenLeavesAnEdgeThatNobodyHasProvenAsItIs) {
  Watch watch;
  const std::string before = watch.see(kFine, kSilent);
  ASSERT_EQ(before.substr(0, 8), "Unknown ");
  note_breaks(watch.book, {{kEdge, {{"key", "PeerMissing", "amsterdam"}, watch.now + seconds{1}}}}, kLimits,
              watch.now);
  EXPECT_EQ(verdict(watch.book), before);
}

TEST(EdgeBook, EdgesThatAreGoneAreDropped) {
  Watch watch;
  watch.see(kFine);
  EXPECT_TRUE(judge_round(watch.book, {}, {}, kLimits, watch.now).edges.empty());
}

TEST(EdgeBook, AnEdgeThatIsNotInAReportStaysAsItWas) {
  Watch watch;
  watch.see(kFine);
  const EdgeStatus before = watch.book.edges.at(kEdge).status;
  judge_report(watch.book, {}, kLimits, watch.now + seconds{1});
  EXPECT_EQ(watch.book.edges.at(kEdge).status, before);
}

TEST(EdgeBook, ALinkThatLosesFivePercentEachWayIsAlwaysUp) {
  std::mt19937 random(20260102);
  const auto answered = [&](int sent) {
    std::binomial_distribution<int> draw(sent, 0.95 * 0.95);
    return draw(random);
  };
  Watch watch;
  watch.see(kFine);
  int closer = 0;
  for (int i = 0; i < 5'000; ++i) {
    watch.now += seconds{1};
    for (const char* site : {"amsterdam", "bangalore"}) {
      const bool close = watch.book.edges.at(kEdge).in_doubt();
      closer += close ? 1 : 0;
      const int connections = close ? 7 : 1;
      const Side side{answered(7), answered(connections), answered(7), answered(connections)};
      ASSERT_EQ(watch.report(site, side, connections), "Up Verified") << i;
    }
  }
  EXPECT_GT(closer, 500);
}

TEST(ServerEvidence, OfAServerThatIsNotProbedAnyMoreIsForgotten) {
  Watch watch;
  watch.see(kCutOff, kFine);
  EXPECT_FALSE(watch.book.carries_traffic("amsterdam/server"));
  watch.see(kSilent, kFine);  // could not be asked: as it was
  EXPECT_FALSE(watch.book.carries_traffic("amsterdam/server"));
  watch.now += seconds{90};
  watch.report("bangalore", kFine);
  EXPECT_TRUE(watch.book.carries_traffic("amsterdam/server"));
}

TEST(Availability, CountsTheTimeInWhichAnEdgeWasDownAndOutlivesTheProcess) {
  Watch watch;
  watch.see(kFine);
  for (int i = 0; i < 9; ++i) watch.see(kFine);
  for (int i = 0; i < 10; ++i) watch.see(kDead);
  const EdgeStatus before = watch.book.edges.at(kEdge).status;
  ASSERT_TRUE(before.availability.has_value());
  EXPECT_NEAR(*percent(*before.availability), 100.0 * 90 / 190, 0.1);
  Watch next;
  next.now = watch.now + minutes{30};  // nobody looked
  recall(next.book, {before});
  for (int i = 0; i < 10; ++i) next.see(kFine);
  const EdgeAvailability& after = *next.book.edges.at(kEdge).status.availability;
  EXPECT_EQ(after.since, before.availability->since);
  EXPECT_NEAR(*percent(after), 100.0 * 180 / 280, 1.0);
  EXPECT_GE(after.hours.front().unknown_millis, 30 * 60 * 1000);
}

}  // namespace
}  // namespace vpcp
