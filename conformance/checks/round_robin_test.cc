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

TEST(RoundRobin, IsBrokenByAPartOfAWindowAndNotKeptByOne) {
  const auto judged = [](int pods) {
    HistoryBuilder builder(kRoundRobin, kTunnelStep);
    builder.service("cls-1");
    for (int i = 0; i < 4; ++i) builder.pod(1, "cls-1", "p" + std::to_string(i), "10.0.16." + std::to_string(i + 1));
    builder.tunnel(10, 0, {{"cls-1", 1}});
    builder.record({{"type", "window"},
                    {"t", 1'000'000},
                    {"t1", 2'000'000},
                    {"window", 1},
                    {"as", "w"},
                    {"kind", "traffic"},
                    {"api", "a1"},
                    {"tunnel", "t1"},
                    {"requests", 1335},
                    {"fresh", false},
                    {"connections", 1},
                    {"cut", true}});
    in_turn(builder, 1335, pods);
    builder.record({{"type", "end"},
                    {"t", 2'000'000},
                    {"complete", false},
                    {"cut", true},
                    {"awaited_ms", 1900},
                    {"error", "cut short after 2 s"}});
    std::istringstream in(builder.text(true));
    return judge(*load_history(in));
  };
  EXPECT_EQ(judged(3).verdict, Verdict::kFail) << "one Pod is left out";
  EXPECT_EQ(judged(4).verdict, Verdict::kInconclusive);
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
