#include "domain/status/fight.h"

#include <gtest/gtest.h>

namespace vpcp {
namespace {

const SystemTime kNow = from_rfc3339("2026-01-02T03:00:00Z");

Step step(const std::string& lane = "ams/gateway-0", DriftKind kind = DriftKind::ForwardingOff) {
  return {lane, kind, HostChange{}, "ip_forward is 0", "Turn it on", false};
}
const DriftPlace kPlace{"ams/gateway-0", DriftKind::ForwardingOff};

/// Repairs at these seconds after kNow; how many fights began.
std::size_t repair_at(FightBook& book, const std::vector<int>& moments) {
  std::size_t begun = 0;
  for (const int moment : moments) {
    note_seen(book, {step()}, kNow + seconds{moment});
    begun += note_repairs(book, {step(), step()}, kNow + seconds{moment}).size();
  }
  return begun;
}

struct Row {
  const char* name;
  std::vector<int> repairs;
  std::size_t begun;
  int asked;  ///< Seconds after kNow.
  bool may_repair;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}
class FightOf : public ::testing::TestWithParam<Row> {};

TEST_P(FightOf, IsSeenAndSlowedDown) {
  FightBook book;
  EXPECT_EQ(repair_at(book, GetParam().repairs), GetParam().begun);
  EXPECT_EQ(may_repair(book, kPlace, kNow + seconds{GetParam().asked}), GetParam().may_repair);
  EXPECT_EQ(fight_text(book, kPlace).has_value(), GetParam().begun > 0);
}

INSTANTIATE_TEST_SUITE_P(
    Repairs, FightOf,
    ::testing::Values(
        Row{"NoneIsNone", {}, 0, 0, true}, Row{"FiveAreStillNone", {0, 1, 2, 3, 4}, 0, 5, true},
        Row{"TheSixthBeginsOne", {0, 1, 2, 3, 4, 5}, 1, 6, false},
        Row{"SixOverALongTimeAreNone", {0, 150, 300, 450, 600, 750}, 0, 751, true},
        Row{"AfterThePauseOneMore", {0, 1, 2, 3, 4, 5}, 1, 126, true},
        Row{"AndThenAPauseAgain", {0, 1, 2, 3, 4, 5, 126}, 1, 127, false},
        Row{"AtItsSlowPaceItGoesOn", {0, 1, 2, 3, 4, 5, 126, 247, 368, 489, 610, 731, 852}, 1, 853, false}),
    [](const auto& info) { return info.param.name; });

TEST(Fight, OtherPlacesAreNotSlowedDown) {
  FightBook book;
  repair_at(book, {0, 1, 2, 3, 4, 5});
  EXPECT_TRUE(may_repair(book, {"blr/gateway-0", DriftKind::ForwardingOff}, kNow + seconds{6}));
  EXPECT_TRUE(may_repair(book, {"ams/gateway-0", DriftKind::MtuChanged}, kNow + seconds{6}));
}

TEST(Fight, IsOverWhenItHasStayedAway) {
  FightBook book;
  repair_at(book, {0, 1, 2, 3, 4, 5});
  note_seen(book, {}, kNow + minutes{10});
  EXPECT_TRUE(fight_text(book, kPlace)) << "10 minutes are not more than 10 minutes";
  note_seen(book, {}, kNow + minutes{11});
  EXPECT_FALSE(fight_text(book, kPlace));
  EXPECT_TRUE(book.empty());
}

TEST(Fight, SaysWhatWasSeenLast) {
  FightBook book;
  repair_at(book, {0, 1, 2, 3, 4, 5});
  Step other = step();
  other.why = "something else";
  note_seen(book, {other}, kNow + seconds{7});
  EXPECT_TRUE(fight_text(book, kPlace)->starts_with("something else: "));
}

}  // namespace
}  // namespace vpcp
