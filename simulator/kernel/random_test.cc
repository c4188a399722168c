#include "simulator/kernel/random.h"

#include <gtest/gtest.h>

#include <array>

namespace plumbline::kernel {
namespace {

TEST(Random, SameSeedGivesSameStream) {
  Random left(7), right(7);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(left.next(), right.next());
}

TEST(Random, SplitDependsOnNameNotOnWhatWasDrawn) {
  Random drawn(7), fresh(7);
  drawn.next();
  EXPECT_EQ(drawn.split("pods").next(), fresh.split("pods").next());
  EXPECT_NE(fresh.split("pods").next(), fresh.split("nodes").next());
}

TEST(Random, BelowStaysInRangeAndReachesEveryValue) {
  Random random(1);
  std::array<int, 7> seen{};
  for (int i = 0; i < 7000; ++i) ++seen.at(random.below(7));
  for (const int count : seen) EXPECT_GT(count, 800);
}

TEST(Random, UnitIsHalfOpen) {
  Random random(3);
  for (int i = 0; i < 10000; ++i) {
    const double drawn = random.unit();
    EXPECT_GE(drawn, 0.0);
    EXPECT_LT(drawn, 1.0);
  }
}

}  // namespace
}  // namespace plumbline::kernel
