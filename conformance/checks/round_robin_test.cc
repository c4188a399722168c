// What `roundRobin` looks at, and what it refuses to say.
#include <gtest/gtest.h>

#include "conformance/checks/golden_histories.h"

namespace plumbline::conformance {
namespace {

const json kRoundRobin{{"roundRobin", {{"during", "w"}}}};

TEST(RoundRobin, IsJudgedOnOneConnectionThatIsKept) {
  const auto verdict = [](bool fresh, int connections) {
    HistoryBuilder builder(kRoundRobin, kTunnelStep);
    builder.service("cls-1");
    for (int i = 0; i < 4; ++i) builder.pod(1, "cls-1", "p" + std::to_string(i), "10.0.16." + std::to_string(i + 1));
    builder.tunnel(10, 0, {{"cls-1", 1}}).window(1, "w", 1'000'000, 2'000'000, 4000, fresh, connections);
    return in_turn(builder, 4000, 4).finding().verdict;
  };
  EXPECT_EQ(verdict(false, 1), Verdict::kPass);
  EXPECT_EQ(verdict(true, 1), Verdict::kHarnessError);
  EXPECT_EQ(verdict(false, 2), Verdict::kHarnessError);
}

TEST(RoundRobin, OfOnePodShowsNothing) {
  auto alone = world(kRoundRobin, 1, 400, false);
  EXPECT_EQ(in_turn(alone, 400, 1).finding().verdict, Verdict::kInconclusive);
}

TEST(RoundRobin, WithoutAnyWeightShowsNothing) {
  auto drained = world(kRoundRobin, 2, 400, false, 0);
  EXPECT_EQ(in_turn(drained, 400, 2).finding().verdict, Verdict::kInconclusive);
}

TEST(RoundRobin, AWindowInWhichNoNodeIsHitIsNone) {
  EXPECT_EQ(world(kRoundRobin, 2, 400, false).finding().verdict, Verdict::kFail);
}

}  // namespace
}  // namespace plumbline::conformance
