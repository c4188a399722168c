#include "conformance/command_line/suite_choice.h"

#include <gtest/gtest.h>

namespace plumbline::conformance {
namespace {

Expectation expecting(const char* rule, const char* noun) {
  Expectation expectation;
  expectation.rule = RuleId(rule);
  expectation.noun = noun;
  return expectation;
}

std::vector<Plan> plans() {
  std::vector<Plan> list(3);
  list[0].scenario = "weights";
  list[0].expect = {expecting("WRR-01", "shares"), expecting("SEL-01", "nodes")};
  list[1].scenario = "weights";
  list[1].row = "extreme";
  list[1].expect = {expecting("WRR-05", "shares")};
  list[2].scenario = "tunnels";
  list[2].expect = {expecting("TUN-01", "describes")};
  return list;
}

TEST(SuiteChoice, RuleGlobKeepsOnlyItsExpectations) {
  const auto kept = only_rules(plans(), "WRR-*");
  ASSERT_TRUE(kept) << kept.error();
  ASSERT_EQ(kept->size(), 2u);
  ASSERT_EQ((*kept)[0].expect.size(), 1u);
  EXPECT_EQ((*kept)[0].expect[0].rule, RuleId("WRR-01"));
}

TEST(SuiteChoice, RuleGlobThatMatchesNothingIsNamed) {
  const auto kept = only_rules(plans(), "NOPE-*");
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().text,
            "none of these scenarios judges a rule that matches 'NOPE-*'; they judge SEL-01, TUN-01, WRR-01, WRR-05");
}

TEST(SuiteChoice, ShardsTogetherAreEverythingOnce) {
  std::size_t count = 0;
  for (const char* shard : {"1/2", "2/2"}) {
    const auto mine = only_shard(plans(), shard);
    ASSERT_TRUE(mine) << mine.error();
    count += mine->size();
  }
  EXPECT_EQ(count, 3u);
  EXPECT_EQ((*only_shard(plans(), "2/2")).at(0).row, "extreme");
}

TEST(SuiteChoice, ShardsThatMakeNoSenseAreRefused) {
  for (const char* shard : {"0/2", "3/2", "1", "1/", "/2", "a/b", "1/2/3", "-1/2"}) {
    EXPECT_FALSE(only_shard(plans(), shard)) << shard;
  }
}

TEST(SuiteChoice, ScenarioOfSeveralCasesIsNamedOnceARule) {
  auto list = plans();
  list[1].expect[0].rule = RuleId("WRR-01");
  EXPECT_EQ(scenarios_by_rule(list)[RuleId("WRR-01")], (std::vector<std::string>{"weights"}));
}

}  // namespace
}  // namespace plumbline::conformance
