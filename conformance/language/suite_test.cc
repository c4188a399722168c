// What the house's own scenarios must keep.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "conformance/checks/nouns.h"
#include "conformance/checks/statistics.h"
#include "conformance/language/reading_of_specs.h"
#include "conformance/language/scenario.h"
#include "conformance/language/step_reader.h"

namespace plumbline::conformance {
namespace {

std::vector<Plan> suite(std::string& problems_text) {
  std::vector<Plan> plans;
  yaml::Problems problems;
  for (const auto& file : scenario_files(home() / "scenarios/suites")) {
    for (Plan& plan : read_scenario(file, house_register(), problems)) plans.push_back(std::move(plan));
  }
  problems_text = problems.text();
  return plans;
}

TEST(Suite, EveryScenarioIsWithoutMistake) {
  std::string problems;
  const auto plans = suite(problems);
  EXPECT_EQ(problems, "");
  EXPECT_GT(plans.size(), 20u);
  std::set<std::string> names;
  for (const Plan& plan : plans) {
    EXPECT_TRUE(names.insert(plan.scenario + "/" + plan.row).second) << plan.scenario;
    EXPECT_FALSE(plan.expect.empty()) << plan.scenario << " names no rule";
  }
}

TEST(Suite, EveryDocumentedOrEntailedRuleHasAScenarioOrAReason) {
  std::string problems;
  std::set<RuleId> judged, excused;
  for (const Plan& plan : suite(problems)) {
    for (const auto& expectation : plan.expect) judged.insert(expectation.rule);
  }
  for (const NotYet& entry : house_register().not_yet()) {
    const Rule* rule = house_register().find(entry.rule);
    ASSERT_NE(rule, nullptr) << entry.rule << " is in not-yet.yaml and not in the register";
    EXPECT_NE(rule->level, Level::kExpected) << entry.rule << " needs no excuse";
    EXPECT_FALSE(entry.reason.empty()) << entry.rule;
    EXPECT_FALSE(judged.contains(entry.rule)) << entry.rule << " has a scenario by now: take it out of not-yet.yaml";
    EXPECT_TRUE(excused.insert(entry.rule).second) << entry.rule << " is excused twice";
  }
  for (const Rule& rule : house_register().rules()) {
    if (rule.level == Level::kExpected) continue;
    EXPECT_TRUE(judged.contains(rule.id) || excused.contains(rule.id))
        << rule.id << " has neither a scenario nor an entry in not-yet.yaml";
  }
}

TEST(Suite, StatisticalChecksStayWithinTheirErrorBudget) {
  std::string problems;
  int shares = 0;
  for (const Plan& plan : suite(problems)) {
    shares += static_cast<int>(std::count_if(plan.expect.begin(), plan.expect.end(),
                                             [](const Expectation& item) { return item.noun == "shares"; }));
  }
  EXPECT_GT(shares, 0);
  EXPECT_LE(shares, kStatisticalChecksMax);
}

TEST(Suite, VerbsAndNounsStayFew) {
  EXPECT_LE(verbs().size(), 25u);
  EXPECT_LE(nouns().size(), 20u);
}

}  // namespace
}  // namespace plumbline::conformance
