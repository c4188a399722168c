#include "simulator/yaml/problems.h"

#include <gtest/gtest.h>

namespace plumbline::yaml {
namespace {

TEST(ProblemsTest, AClosedPlaceTakesNoFurtherOnes) {
  Problems problems;
  problems.add({"x.yaml", 1, 1}, "first");
  problems.add_and_close({"x.yaml", 1, 1}, "second");
  problems.add({"x.yaml", 1, 1}, "third");
  problems.add_and_close({"x.yaml", 1, 1}, "fourth");
  problems.add({"x.yaml", 1, 2}, "elsewhere");
  EXPECT_EQ("x.yaml:1:1: first\nx.yaml:1:1: second\nx.yaml:1:2: elsewhere\n", problems.text());
}

TEST(ProblemsTest, TheSameTwiceIsOneAndLeavesRoomForOthers) {
  Problems problems;
  for (std::size_t i = 0; i < 2 * Problems::kMax; ++i) problems.add({"x.yaml", 1, 1}, "again");
  problems.add({"y.yaml", 1, 1}, "another");
  EXPECT_EQ("x.yaml:1:1: again\ny.yaml:1:1: another\n", problems.text());
  Problems all;
  all.merge(problems);
  all.merge(problems);
  EXPECT_EQ(problems.text(), all.text());
}

}  // namespace
}  // namespace plumbline::yaml
