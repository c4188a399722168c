#include "conformance/runner/settlement.h"

#include <gtest/gtest.h>

namespace plumbline::conformance {
namespace {

TEST(Settlement, OneWorkerSettlesWhenEveryPodHasAnswered) {
  Settlement settlement(1);
  settlement.expect({{"a"}, {"b"}});
  EXPECT_TRUE(settlement.answered("a"));
  EXPECT_FALSE(settlement.settled());
  EXPECT_EQ(settlement.missing(), (std::vector<std::string>{"b"}));
  EXPECT_TRUE(settlement.answered("b"));
  EXPECT_TRUE(settlement.settled());
}

TEST(Settlement, WrongAnswerStartsAnew) {
  Settlement settlement(1);
  settlement.expect({{"a"}, {"b"}});
  settlement.answered("a");
  EXPECT_FALSE(settlement.answered("old"));
  settlement.answered("b");
  EXPECT_FALSE(settlement.settled());
  settlement.answered("a");
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
  EXPECT_EQ(probes, 21);  // 2 * 0.5^21 <= 1e-6 < 2 * 0.5^20
}

TEST(Settlement, DrainedPodIsNotWaitedForAndWrongWhenItAnswers) {
  Settlement settlement(1);
  settlement.expect({{"a", 1}, {"drained", 0}});
  EXPECT_FALSE(settlement.answered("drained"));
  EXPECT_TRUE(settlement.answered("a"));
  EXPECT_TRUE(settlement.settled());
}

TEST(Settlement, PodOfTwoRowsIsOnePod) {
  Settlement settlement(1);
  settlement.expect({{"a", 1}, {"a", 3}});
  settlement.answered("a");
  EXPECT_TRUE(settlement.settled());
}

TEST(Settlement, ChangedExpectationKeepsWhatStillHolds) {
  Settlement settlement(1);
  settlement.expect({{"a"}, {"b"}});
  settlement.answered("a");
  settlement.expect({{"a"}, {"c"}});
  settlement.answered("c");
  EXPECT_TRUE(settlement.settled());
}

TEST(Settlement, LightPodsAreGivenMoreProbes) {
  Settlement even(1), uneven(1);
  even.expect({{"a", 1}, {"b", 1}});
  uneven.expect({{"a", 100}, {"b", 1}});
  EXPECT_LT(even.probes_max(), 40);
  EXPECT_GT(uneven.probes_max(), 1400);
}

}  // namespace
}  // namespace plumbline::conformance
