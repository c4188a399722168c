// What `forwardedAs` makes of exchanges that are not those of its targets.
#include <gtest/gtest.h>

#include "conformance/checks/golden_histories.h"

namespace plumbline::conformance {
namespace {

TEST(ForwardedAs, EachTargetIsThatOfAnExchange) {
  const auto judged = [](const json& targets, int n) {
    return exchanged({{"forwardedAs", {{"during", "w"}, {"targets", targets}}}}, [&](json& e) { e["n"] = n; })
        .finding()
        .verdict;
  };
  EXPECT_EQ(judged({"/a?b=1"}, 0), Verdict::kPass);
  EXPECT_EQ(judged({"/a?b=1"}, 1), Verdict::kHarnessError);
  EXPECT_EQ(judged({"/a?b=1"}, -1), Verdict::kHarnessError);
  EXPECT_EQ(judged({"/a?b=1", "/c"}, 0), Verdict::kHarnessError);
  auto twice = exchanged({{"forwardedAs", {{"during", "w"}, {"targets", {"/a?b=1", "/a?b=1"}}}}}, [](json&) {});
  json again = json::object();
  (void)exchanged(json::object(), [&](json& e) { again = e; });
  EXPECT_EQ(twice.record(again).finding().sentence, "2 targets for 2 exchanges, 1 of them theirs");
}

}  // namespace
}  // namespace plumbline::conformance
