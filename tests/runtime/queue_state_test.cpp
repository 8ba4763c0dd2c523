#include "vpcp/runtime/queue_state.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vpcp {
namespace {

const ObjectKey a{"default", "a"};
const ObjectKey b{"default", "b"};
const ObjectKey c{"default", "c"};

SteadyTime at(int s) {
  return SteadyTime{seconds{s}};
}
QueueState::Next gives(const ObjectKey& key) {
  return {key, std::nullopt};
}
QueueState::Next wakes(int s) {
  return {std::nullopt, at(s)};
}
const QueueState::Next nothing{};

struct Add {
  ObjectKey key;
  int when;
};
struct Done {
  ObjectKey key;
};
/// next() at a time, and what it must answer.
struct Take {
  int now;
  QueueState::Next expected;
};
using Move = std::variant<Add, Done, Take>;

struct Row {
  std::string name;
  std::vector<Move> moves;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class QueueRules : public ::testing::TestWithParam<Row> {};

TEST_P(QueueRules, Hold) {
  QueueState queue;
  int move_number = 0;
  for (const Move& move : GetParam().moves) {
    ++move_number;
    if (const auto* add = std::get_if<Add>(&move)) queue.add(add->key, at(add->when));
    if (const auto* done = std::get_if<Done>(&move)) queue.done(done->key);
    if (const auto* take = std::get_if<Take>(&move)) {
      EXPECT_EQ(queue.next(at(take->now)), take->expected) << "move " << move_number;
    }
  }
}

const std::vector<Row> kRows{
    {"AnEmptyQueueHasNothingToWakeFor", {Take{0, nothing}}},
    {"AKeyAddedTwiceComesOutOnce", {Add{a, 0}, Add{a, 0}, Take{0, gives(a)}, Done{a}, Take{0, nothing}}},
    {"KeysComeOutInOrderOfArrival", {Add{b, 0}, Add{a, 0}, Take{0, gives(b)}, Take{0, gives(a)}}},
    {"ADelayedKeyWaitsForItsTime", {Add{a, 5}, Take{4, wakes(5)}, Take{5, gives(a)}}},
    {"ReadyKeysPassDelayedOnes", {Add{a, 5}, Add{b, 0}, Take{1, gives(b)}, Take{1, wakes(5)}}},
    {"TheEarlierOfTwoTimesWins",
     {Add{a, 9}, Add{a, 5}, Add{a, 7}, Take{4, wakes(5)}, Take{5, gives(a)}, Done{a}, Take{20, nothing}}},
    {"ALaterTimeDoesNotDelayAReadyKey",
     {Add{a, 0}, Add{a, 60}, Take{1, gives(a)}, Done{a}, Take{99, nothing}}},
    {"AKeyMovedForwardQueuesBehindThoseReadyBefore",
     {Add{a, 9}, Add{b, 1}, Add{a, 2}, Take{3, gives(b)}, Take{3, gives(a)}}},
    {"AnActiveKeyIsNotGivenOutAgain", {Add{a, 0}, Take{0, gives(a)}, Add{a, 0}, Take{0, nothing}}},
    {"AKeyAddedWhileActiveComesOutAfterDone",
     {Add{a, 0}, Take{0, gives(a)}, Add{a, 0}, Done{a}, Take{0, gives(a)}, Done{a}, Take{0, nothing}}},
    {"ADelayAskedForWhileActiveCountsFromTheAsking",
     {Add{a, 0}, Take{0, gives(a)}, Add{a, 10}, Done{a}, Take{9, wakes(10)}, Take{10, gives(a)}}},
    {"TheEarlierOfTwoTimesAskedForWhileActiveWins",
     {Add{a, 0}, Take{0, gives(a)}, Add{a, 10}, Add{a, 1}, Add{a, 30}, Done{a}, Take{1, gives(a)}}},
    {"OtherKeysGoOnWhileOneIsActive",
     {Add{a, 0}, Add{b, 0}, Add{c, 0}, Take{0, gives(a)}, Add{a, 0}, Take{0, gives(b)}, Take{0, gives(c)}}},
    {"DoneForAKeyThatIsNotActiveChangesNothing", {Add{a, 3}, Done{a}, Done{b}, Take{3, gives(a)}}},
};
INSTANTIATE_TEST_SUITE_P(All, QueueRules, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

TEST(QueueFigures, CountOnlyKeysThatAreReady) {
  QueueState queue;
  queue.add(a, at(1));
  queue.add(b, at(3));
  queue.add(c, at(60));
  EXPECT_EQ(queue.depth(at(0)), 0u);
  EXPECT_EQ(queue.oldest(at(0)), milliseconds{0});
  EXPECT_EQ(queue.depth(at(5)), 2u);
  EXPECT_EQ(queue.oldest(at(5)), seconds{4});
  EXPECT_EQ(queue.next(at(5)).key, a);
  EXPECT_EQ(queue.depth(at(5)), 1u);
  EXPECT_EQ(queue.active(), 1u);
  EXPECT_EQ(queue.next_ready(), at(3));
}

}  // namespace
}  // namespace vpcp
