#include "domain/host/stream.h"

#include <gtest/gtest.h>

#include "domain/host/commands.h"
#include "domain/status/look_need.h"

namespace vpcp {
namespace {

struct LineRow {
  const char* name;
  std::string line;
  StreamLine::What what;
  std::optional<HintKind> hint;
};
void PrintTo(const LineRow& row, std::ostream* out) {
  *out << row.name;
}
class StreamText : public ::testing::TestWithParam<LineRow> {};

TEST_P(StreamText, IsRead) {
  EXPECT_EQ(parse_stream_line(GetParam().line), (StreamLine{GetParam().what, GetParam().hint}));
}

constexpr auto kChanged = StreamLine::What::Changed;
constexpr auto kForeign = StreamLine::What::Foreign;
const std::vector<LineRow> kLines{
    {"AHeartbeat", "alive", StreamLine::What::Alive, std::nullopt},
    {"ATunnel", "changed tunnel", kChanged, HintKind::Tunnel},
    {"AUnit", "changed unit", kChanged, HintKind::Unit},
    {"AFile", "changed file", kChanged, HintKind::File},
    {"TheFirewall", "changed firewall", kChanged, HintKind::Firewall},
    {"ADeletedRoute", "[ROUTE]Deleted 172.16.2.0/24 dev wg0 scope link", kChanged, HintKind::Network},
    {"ALinkThatIsGone", "[LINK]Deleted 5: wg0: <POINTOPOINT,NOARP> mtu 1420", kChanged, HintKind::Network},
    {"AnAddress", "[ADDR]2: enp1s0    inet 192.0.2.1/24", kChanged, HintKind::Network},
    {"ForwardingTurnedOff", "[NETCONF]inet all forwarding off", kChanged, HintKind::Kernel},
    {"NothingAtAll", "", kForeign, std::nullopt},
    {"AGreeting", "Welcome to Ubuntu", kForeign, std::nullopt},
    {"AnUnknownChange", "changed mind", kForeign, std::nullopt},
    {"AHeartbeatWithATail", "alive and kicking", kForeign, std::nullopt},
    {"AChangeWithATail", "changed file x", kForeign, std::nullopt},
    {"ForeignBytes", std::string("\xff\0[ROUTE]", 9), kForeign, std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(All, StreamText, ::testing::ValuesIn(kLines),
                         [](const auto& row) { return row.param.name; });

TEST(WatchCommand, IsAScriptOfThatName) {
  EXPECT_EQ(command_name(watch_command()), "vpcp-watch");
}

struct HoldRow {
  const char* name;
  std::optional<int> alive_since;
  std::optional<int> last_hint;
  int now;
  bool holds;
};
void PrintTo(const HoldRow& row, std::ostream* out) {
  *out << row.name;
}
class FactsOfALookAt100 : public ::testing::TestWithParam<HoldRow> {};

TEST_P(FactsOfALookAt100, Hold) {
  const HoldRow& row = GetParam();
  const auto at = [](int second) { return SteadyTime{seconds{second}}; };
  StreamState stream;
  if (row.alive_since) stream.alive_since = at(*row.alive_since);
  if (row.last_hint) stream.last_hint = at(*row.last_hint);
  EXPECT_EQ(still_holds(at(100), stream, at(row.now)), row.holds);
}

const std::vector<HoldRow> kHolds{
    {"WhileTheStreamIsQuiet", 50, std::nullopt, 110, true},
    {"WithAnOldHint", 50, 99, 110, true},
    {"NotAfterAHint", 50, 105, 110, false},
    {"NotAfterAHintOfTheSameMoment", 50, 100, 110, false},
    {"NotWithoutAStream", std::nullopt, std::nullopt, 101, false},
    {"NotWhenTheStreamIsYounger", 101, std::nullopt, 110, false},
    {"NotForEver", 50, std::nullopt, 130, false},
};
INSTANTIATE_TEST_SUITE_P(All, FactsOfALookAt100, ::testing::ValuesIn(kHolds),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace vpcp
