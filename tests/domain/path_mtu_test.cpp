#include "domain/status/path_mtu.h"

#include <gtest/gtest.h>

#include "domain/desired/tunnel_mtu.h"
#include "domain/host/path_probe.h"
#include "domain/host_samples.h"
#include "domain/specs.h"
#include "domain/status/edge_verdict.h"

namespace vpcp {
namespace {

using Sizes = std::vector<int>;

/// A path that carries packets of so many bytes, WireGuard's own around them; 0: none.
class Path {
 public:
  /// What was sent beside the whole, stage by stage, and the result.
  struct Run {
    std::vector<Sizes> sent;
    std::optional<PathFound> found;
  };
  /// Runs a search that is due to its end.
  Run run() {
    Run out;
    begin_search(search, about, now);
    while (search.stage != PathSearch::Stage::Idle) {
      out.sent.push_back(sizes_beside_whole(search));
      PathAnswer answer{mtu, {}};
      for (const int size : out.sent.back()) try_size(answer, size);
      try_size(answer, mtu);
      out.found = note_answer(search, answer, now);
    }
    return out;
  }
  std::string about{"a b"};
  int mtu{1420};
  int carries{1500};
  PathSearch search;
  SteadyTime now{hours{1}};

 private:
  void try_size(PathAnswer& answer, int size) const {
    if (on_the_wire(size) <= carries) answer.crossed.insert(size);
  }
  /// IPv4, UDP, WireGuard's header and tag; the packet padded to 16 bytes, though not beyond the MTU of wg0.
  [[nodiscard]] int on_the_wire(int size) const { return std::min((size + 15) / 16 * 16, mtu) + 20 + 8 + 32; }
};

TEST(PathMtu, OfAHealthyPathIsOneSizeAnHour) {
  Path path;
  const Path::Run first = path.run();
  EXPECT_EQ(first.sent, std::vector<Sizes>{{}});
  EXPECT_EQ(first.found, (PathFound{1420, 1420, ""}));
  path.now += minutes{59};
  EXPECT_TRUE(path.run().sent.empty());
  path.now += minutes{1};
  EXPECT_EQ(path.run().found, (PathFound{1420, 1420, ""}));
}

TEST(PathMtu, OfANarrowPathIsFoundInThreeStagesTwice) {
  Path path;
  path.carries = 1400;
  const Path::Run first = path.run();
  EXPECT_EQ(first.sent,
            (std::vector<Sizes>{
                {}, {576, 688, 800, 912, 1024, 1136, 1248, 1360}, {1264, 1280, 1296, 1312, 1328, 1344}}));
  EXPECT_EQ(first.found, std::nullopt) << "one search proves nothing";
  EXPECT_TRUE(path.run().sent.empty());
  path.now += kPathConfirm;
  EXPECT_EQ(path.run().found, (PathFound{1420, 1328, ""}));
  path.now += minutes{59};
  EXPECT_TRUE(path.run().sent.empty());
}

struct Width {
  int carries;
  int mtu;
  std::optional<int> crossed;
};

TEST(PathMtu, IsTheLargestThatCrossesWhateverThePathCarries) {
  for (const Width& row :
       {Width{1500, 1420, 1420}, Width{1480, 1420, 1420}, Width{1479, 1420, 1408}, Width{1468, 1420, 1408},
        Width{1467, 1420, 1392}, Width{1340, 1280, 1280}, Width{1339, 1280, 1264}, Width{640, 1420, 576},
        Width{636, 1420, 576}, Width{635, 1420, std::nullopt}, Width{0, 1420, std::nullopt}}) {
    Path path;
    path.carries = row.carries;
    path.mtu = row.mtu;
    auto found = path.run().found;
    path.now += kPathUnclear;
    if (!found) found = path.run().found;
    EXPECT_EQ(found ? std::optional(found->crossed) : std::nullopt, row.crossed) << row.carries;
    EXPECT_EQ(found && found->narrow(), row.crossed && row.crossed != row.mtu) << row.carries;
  }
}

TEST(PathMtu, IsTheWholeWhereThatCrossesAtALaterStage) {
  PathSearch search;
  begin_search(search, "a b", SteadyTime{});
  EXPECT_EQ(note_answer(search, {1420, {}}, SteadyTime{}), std::nullopt);
  EXPECT_EQ(note_answer(search, {1420, {576, 688, 1420}}, SteadyTime{}), (PathFound{1420, 1420, ""}))
      << "ten pings were lost by chance";
}

TEST(PathMtu, BeginsAgainWhenTheMtuChangesMeanwhile) {
  PathSearch search;
  begin_search(search, "a b", SteadyTime{});
  note_answer(search, {1280, {}}, SteadyTime{});
  EXPECT_EQ(sizes_beside_whole(search).back(), 1248);
  EXPECT_EQ(note_answer(search, {1420, {576, 1248}}, SteadyTime{}), std::nullopt);
  EXPECT_EQ(sizes_beside_whole(search), (Sizes{576, 688, 800, 912, 1024, 1136, 1248, 1360}));
}

TEST(PathMtu, IsSearchedAgainSoonWhenNothingCrossed) {
  Path path;
  path.carries = 0;
  path.run();
  path.carries = 1500;
  path.now += kPathUnclear - seconds{1};
  EXPECT_TRUE(path.run().sent.empty());
  path.now += seconds{1};
  EXPECT_EQ(path.run().found, (PathFound{1420, 1420, ""}));
}

TEST(PathMtu, IsSearchedAnewWhenItIsAboutSomethingElse) {
  Path path;
  path.run();
  EXPECT_TRUE(path.run().sent.empty());
  path.about = "a c";
  EXPECT_EQ(path.run().found, (PathFound{1420, 1420, ""}));
}

TEST(PathProbe, SendsTheWholeAndEverySizeToEveryAddress) {
  const Command command = path_command(
      {{testing::ip("10.10.0.2"), {576, 688}}, {testing::ip("10.10.0.3"), {}}}, milliseconds{400});
  EXPECT_EQ(command_name(command), "vpcp-path");
  const auto arguments = command_arguments(command);
  EXPECT_EQ(std::vector<std::string>(arguments.begin(), arguments.end()),
            (std::vector<std::string>{"0.400", "10.10.0.2=whole", "10.10.0.2=576", "10.10.0.2=688",
                                      "10.10.0.3=whole"}));
}

TEST(PathProbe, ReportIsReadAndForeignLinesAreSkipped) {
  EXPECT_EQ(parse_path_report(
                "hello = there\nmtu=1420\n10.10.0.2=1420\n10.10.0.2=576\n10.10.0.300=576\n10.10.0.4=-1\n"
                "10.10.0.4=70000\n10.10.0.4=\n=576\n10.10.0.4=576x\n"),
            (PathReport{1420, {{testing::ip("10.10.0.2"), {576, 1420}}}}));
  EXPECT_EQ(parse_path_report("mtu=1420\n"), (PathReport{1420, {}}));
}

TEST(PathProbe, ReportWithoutAnMtuIsNone) {
  EXPECT_EQ(parse_path_report(""), std::nullopt);
  EXPECT_EQ(parse_path_report("10.10.0.2=576\nmtu=0\n"), std::nullopt);
}

/// Three sites in a mesh.
class TunnelMtu : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* site : {"amsterdam", "bangalore", "frankfurt"}) {
      record.hosts[std::string(site) + "/gateway-0"].in_place = true;
      record.hosts[std::string(site) + "/gateway-0"].instance.value = std::string("i-") + site;
    }
  }
  /// So much crosses from one gateway to another, under the MTU that it is to have.
  void find(const char* from, const char* to, int crossed) {
    found[{from, to}] = {tunnel_mtu(spec, record, from), crossed, ends(from, to)};
  }
  [[nodiscard]] std::string ends(const char* from, const char* to) {
    const auto id = [&](const char* site) {
      return record.hosts[std::string(site) + "/gateway-0"].instance.value;
    };
    return ends_of(id(from), id(to));
  }
  bool note() { return note_path_limits(record, spec, found); }
  [[nodiscard]] std::vector<int> mtus() const {
    return {tunnel_mtu(spec, record, "amsterdam"), tunnel_mtu(spec, record, "bangalore"),
            tunnel_mtu(spec, record, "frankfurt")};
  }
  [[nodiscard]] std::vector<bool> in_place() const {
    std::vector<bool> out;
    for (const auto& [lane, host] : record.hosts) out.push_back(host.in_place);
    return out;
  }
  PeeringSpec spec = specs::three_sites();
  PeeringRecord record;
  PathsFound found;
};

TEST_F(TunnelMtu, OfEachGatewayFollowsTheNarrowestWayFromIt) {
  EXPECT_EQ(mtus(), (std::vector<int>{1420, 1420, 1420}));
  find("amsterdam", "bangalore", 1420);
  EXPECT_FALSE(note());
  find("amsterdam", "bangalore", 1328);
  find("amsterdam", "frankfurt", 1296);
  EXPECT_TRUE(note());
  EXPECT_EQ(mtus(), (std::vector<int>{1296, 1420, 1420}));
  EXPECT_EQ(in_place(), (std::vector<bool>{false, true, true})) << "what follows from it is no drift";
}

TEST_F(TunnelMtu, OfEveryGatewayFollowsWhenAllWaysToOneSiteAreNarrow) {
  for (const char* other : {"bangalore", "frankfurt"}) {
    find("amsterdam", other, 1328);
    find(other, "amsterdam", 1328);
  }
  EXPECT_TRUE(note());
  EXPECT_EQ(mtus(), (std::vector<int>{1328, 1328, 1328}));
  EXPECT_FALSE(note());
}

TEST_F(TunnelMtu, IsNotChangedByWhatWasFoundUnderAnotherOne) {
  found[{"amsterdam", "bangalore"}] = {1300, 1280, ends("amsterdam", "bangalore")};  // somebody had set it so
  EXPECT_FALSE(note());
  find("amsterdam", "bangalore", 1328);
  EXPECT_TRUE(note());
  found[{"amsterdam", "bangalore"}] = {
      1420, 1312, ends("amsterdam", "bangalore")};  // not lowered yet when it was measured
  EXPECT_FALSE(note());
  EXPECT_EQ(mtus(), (std::vector<int>{1328, 1420, 1420}));
}

TEST_F(TunnelMtu, GoesNoLowerThan1280) {
  find("amsterdam", "bangalore", 1008);
  EXPECT_TRUE(note());
  EXPECT_EQ(mtus(), (std::vector<int>{1280, 1420, 1420}));
  find("amsterdam", "bangalore", 1008);
  EXPECT_FALSE(note());
}

TEST_F(TunnelMtu, StaysLowWhenNothingIsKnownAnyMore) {
  find("amsterdam", "bangalore", 1328);
  note();
  found.clear();
  EXPECT_FALSE(note());
  find("amsterdam", "bangalore", 1328);
  EXPECT_FALSE(note());
  EXPECT_EQ(mtus(), (std::vector<int>{1328, 1420, 1420}));
}

TEST_F(TunnelMtu, BeginsAnewWithAnotherGateway) {
  find("amsterdam", "bangalore", 1328);
  note();
  record.hosts["amsterdam/gateway-0"].in_place = true;
  record.hosts["bangalore/gateway-0"].instance.value = "i-new";
  EXPECT_TRUE(note());
  EXPECT_EQ(mtus(), (std::vector<int>{1420, 1420, 1420}));
  EXPECT_EQ(in_place(), (std::vector<bool>{false, true, true}));
}

TEST_F(TunnelMtu, OfTheSpecIsNotChanged) {
  find("amsterdam", "bangalore", 1328);
  note();
  spec.tunnel.mtu = 1400;
  EXPECT_TRUE(note());
  EXPECT_TRUE(record.path_limits.empty());
  find("amsterdam", "bangalore", 1328);
  EXPECT_FALSE(note());
  EXPECT_EQ(mtus(), (std::vector<int>{1400, 1400, 1400}));
}

TEST_F(TunnelMtu, ForgetsEdgesThatAreGone) {
  find("bangalore", "frankfurt", 1328);
  note();
  spec = specs::ams_blr();
  EXPECT_TRUE(note());
  EXPECT_TRUE(record.path_limits.empty());
  EXPECT_FALSE(note());
}

/// What an edge says of both its ways.
class NotePaths : public ::testing::Test {
 protected:
  std::string said() const {
    return (book.narrow ? "narrow " : "fits ") + std::to_string(book.status.path_mtu.value_or(0));
  }
  void note(const PathsFound& found) {
    TrafficBook all;
    all.edges[{"a", "b"}] = book;
    note_paths(all, found);
    book = all.edges[{"a", "b"}];
  }
  EdgeBook book;
};

TEST_F(NotePaths, TheSmallerDirectionCounts) {
  note({});
  EXPECT_EQ(said(), "fits 0");
  note({{{"a", "b"}, {1420, 1420, ""}}, {{"b", "a"}, {1328, 1328, ""}}, {{"b", "c"}, {1420, 600, ""}}});
  EXPECT_EQ(said(), "fits 1328") << "each gateway sends no more than crosses";
  note({{{"a", "b"}, {1420, 1420, ""}}, {{"b", "a"}, {1420, 1328, ""}}});
  EXPECT_EQ(said(), "narrow 1328");
  note({});
  EXPECT_EQ(said(), "narrow 1328");
}

TEST_F(NotePaths, AnEarlierProcessIsRecalled) {
  TrafficBook all;
  recall(all, {EdgeStatus{.from = "a", .to = "b", .reason = "MtuTooSmall", .path_mtu = 1328},
               EdgeStatus{.from = "a", .to = "c", .reason = "Verified", .path_mtu = 1420}});
  book = all.edges.at({"a", "b"});
  EXPECT_EQ(said(), "narrow 1328");
  book = all.edges.at({"a", "c"});
  EXPECT_EQ(said(), "fits 1420");
}

}  // namespace
}  // namespace vpcp
