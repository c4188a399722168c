#include "conformance/runner/settlement.h"

#include <gtest/gtest.h>

namespace plumbline::conformance {
namespace {

/// Answers of `pods` in turn, as many as settle a settlement that has none yet.
void answer_in_turn(Settlement& settlement, const std::vector<std::string>& pods) {
  const std::int64_t needed = settlement.in_a_row_needed();
  for (std::int64_t i = 0; i < needed; ++i) {
    EXPECT_FALSE(settlement.settled()) << "after " << i << " of " << needed << " answers";
    EXPECT_TRUE(settlement.answered(pods[static_cast<std::size_t>(i) % pods.size()]));
  }
}

TEST(Settlement, OneWorkerSettlesWhenAStrangerWouldHaveShown) {
  Settlement settlement(1);
  settlement.expect({{"a"}, {"b"}});
  EXPECT_EQ(settlement.in_a_row_needed(), 35);  // (2/3)^35 <= 1e-6 < (2/3)^34
  EXPECT_EQ(settlement.missing(), (std::vector<std::string>{"a", "b"}));
  answer_in_turn(settlement, {"a", "b"});
  EXPECT_TRUE(settlement.settled());
}

TEST(Settlement, APodThatNeverAnswersIsWaitedForHoweverManyOthersDo) {
  Settlement settlement(1);
  settlement.expect({{"a"}, {"b"}});
  for (int i = 0; i < 100; ++i) settlement.answered("a");
  EXPECT_FALSE(settlement.settled());
  EXPECT_EQ(settlement.missing(), (std::vector<std::string>{"b"}));
}

TEST(Settlement, AStaleNeighbourPairIsNotMissedBetweenItsTurns) {
  Settlement settlement(1);
  settlement.expect({{"a"}, {"b"}, {"c"}});
  for (int cycle = 0; cycle < 20; ++cycle) {
    for (const auto* pod : {"a", "b", "c", "gone-1", "gone-2"}) {
      settlement.answered(pod);
      EXPECT_FALSE(settlement.settled()) << pod << " in cycle " << cycle;
    }
  }
}

TEST(Settlement, WrongAnswerStartsAnew) {
  Settlement settlement(1);
  settlement.expect({{"a"}, {"b"}});
  settlement.answered("a");
  EXPECT_FALSE(settlement.answered("old"));
  answer_in_turn(settlement, {"b", "a"});
  EXPECT_TRUE(settlement.settled());
}

TEST(Settlement, NoAnswerIsWrongWhilePodsAreExpectedAndRightWhenNoneIs) {
  Settlement settlement(1);
  settlement.expect({{"a"}});
  EXPECT_FALSE(settlement.answered(""));
  settlement.expect({});
  EXPECT_FALSE(settlement.answered("a"));
  EXPECT_TRUE(settlement.answered(""));
  EXPECT_TRUE(settlement.settled());
}

TEST(Settlement, SeveralWorkersNeedARunThatMissesNone) {
  Settlement settlement(2);
  settlement.expect({{"a"}});
  int probes = 0;
  while (!settlement.settled()) {
    settlement.answered("a");
    ++probes;
  }
  EXPECT_EQ(probes, 49);  // 0.75^49 <= 1e-6 < 0.75^48: a stranger would have half the turns of one of two workers
}

TEST(Settlement, DrainedPodIsNotWaitedForAndWrongWhenItAnswers) {
  Settlement settlement(1);
  settlement.expect({{"a", 1}, {"drained", 0}});
  EXPECT_FALSE(settlement.answered("drained"));
  answer_in_turn(settlement, {"a"});
  EXPECT_TRUE(settlement.settled());
}

TEST(Settlement, PodOfTwoRowsIsOnePod) {
  Settlement settlement(1);
  settlement.expect({{"a", 1}, {"a", 3}});
  answer_in_turn(settlement, {"a"});
  EXPECT_TRUE(settlement.settled());
}

TEST(Settlement, ChangedExpectationKeepsWhatStillHolds) {
  Settlement settlement(1);
  settlement.expect({{"a"}, {"b"}});
  settlement.answered("a");
  settlement.expect({{"a"}, {"c"}});
  answer_in_turn(settlement, {"c"});
  EXPECT_TRUE(settlement.settled());
}

TEST(Settlement, LightPodsAreGivenMoreProbes) {
  Settlement even(1), uneven(1);
  even.expect({{"a", 1}, {"b", 1}});
  uneven.expect({{"a", 100}, {"b", 1}});
  EXPECT_LT(even.probes_max(), 100);
  EXPECT_GT(uneven.probes_max(), 1400);
}

}  // namespace
}  // namespace plumbline::conformance
