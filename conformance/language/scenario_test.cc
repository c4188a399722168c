#include "conformance/language/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "conformance/checks/nouns.h"
#include "conformance/checks/statistics.h"
#include "conformance/language/step_reader.h"

namespace plumbline::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const Register& rules() {
  static const Register kRules = [] {
    auto read = Register::read(home() / "conformance/rules");
    return read ? *read : Register();
  }();
  return kRules;
}

struct Reading {
  std::vector<Plan> plans;
  std::string problems;
};

Reading read(const std::string& spec) {
  yaml::Problems problems;
  const std::string text = "apiVersion: plumbline/v1\nkind: Scenario\nmetadata: {name: test}\nspec:\n" + spec;
  auto plans = read_scenario_text(text, "test.yaml", rules(), problems);
  return {std::move(plans), problems.text()};
}

const char* const kGood = R"(
  world: {from: httpbin}
  setup: authorised
  steps:
    - createTunnel:
        tunnel: t1
        services: [{service: cls-1/default/httpbin, port: 8000, weight: 3, labels: {version: "1"}}]
        host: a.example.com
      as: create
    - publish: {api: a1, tunnel: t1, path: /get}
    - settle: a1
    - send: {api: a1, requests: 100, fresh: true}
      as: traffic
  expect:
    WRR-01:
      - shares: {during: traffic, effect: 20%}
    TUN-08:
      - accepted: create
      - hostHeader: {during: traffic, is: a.example.com}
)";

TEST(Scenario, AGoodOneBecomesAPlan) {
  const auto [plans, problems] = read(kGood);
  ASSERT_EQ(problems, "");
  ASSERT_EQ(plans.size(), 1u);
  const Plan& plan = plans[0];
  EXPECT_EQ(plan.steps.size(), 6u) << "two steps of the set-up come first";
  EXPECT_EQ(plan.steps[0].verb, "authorize");
  const auto& create = std::get<CreateTunnel>(plan.steps[2].action);
  EXPECT_EQ(create.principal, "owner");
  EXPECT_EQ(create.definition.region.str(), "ap-guangzhou") << "the attached instance's by default";
  EXPECT_EQ(create.definition.vpc.str(), "vpc-1");
  EXPECT_EQ(create.definition.services[0].service.str(), "cls-1/default/httpbin");
  EXPECT_EQ(create.definition.services[0].weight.value, 3);
  EXPECT_EQ(std::get<Publish>(plan.steps[3].action).instance.str(), "instance-1");
  EXPECT_EQ(plan.expect[0].arguments.at("effect"), 0.2);
  EXPECT_EQ(plan.expect[0].arguments.at("by"), "pod") << "the first choice is the default";
  EXPECT_THAT(plan.features, ElementsAre("extra-labels", "host-header"));
  EXPECT_EQ(plan.world.clusters.size(), 2u);
  EXPECT_FALSE(plan.world.clusters[0].manifests.empty());
}

TEST(Scenario, OnlyJudgedOutcomesMayBeRefused) {
  const auto [plans, problems] = read(kGood);
  ASSERT_EQ(problems, "");
  for (const Step& step : plans[0].steps) EXPECT_EQ(step.may_be_refused, step.as == "create") << step.as;
}

TEST(Scenario, ThePlansJsonHasWhatTheJudgeReads) {
  const auto [plans, problems] = read(kGood);
  ASSERT_EQ(problems, "");
  const auto json = to_json(plans[0]);
  EXPECT_EQ(json.at("steps").at(2).at("tunnel"), "t1");
  EXPECT_EQ(json.at("steps").at(5).at("as"), "traffic");
  EXPECT_EQ(json.at("expect").at(1).at("rule"), "TUN-08");
  EXPECT_EQ(json.at("expect").at(1).at("features").at(0), "host-header");
}

TEST(Scenario, AllMistakesAreNamedInOnePassWithPlaceAndSuggestion) {
  const auto [plans, problems] = read(R"(
  world: {from: httpbim}
  setup: authorized
  stepz: []
  steps:
    - creatTunnel: {tunnel: t1}
    - publish: {api: a1, tunel: t1}
    - send: {api: a1, requests: 10, fresh: maybe}
    - pause: 250
  expect:
    WRR-99:
      - sharez: {during: x}
    WRR-01:
      - shares: {during: x, effect: 20}
)");
  EXPECT_TRUE(plans.empty());
  EXPECT_THAT(problems, HasSubstr("test.yaml:6:17: there is no world 'httpbim'; did you mean 'httpbin'?"));
  EXPECT_THAT(problems, HasSubstr("test.yaml:7:10: there is no set-up 'authorized'; did you mean 'authorised'?"));
  EXPECT_THAT(problems, HasSubstr("test.yaml:8:3: spec has no field 'stepz'; did you mean 'steps'?"));
  EXPECT_THAT(problems, HasSubstr("test.yaml:10:7: there is no verb 'creatTunnel'; did you mean 'createTunnel'?"));
  EXPECT_THAT(problems, HasSubstr("publish has no field 'tunel'; did you mean 'tunnel'?"));
  EXPECT_THAT(problems, HasSubstr("'fresh' is true or false, not 'maybe'"));
  EXPECT_THAT(problems, HasSubstr("'for' is a time and needs a unit: 250ms or 250s?"));
  EXPECT_THAT(problems, HasSubstr("the register has no rule 'WRR-99'"));
  EXPECT_THAT(problems, HasSubstr("there is no noun 'sharez'; did you mean 'shares'?"));
  EXPECT_THAT(problems, HasSubstr("'effect' is a share such as 20%; '20' is none"));
}

TEST(Scenario, NamesAreCheckedAgainstWorldAndSteps) {
  const auto [plans, problems] = read(R"(
  world: {from: httpbin}
  steps:
    - authorize: {cluster: cls-7, principal: ouner}
    - createTunnel: {tunnel: t1, services: [{service: cls-8/default/httpbin, port: 8000}]}
    - settle: a9
    - stop: nothing
  expect:
    BIND-01:
      - answered: trafic
      - noConnections: {to: [trap]}
      - refused: {outcome: step-2, reasons: [VpcMissmatch]}
)");
  EXPECT_THAT(problems, HasSubstr("no cluster 'cls-7' before this step; did you mean 'cls-1'?"));
  EXPECT_THAT(problems, HasSubstr("this world has no principal 'ouner'; did you mean 'owner'?"));
  EXPECT_THAT(problems, HasSubstr("this world has no cluster 'cls-8'"));
  EXPECT_THAT(problems, HasSubstr("no api 'a9' before this step"));
  EXPECT_THAT(problems, HasSubstr("there is no window 'trafic'"));
  EXPECT_THAT(problems, HasSubstr("'trap' is no place for connections; did you mean 'traps'?"));
  EXPECT_THAT(problems, HasSubstr("there is no reason 'VpcMissmatch'; did you mean 'VpcMismatch'?"));
}

TEST(Scenario, TroubleOfAnApiServerIsReadWithItsUnits) {
  const auto [plans, problems] = read(R"(
  world: {from: httpbin}
  steps:
    - faultApi: {cluster: cls-1, is: refuse, code: 429, retryAfter: 1500ms, share: 50%, verbs: [list, watch], resources: pods, for: 5s}
    - faultApi: {cluster: cls-1, is: clock-skew, behind: 30s}
    - faultApi: {cluster: cls-1, is: delete-after-list, deletes: pods/default/web-0}
    - healApi: cls-1
    - healApi: {cluster: cls-1, is: refuse}
    - setNode: {cluster: cls-1, node: node-1, is: lost}
    - describeCluster: cls-1
  expect: {AUTH-01: [accepted: step-7]}
)");
  ASSERT_EQ(problems, "");
  const auto& steps = plans.at(0).steps;
  const world::ApiFault& refuse = std::get<FaultApi>(steps.at(0).action).fault;
  EXPECT_EQ(refuse.kind, world::FaultKind::kRefuse);
  EXPECT_EQ(refuse.code, 429);
  EXPECT_EQ(refuse.retry_after, std::chrono::seconds(2)) << "whole seconds, as the header has them";
  EXPECT_EQ(refuse.share, 0.5);
  EXPECT_EQ(refuse.verbs, (std::vector<std::string>{"list", "watch"}));
  EXPECT_EQ(refuse.resources, (std::vector<std::string>{"pods"}));
  EXPECT_EQ(refuse.lasts, std::chrono::seconds(5));
  EXPECT_EQ(std::get<FaultApi>(steps.at(1).action).fault.delay, -std::chrono::seconds(30));
  EXPECT_EQ(std::get<FaultApi>(steps.at(2).action).fault.object_name, "web-0");
  EXPECT_FALSE(std::get<HealApi>(steps.at(3).action).kind);
  EXPECT_EQ(std::get<HealApi>(steps.at(4).action).kind, world::FaultKind::kRefuse);
  EXPECT_EQ(std::get<SetNode>(steps.at(5).action).status, "Unknown");
  const auto json = to_json(plans.at(0));
  EXPECT_EQ(json["steps"][0]["is"], "refuse");
  EXPECT_EQ(json["steps"][0]["retryAfterS"], 2);
  EXPECT_EQ(json["steps"][2]["deletes"], "pods/default/web-0");
}

TEST(Scenario, TroubleThatMakesNoSenseIsAMistake) {
  const auto [plans, problems] = read(R"(
  world: {from: httpbin}
  steps:
    - faultApi: {cluster: cls-1, is: slow}
    - faultApi: {cluster: cls-1, is: flood}
    - faultApi: {cluster: cls-1, is: hang, share: 20}
    - faultApi: {cluster: cls-1, is: delete-after-list, deletes: web-0}
    - setNode: {cluster: cls-1, node: n, is: dead}
    - describeCluster: cls-1
  expect: {AUTH-01: [accepted: step-6]}
)");
  for (const char* text : {"delay must be longer than 0", "flood", "a share is written with its unit: 20%",
                           "resource/namespace/name", "dead"})
    EXPECT_NE(problems.find(text), std::string::npos) << text << " in " << problems;
}

TEST(Scenario, ANameThatIsMissingIsNeverSuggested) {
  const auto [plans, problems] = read(R"(
  world: {from: httpbin}
  steps:
    - createTunnel: {services: [{service: cls-1/default/httpbin, port: 8000}]}
    - describeTunnel: t
    - publish: {tunnel: t}
    - settle: a
  expect: {BIND-01: [accepted: step-1]}
)");
  EXPECT_THAT(problems, HasSubstr("no tunnel 't' before this step\n"));
  EXPECT_THAT(problems, Not(HasSubstr("''?")));
}

TEST(Scenario, CasesReplaceWholeScalarsOnly) {
  const auto [plans, problems] = read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  cases:
    - {name: few, requests: 10, path: /get}
    - {name: many, requests: 20, path: "$$x"}
  steps:
    - send: {api: a1, requests: $requests, path: $path, headers: {X-Price: "5$", X-Dollar: $$requests}}
      as: traffic
  expect:
    BIND-01: [answered: traffic]
)");
  EXPECT_THAT(problems, HasSubstr("'path' begins with '/'")) << "$$x stands for $x, which is no path";
  const auto [good, none] = read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  cases:
    - {name: few, requests: 10}
    - {name: many, requests: 20}
  steps:
    - send: {api: a1, requests: $requests, headers: {X-Price: "5$", X-Dollar: $$requests}}
      as: traffic
  expect:
    BIND-01: [answered: traffic]
)");
  ASSERT_EQ(none, "");
  ASSERT_EQ(good.size(), 2u);
  EXPECT_EQ(good[0].row, "few");
  EXPECT_EQ(std::get<Send>(good[1].steps.back().action).requests, 20);
  EXPECT_EQ(std::get<Send>(good[1].steps.back().action).headers[0].second, "5$");
  EXPECT_EQ(std::get<Send>(good[1].steps.back().action).headers[1].second, "$requests");
}

TEST(Scenario, AValueThatNoCaseGivesIsAMistake) {
  const auto [plans, problems] = read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  cases: [{name: one, requests: 10}]
  steps: [{send: {api: a1, requests: $request}, as: traffic}]
  expect: {BIND-01: [answered: traffic]}
)");
  EXPECT_THAT(problems, HasSubstr("no case gives '$request'; did you mean 'requests'?"));
}

TEST(Scenario, OverridesMergeMapsAndNamedThings) {
  const auto [plans, problems] = read(R"(
  world:
    from: httpbin
    foreignUnreachable: true
    clusters: [{name: cls-2, podCidr: 10.0.64.0/20}]
    principals: [{name: auditor}]
  setup: tunnel-to-httpbin
  steps: [{send: {api: a1, requests: 1}, as: traffic}]
  expect: {BIND-01: [answered: traffic]}
)");
  ASSERT_EQ(problems, "");
  const auto& world = plans[0].world;
  EXPECT_TRUE(world.foreign_unreachable);
  ASSERT_EQ(world.clusters.size(), 2u);
  EXPECT_EQ(world.clusters[1].pod_cidr, "10.0.64.0/20");
  EXPECT_FALSE(world.clusters[1].manifests.empty()) << "what the override does not name stays";
  EXPECT_EQ(world.principals.size(), 3u);
}

TEST(Scenario, AWorldThatCannotBeBuiltIsAMistakeAtTheOverride) {
  const auto [plans, problems] = read(R"(
  world:
    from: httpbin
    clusters: [{name: cls-2, vpc: vpc-7}]
  setup: tunnel-to-httpbin
  steps: [{send: {api: a1, requests: 1}, as: traffic}]
  expect: {BIND-01: [answered: traffic]}
)");
  EXPECT_THAT(problems, HasSubstr("test.yaml:8:35"));
  EXPECT_THAT(problems, HasSubstr("vpc-7"));
}

TEST(Scenario, DuplicateKeysAndBrokenYamlAreMistakesWithAPlace) {
  EXPECT_THAT(read("  world: {from: a}\n  world: {from: b}\n").problems,
              HasSubstr("test.yaml:6:3: 'world' is given twice"));
  EXPECT_THAT(read("  world: [\n").problems, HasSubstr("test.yaml:"));
  EXPECT_THAT(read("  world: {from: httpbin, clusters: &a [*a]}\n").problems, Not(HasSubstr("did not")));
}

TEST(Scenario, StepNamesAreUnique) {
  const auto [plans, problems] = read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  steps:
    - {send: {api: a1, requests: 1}, as: ready}
  expect: {BIND-01: [answered: ready]}
)");
  EXPECT_THAT(problems, HasSubstr("'ready' names a step already"));
}

// ---- what the house's own scenarios must keep ----

std::vector<Plan> suite(std::string& problems_text) {
  std::vector<Plan> plans;
  yaml::Problems problems;
  for (const auto& file : scenario_files(home() / "scenarios/suites")) {
    for (Plan& plan : read_scenario(file, rules(), problems)) plans.push_back(std::move(plan));
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
  for (const NotYet& entry : rules().not_yet()) {
    const Rule* rule = rules().find(entry.rule);
    ASSERT_NE(rule, nullptr) << entry.rule << " is in not-yet.yaml and not in the register";
    EXPECT_NE(rule->level, Level::kExpected) << entry.rule << " needs no excuse";
    EXPECT_FALSE(entry.reason.empty()) << entry.rule;
    EXPECT_FALSE(judged.contains(entry.rule)) << entry.rule << " has a scenario by now: take it out of not-yet.yaml";
    EXPECT_TRUE(excused.insert(entry.rule).second) << entry.rule << " is excused twice";
  }
  for (const Rule& rule : rules().rules()) {
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
