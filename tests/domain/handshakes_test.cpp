#include "domain/host/handshakes.h"

#include <gtest/gtest.h>

namespace vpcp {
namespace {

using namespace std::chrono_literals;

constexpr int kNever = -1;       ///< No handshake yet.
constexpr int kNotKnown = -100;  ///< Nothing is told.

/// One look at a gateway. Seconds of the controller, from the beginning of the row.
struct Look {
  int at;
  int handshake;      ///< The last one, in truth; before the first look it is less than 0. kNever: none.
  int ahead_then{0};  ///< How far the host's clock was ahead when it shook hands.
  int ahead{0};       ///< And at the look.
};

struct Row {
  const char* name;
  std::vector<Look> looks;
  int told;  ///< How old the last handshake is at the last look; kNotKnown.
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

const SystemTime kStart = from_rfc3339("2026-01-02T03:00:00Z");
const int kHours = 3 * 3600;

Moment moment(int at) {
  return {kStart + seconds{at}, SteadyTime{1h} + seconds{at}};
}

HostFacts facts_of(const Look& look) {
  const seconds start = std::chrono::floor<seconds>(kStart.time_since_epoch());
  HostFacts facts;
  facts.clock = start + seconds{look.at + look.ahead};
  facts.tunnel.emplace();
  TunnelPeerFacts peer;
  peer.public_key = "b";
  if (look.handshake != kNever) peer.latest_handshake = start + seconds{look.handshake + look.ahead_then};
  facts.tunnel->peers.push_back(peer);
  return facts;
}

class HandshakeAge : public ::testing::TestWithParam<Row> {};

TEST_P(HandshakeAge, IsTold) {
  std::optional<HandshakeBook> book;
  for (const Look& look : GetParam().looks) book = note_handshakes(book, facts_of(look), moment(look.at));
  const Moment now = moment(GetParam().looks.back().at);
  const auto last = last_handshake(*book, "b", now);
  EXPECT_EQ(last ? std::chrono::duration_cast<seconds>(now.wall - *last).count() : kNotKnown,
            GetParam().told);
}

INSTANTIATE_TEST_SUITE_P(
    Table, HandshakeAge,
    ::testing::Values(
        Row{"OfAClockThatIsLeftAlone", {{0, -50}, {30, -50}}, 80}, Row{"OfANewOne", {{0, -110}, {30, 25}}, 5},
        Row{"OfTheFirstOneEver", {{0, kNever}, {30, 25}}, 5},
        Row{"OfNone", {{0, kNever}, {30, kNever}}, kNotKnown},
        Row{"OfADeadTunnel", {{0, -50}, {kHours, -50}}, kHours + 50},
        Row{"AfterTheClockWasSetForward", {{0, -50}, {30, -50, 0, kHours}}, 80},
        Row{"AfterTheClockWasSetBack", {{0, -50}, {30, -50, 0, -kHours}}, 80},
        Row{"AfterTheClockWasPutRight", {{0, kNever}, {30, 25, kHours, kHours}, {60, 25, kHours, 0}}, 35},
        Row{"OfAClockThatStaysWrong",
            {{0, kNever}, {30, 25, -kHours, -kHours}, {60, 55, -kHours, -kHours}},
            5},
        Row{"SetForwardAfterANewOneBetweenTwoLooks", {{0, -110}, {30, 10, 0, kHours}}, 30},
        Row{"SetBackAfterANewOneBetweenTwoLooks", {{0, -110}, {30, 10, 0, -kHours}}, 30},
        Row{"SetForwardBeforeANewOneBetweenTwoLooks", {{0, -110}, {30, 20, kHours, kHours}}, 10},
        Row{"SetBackBeforeANewOneBetweenTwoLooks", {{0, -110}, {30, 20, -kHours, -kHours}}, 10},
        Row{"ThatWasBoundedAgesOn", {{0, -110}, {30, 10, 0, kHours}, {60, 10, 0, kHours}}, 60},
        Row{"OfANewOneWhileTheHostWasSilentForLong", {{0, -110}, {kHours, 10, 0, -kHours}}, kNotKnown},
        Row{"AndTheNextOneAfterThat",
            {{0, -110}, {kHours, 10, 0, -kHours}, {kHours + 9, kHours + 4, 0, 0}},
            5},
        Row{"AtTheStartByARightClock", {{0, -50}}, 50},
        Row{"AtTheStartOfATunnelThatIsDead", {{0, -kHours}}, kHours},
        Row{"AtTheStartByAClockSetForward", {{0, -50, 0, kHours}}, kNotKnown},
        Row{"AtTheStartByAClockSetBack", {{0, -50, 0, -kHours}}, kNotKnown},
        Row{"AtTheStartByAClockThatWasAheadAndIsRight", {{0, -50, kHours, 0}}, kNotKnown},
        Row{"AtTheStartStaysUnknownWithoutANewOne", {{0, -50, 0, kHours}, {60, -50, 0, kHours}}, kNotKnown},
        Row{"AtTheStartIsKnownByTheNextOne", {{0, -50, 0, kHours}, {60, 55, kHours, kHours}}, 5},
        Row{"OfASecondAheadByRoundingIsNone", {{0, 1}}, 0}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(HandshakeAgeBetweenLooks, GrowsByTheControllersOwnSteadyClock) {
  const HandshakeBook book = note_handshakes(std::nullopt, facts_of({0, -50}), moment(0));
  // An hour later the controller's own wall clock has been set as well.
  const Moment now{kStart - 5h, moment(3600).steady};
  EXPECT_EQ(last_handshake(book, "b", now), now.wall - 3650s);
  EXPECT_EQ(last_handshake(book, "another", now), std::nullopt);
}

TEST(HandshakeAgeBetweenLooks, OfATunnelThatWasMadeAnewIsNotTakenFromBefore) {
  HandshakeBook book = note_handshakes(std::nullopt, facts_of({0, -50}), moment(0));
  HostFacts gone = facts_of({30, -50});
  gone.tunnel.reset();
  book = note_handshakes(book, gone, moment(30));
  EXPECT_EQ(last_handshake(book, "b", moment(30)), std::nullopt);
  book = note_handshakes(book, facts_of({60, 50, 0, kHours}), moment(60));
  EXPECT_EQ(last_handshake(book, "b", moment(60)), moment(30).wall)
      << "it came after the look that found none";
}

}  // namespace
}  // namespace vpcp
