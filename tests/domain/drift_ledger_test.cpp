#include "domain/status/drift_ledger.h"

#include <gtest/gtest.h>

namespace vpcp {
namespace {

const SystemTime kNow = from_rfc3339("2026-01-02T03:00:00Z");

Step step(const std::string& lane, DriftKind kind) {
  return {lane, kind, HostChange{}, "found", "done", false};
}
DriftEntry open(const std::string& lane, DriftKind kind, SystemTime at = kNow) {
  return {to_string(kind), lane, "found", at, std::nullopt, expected_of(kind)};
}
DriftEntry repaired(DriftEntry entry, SystemTime at) {
  entry.repaired_at = at;
  entry.took = std::chrono::duration_cast<milliseconds>(at - entry.detected_at);
  return entry;
}

struct Row {
  const char* name;
  Step step;
  bool site_in_place;
  bool host_in_place;
  bool drift;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class IsDrift : public ::testing::TestWithParam<Row> {};

TEST_P(IsDrift, WhenItHadBeenInPlace) {
  PeeringRecord record;
  record.sites["ams"].in_place = GetParam().site_in_place;
  record.hosts["ams/app"].in_place = GetParam().host_in_place;
  EXPECT_EQ(is_drift(GetParam().step, record), GetParam().drift);
}

INSTANTIATE_TEST_SUITE_P(
    Steps, IsDrift,
    ::testing::Values(
        Row{"ARouteOfAHostThatWasRight", step("ams/app", DriftKind::ServerRouteMissing), true, true, true},
        Row{"ARouteOfANewHostIsNone", step("ams/app", DriftKind::ServerRouteMissing), true, false, false},
        Row{"ALostInstanceOfASiteThatWasRight", step("ams/app", DriftKind::InstanceMissing), true, false,
            true},
        Row{"ANewInstanceIsNone", step("ams/app", DriftKind::InstanceMissing), false, false, false},
        Row{"AVpcOfASiteThatWasRight", step("ams", DriftKind::VpcDescriptionChanged), true, false, true},
        Row{"ANewVpcIsNone", step("ams", DriftKind::VpcMissing), false, false, false},
        Row{"AHostThatIsSetUpIsNone", step("ams/app", DriftKind::NotBootstrapped), true, true, false},
        Row{"AHostKeyThatIsChangedIsNone", step("ams/app", DriftKind::HostKeyNotRotated), true, true, false},
        Row{"TheStubIsNone", step("ams/app", DriftKind::UserDataNotReplaced), true, true, false},
        Row{"WhatIsRemovedIsNone", step("stray/x", DriftKind::LeftToRemove), true, true, false},
        Row{"AnUnknownLaneIsNone", step("fra/app", DriftKind::ServerRouteMissing), true, true, false}),
    [](const auto& info) { return info.param.name; });

TEST(NoteDrift, ANewDriftIsDetectedOnce) {
  const std::vector<Step> drift{step("ams/app", DriftKind::ServerRouteMissing),
                                step("ams/app", DriftKind::ServerRouteMissing)};
  const LedgerChange first = note_drift({}, drift, {"ams/app"}, kNow);
  EXPECT_EQ(first.entries, std::vector{open("ams/app", DriftKind::ServerRouteMissing)});
  EXPECT_EQ(first.detected, first.entries);
  EXPECT_TRUE(first.repaired.empty());
  const LedgerChange second = note_drift(first.entries, drift, {"ams/app"}, kNow + seconds{1});
  EXPECT_EQ(second.entries, first.entries);
  EXPECT_TRUE(second.detected.empty());
}

TEST(NoteDrift, WhatIsNoLongerSeenIsRepaired) {
  const DriftEntry before = open("ams/app", DriftKind::ServerRouteMissing);
  const LedgerChange change = note_drift({before}, {}, {"ams/app"}, kNow + seconds{3});
  EXPECT_EQ(change.entries, std::vector{repaired(before, kNow + seconds{3})});
  EXPECT_EQ(change.repaired, change.entries);
}

TEST(NoteDrift, WhatIsNoDriftAnyMoreButIsNotRightEitherStaysOpen) {
  const DriftEntry before = open("ams/app", DriftKind::ServerRouteMissing);
  const std::vector<Step> due{step("ams/app", DriftKind::ServerRouteMissing)};
  const LedgerChange change = note_drift({before}, {}, {"ams/app"}, kNow + seconds{3}, due);
  EXPECT_EQ(change.entries, std::vector{before});
  EXPECT_TRUE(change.repaired.empty());
  EXPECT_TRUE(change.detected.empty());
}

TEST(NoteDrift, WhatCouldNotBeLookedAtStaysOpen) {
  const DriftEntry before = open("ams/app", DriftKind::ServerRouteMissing);
  const LedgerChange change = note_drift({before}, {}, {"ams/other"}, kNow + seconds{3});
  EXPECT_EQ(change.entries, std::vector{before});
  EXPECT_TRUE(change.repaired.empty());
}

TEST(NoteDrift, ASecondTimeIsASecondEntry) {
  const DriftEntry before = repaired(open("ams/app", DriftKind::ServerRouteMissing), kNow);
  const LedgerChange change =
      note_drift({before}, {step("ams/app", DriftKind::ServerRouteMissing)}, {"ams/app"}, kNow + hours{1});
  EXPECT_EQ(change.entries,
            (std::vector{before, open("ams/app", DriftKind::ServerRouteMissing, kNow + hours{1})}));
}

std::vector<Step> many(int count) {
  std::vector<Step> out;
  for (int i = 0; i < count; ++i) out.push_back(step("ams/" + std::to_string(i), DriftKind::NetplanChanged));
  return out;
}

TEST(NoteDrift, RepairedEntriesMakeRoomOldestFirst) {
  std::vector<DriftEntry> ledger{open("ams/open", DriftKind::ForwardingOff),
                                 repaired(open("ams/old", DriftKind::ForwardingOff), kNow),
                                 repaired(open("ams/young", DriftKind::ForwardingOff), kNow)};
  const LedgerChange change = note_drift(ledger, many(18), {}, kNow);
  ASSERT_EQ(change.entries.size(), kLedgerLength);
  EXPECT_EQ(change.entries[0], ledger[0]);
  EXPECT_EQ(change.entries[1], ledger[2]);
}

std::vector<std::string> lanes(const std::vector<Step>& steps) {
  std::vector<std::string> out;
  for (const Step& step : steps) out.push_back(step.lane);
  return out;
}

TEST(NoteDrift, FiftyAtOnceAreAllFoundOnceAndTheirEndIsToldOnce) {
  const std::vector<Step> drift = many(50);
  const LedgerChange first = note_drift({}, drift, lanes(drift), kNow);
  EXPECT_EQ(first.detected.size(), 50U);
  const LedgerChange second = note_drift(first.entries, drift, lanes(drift), kNow + seconds{1});
  EXPECT_EQ(second.entries, first.entries);
  EXPECT_TRUE(second.detected.empty() && second.repaired.empty());
  const std::vector<Step> left(drift.begin(), drift.begin() + 10);
  const LedgerChange third = note_drift(second.entries, left, lanes(drift), kNow + seconds{2});
  EXPECT_EQ(third.repaired.size(), 40U);
  EXPECT_EQ(third.entries.size(), kLedgerLength);
  EXPECT_EQ(third.entries[9], first.entries[9]) << "what is open stays";
  const LedgerChange fourth = note_drift(third.entries, {}, lanes(drift), kNow + seconds{3});
  EXPECT_EQ(fourth.repaired.size(), 10U);
}

TEST(ListedDrift, IsTheWholeLedgerOrItsBeginningAndHowManyMoreThereAre) {
  const std::vector<DriftEntry> ledger = note_drift({}, many(50), {}, kNow).entries;
  const std::vector<DriftEntry> begin(ledger.begin(), ledger.begin() + kLedgerLength);
  const ListedDrift all = listed_drift(begin);
  EXPECT_EQ(all.entries, begin);
  EXPECT_EQ(all.more, 0U);
  const ListedDrift some = listed_drift(ledger);
  EXPECT_EQ(some.entries, begin);
  EXPECT_EQ(some.more, 30U);
}

TEST(NoteDrift, EveryKindHasANameOfItsOwn) {
  std::vector<std::string> names;
  for (int kind = 0; kind <= static_cast<int>(DriftKind::LeftToRemove); ++kind)
    names.emplace_back(to_string(static_cast<DriftKind>(kind)));
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  EXPECT_FALSE(std::binary_search(names.begin(), names.end(), "Unknown"));
}

TEST(SetNotes, OnlyOpenEntriesHaveOne) {
  std::vector<DriftEntry> ledger{open("ams/a", DriftKind::MtuChanged), open("ams/b", DriftKind::MtuChanged),
                                 repaired(open("ams/c", DriftKind::MtuChanged), kNow)};
  ledger[1].note = "of before";
  set_notes(ledger, {{{"MtuChanged", "ams/a"}, "why"}, {{"MtuChanged", "ams/c"}, "why"}});
  EXPECT_EQ(ledger[0].note, "why");
  EXPECT_EQ(ledger[1].note, "");
  EXPECT_EQ(ledger[2].note, "");
}

}  // namespace
}  // namespace vpcp
