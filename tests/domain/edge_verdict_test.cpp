#include "domain/status/edge_verdict.h"

#include <gtest/gtest.h>

#include <random>

namespace vpcp {
namespace {

const SitePair kEdge{"amsterdam", "bangalore"};
const SystemTime kStart = from_rfc3339("2026-01-02T03:00:00Z");

enum class Answer { Yes, No, NotAsked };

/// What the probes of one round met. Each from both sides.
struct Round {
  Answer gateway_ping{Answer::Yes};
  Answer gateway_tcp{Answer::Yes};
  Answer server_ping{Answer::Yes};
  Answer server_tcp{Answer::Yes};
};

ProbeObservation probe(const std::string& site, ProbePath path, ProbeProtocol protocol, Answer answer) {
  const char* host = path == ProbePath::Gateways ? "/gateway-0" : "/server";
  ProbeObservation out{
      kEdge, {site, path, protocol}, site + host, answer != Answer::NotAsked, answer == Answer::Yes, {}};
  if (out.answered && protocol == ProbeProtocol::Icmp) out.millis = 144.0;
  return out;
}

std::vector<ProbeObservation> from(const std::string& site, const Round& round) {
  return {probe(site, ProbePath::Gateways, ProbeProtocol::Icmp, round.gateway_ping),
          probe(site, ProbePath::Gateways, ProbeProtocol::Tcp, round.gateway_tcp),
          probe(site, ProbePath::Servers, ProbeProtocol::Icmp, round.server_ping),
          probe(site, ProbePath::Servers, ProbeProtocol::Tcp, round.server_tcp)};
}

std::vector<ProbeObservation> both(const Round& ams, const Round& blr) {
  auto out = from("amsterdam", ams);
  const auto more = from("bangalore", blr);
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

std::string verdict(const TrafficBook& book) {
  const EdgeStatus& status = book.edges.at(kEdge).status;
  return std::string(to_string(status.health)) + ' ' + status.reason +
         (status.hop.empty() ? "" : " at " + status.hop);
}

/// One round after another, ten seconds apart.
class Watch {
 public:
  std::string see(const std::vector<ProbeObservation>& round) {
    now += seconds{10};
    book = judge_round(std::move(book), {kEdge}, round, now);
    return verdict(book);
  }
  std::string see(const Round& ams, const Round& blr) { return see(both(ams, blr)); }
  std::string see(const Round& round) { return see(round, round); }
  TrafficBook book;
  SystemTime now = kStart;
};

constexpr Round kFine{};
constexpr auto kNo = Answer::No;
constexpr auto kNotAsked = Answer::NotAsked;
constexpr Round kDead{kNo, kNo, kNo, kNo};
constexpr Round kSilent{kNotAsked, kNotAsked, kNotAsked, kNotAsked};
const std::string kUp = "Up Verified";
const std::string kDegraded = "Degraded ProbeLost";

struct Row {
  const char* name;
  std::vector<std::pair<Round, Round>> rounds;  ///< What Amsterdam and Bangalore met.
  std::string verdict;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class EdgeVerdict : public testing::TestWithParam<Row> {};

TEST_P(EdgeVerdict, Is) {
  Watch watch;
  std::string verdict;
  for (const auto& [ams, blr] : GetParam().rounds) verdict = watch.see(ams, blr);
  EXPECT_EQ(verdict, GetParam().verdict);
}

constexpr Round kNoPing{kNo};
constexpr Round kNoTcp{Answer::Yes, kNo, Answer::Yes, kNo};
constexpr Round kCutOff{Answer::Yes, Answer::Yes, kNo, kNo};
constexpr Round kRoutedTcp{Answer::Yes, Answer::Yes, Answer::Yes, kNo};
constexpr Round kNoServers{Answer::Yes, Answer::Yes, kNotAsked, kNotAsked};

INSTANTIATE_TEST_SUITE_P(
    Rounds, EdgeVerdict,
    testing::Values(
        Row{"UpWhenEverythingCrosses", {{kFine, kFine}}, kUp},
        Row{"DegradedAfterOneDeadRound", {{kFine, kFine}, {kDead, kDead}}, kDegraded},
        Row{"DownAfterTwoDeadRounds", {{kDead, kDead}, {kDead, kDead}}, "Down TunnelDead at tunnel"},
        Row{"UpAgainAtOnce", {{kDead, kDead}, {kDead, kDead}, {kFine, kFine}}, kUp},
        Row{"DegradedWhenDeadRoundsDoNotFollowOneAnother",
            {{kDead, kDead}, {kFine, kFine}, {kDead, kDead}},
            kDegraded},
        Row{"DownWhenOneDirectionIsDead", {{kDead, kFine}, {kDead, kFine}}, "Down TunnelDead at tunnel"},
        Row{"DownByTheGatewaysFirewall",
            {{kNoTcp, kFine}, {kNoTcp, kFine}},
            "Down TcpBlocked at gateway firewall"},
        Row{"DownByMissingRoutes",
            {{kCutOff, kFine}, {kCutOff, kFine}},
            "Down ServersCutOff at server route or forwarding"},
        Row{"DownWhenRoutedTcpIsDenied",
            {{kRoutedTcp, kFine}, {kRoutedTcp, kFine}},
            "Down RoutedTcpBlocked at gateway firewall (routed traffic)"},
        Row{"DegradedWhenTwoPingsInARowAreLost", {{kNoPing, kFine}, {kNoPing, kFine}}, kDegraded},
        Row{"DegradedWhenFourPingsInARowAreLost",
            {{kNoPing, kFine}, {kNoPing, kFine}, {kNoPing, kFine}, {kNoPing, kFine}},
            kDegraded},
        Row{"DownWhenFivePingsInARowAreLost",
            {{kNoPing, kFine}, {kNoPing, kFine}, {kNoPing, kFine}, {kNoPing, kFine}, {kNoPing, kFine}},
            "Down TunnelDead at tunnel"},
        Row{"DegradedWhenPingsAreLostAndThenNobodyCanBeAsked",
            {{kNoPing, kFine}, {kNoPing, kFine}, {kSilent, kSilent}},
            kDegraded},
        Row{"UnknownWhenNobodyCouldBeAsked", {{kSilent, kSilent}}, "Unknown GatewayNotReachable"},
        Row{"UnknownWhenOneSideCouldNotBeAsked", {{kFine, kSilent}}, "Unknown GatewayNotReachable"},
        Row{"DownWhenOneSideCouldNotBeAskedAndTheOtherGetsNoAnswer",
            {{kDead, kSilent}, {kDead, kSilent}},
            "Down TunnelDead at tunnel"},
        Row{"StillDownWhenNobodyCanBeAskedAnyMore",
            {{kDead, kDead}, {kDead, kDead}, {kSilent, kSilent}},
            "Down TunnelDead at tunnel"},
        Row{"UpWithoutServers", {{kNoServers, kNoServers}}, kUp}),
    [](const auto& info) { return info.param.name; });

TEST(EdgeBook, NoProbesAtAllAreUnknown) {
  Watch watch;
  EXPECT_EQ(watch.see(std::vector<ProbeObservation>{}), "Unknown GatewayNotReachable");
}

TEST(EdgeBook, OneServerOfSeveralThatFailsDegradesTheEdge) {
  Watch watch;
  for (int i = 0; i < 5; ++i) {
    auto round = both(kFine, kFine);
    round.push_back(probe("amsterdam", ProbePath::Servers, ProbeProtocol::Tcp, kNo));
    EXPECT_EQ(watch.see(round), kDegraded);
  }
  EXPECT_EQ(watch.book.edges.at(kEdge).last_crossed, watch.now);  // every class crossed
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

TEST(EdgeBook, RemembersTheLastCrossingTheRoundTripAndTheLosses) {
  Watch watch;
  watch.see(kFine);
  const SystemTime crossed = watch.now;
  watch.see(kDead);
  const EdgeBook& book = watch.book.edges.at(kEdge);
  EXPECT_EQ(book.last_crossed, crossed);
  EXPECT_EQ(book.status.rtt_millis, 144.0);
  EXPECT_EQ(book.status.loss_percent, 50.0);
}

TEST(EdgeBook, LossesAreOfTheLastHundredProbes) {
  Watch watch;
  watch.see(kDead);
  for (int i = 0; i < 13; ++i) watch.see(kFine);
  EXPECT_EQ(watch.book.edges.at(kEdge).status.loss_percent, 0.0);
}

TEST(EdgeBook, EdgesThatAreGoneAreDropped) {
  Watch watch;
  watch.see(kFine);
  EXPECT_TRUE(judge_round(watch.book, {}, {}, watch.now).edges.empty());
}

TEST(EdgeBook, ALinkThatLosesFivePercentIsNotDown) {
  std::mt19937 random(20260102);
  const auto arrives = [&] { return std::uniform_real_distribution<>(0, 1)(random) > 0.05; };
  const auto ping = [&] { return arrives() && arrives() ? Answer::Yes : Answer::No; };
  const auto tcp = [&] { return ping() == Answer::Yes || ping() == Answer::Yes ? Answer::Yes : Answer::No; };
  const auto lossy = [&] { return Round{ping(), tcp(), ping(), tcp()}; };
  Watch watch;
  int down = 0;
  for (int i = 0; i < 2000; ++i) {
    watch.see(lossy(), lossy());
    if (watch.book.edges.at(kEdge).status.health == EdgeHealth::Down) ++down;
  }
  EXPECT_LE(down, 2);
}

TEST(ServerFailures, CountRoundsInWhichNothingIsAnswered) {
  Watch watch;
  using Failures = std::map<std::string, int>;
  watch.see(kCutOff, kFine);
  watch.see(kCutOff, kFine);
  EXPECT_EQ(watch.book.server_failures, (Failures{{"amsterdam/server", 2}}));
  watch.see(kSilent, kFine);  // could not be asked: as it was
  EXPECT_EQ(watch.book.server_failures, (Failures{{"amsterdam/server", 2}}));
  watch.see(kRoutedTcp, kFine);  // a ping is an answer
  EXPECT_EQ(watch.book.server_failures, Failures{});
}

TEST(ServerFailures, OfAServerThatIsNotProbedAnyMoreAreForgotten) {
  Watch watch;
  watch.see(kCutOff, kFine);
  watch.see(from("bangalore", kFine));
  EXPECT_TRUE(watch.book.server_failures.empty());
}

}  // namespace
}  // namespace vpcp
