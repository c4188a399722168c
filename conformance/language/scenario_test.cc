#include "conformance/language/scenario.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "conformance/language/reading_of_specs.h"

namespace plumbline::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

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

TEST(Scenario, AndCasesHaveNamesThatFilesCanHave) {
  EXPECT_EQ(
      read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  cases: [{name: ../evil, requests: 1}]
  steps: [{send: {api: a1, requests: $requests}, as: traffic}]
  expect: {HTTP-01: [answered: traffic]}
)")
          .problems,
      "test.yaml:8:18: '../evil' is no name: letters, digits, '-', '_' and '.' make one, 100 at most, and a letter or "
      "digit begins it\n");
  yaml::Problems problems;
  read_scenario_text("apiVersion: plumbline/v1\nkind: Scenario\nmetadata: {name: /etc}\nspec: {}\n", "test.yaml",
                     house_register(), problems);
  EXPECT_THAT(problems.text(), HasSubstr("test.yaml:3:18: '/etc' is no name: "));
}

TEST(Scenario, ColumnsOfCasesAreAllUsedAndAllThere) {
  EXPECT_EQ(read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  cases:
    - {name: few, reqests: 10}
    - {name: many, reqests: 100, spare: 1}
  steps:
    - send: {api: a1, requests: $requests}
      as: traffic
  expect: {HTTP-01: [answered: traffic]}
)")
                .problems,
            "test.yaml:9:19: nothing in the scenario says '$reqests'\n"
            "test.yaml:10:34: nothing in the scenario says '$spare'\n"
            "test.yaml:12:33: no case gives '$requests'; did you mean 'reqests'?\n");
}

TEST(Scenario, AWrongValueOfACaseIsToldWhereItIsWritten) {
  EXPECT_EQ(read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  cases:
    - {name: few, requests: 10}
    - {name: many, requests: lots}
  steps:
    - send: {api: a1, requests: $requests}
      as: traffic
  expect: {HTTP-01: [answered: traffic]}
)")
                .problems,
            "test.yaml:10:30: 'requests' is a count, a bare number; 'lots' is none\n");
}

TEST(Scenario, ColumnsOfACaseAreNotBlamedForWhatElseIsMissing) {
  EXPECT_EQ(read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  cases: [{name: few, requests: 10}]
  stpes:
    - send: {api: a1, requests: $requests}
  expect: {TUN-01: [accepted: create]}
)")
                .problems,
            "test.yaml:9:3: spec has no field 'stpes'; did you mean 'steps'?\n");
  EXPECT_EQ(read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  cases: [{nmae: few, requests: 10}]
  steps: [{settle: a1}]
  expect: {TUN-01: [accepted: create]}
)")
                .problems,
            "test.yaml:8:11: a case is a map with a 'name'\n");
}

TEST(Scenario, WhatAMistakeLeavesUnknownIsNotAMistakeToo) {
  const auto said = [](const std::string& setup, const std::string& steps) {
    return read("\n  world: {from: httpbin}\n" + setup + "  steps:\n" + steps +
                "    - send: {api: a1, requests: 1}\n      as: t\n  expect: {BIND-01: [answered: t]}\n")
        .problems;
  };
  EXPECT_EQ(said("  setups: tunnel-to-httpbin\n", ""),
            "test.yaml:7:3: spec has no field 'setups'; did you mean 'setup'?\n");
  EXPECT_EQ(said("  setup: authorised\n",
                 "    - createTunnel: {tunel: t1, services: []}\n    - publish: {api: a1, tunnel: t1}\n"),
            "test.yaml:9:22: createTunnel has no field 'tunel'; did you mean 'tunnel'?\n");
  EXPECT_EQ(said("  setup: tunnel-to-httpbin\n", "    - publish: {apo: a2, tunnel: t1}\n    - settle: a2\n"),
            "test.yaml:9:17: publish has no field 'apo'; did you mean 'api'?\n");
  EXPECT_EQ(said("  setup: authorised\n", "    - publsh: {api: a1, tunnel: t1}\n"),
            "test.yaml:9:7: there is no verb 'publsh'; did you mean 'publish'?\n");
  EXPECT_EQ(said("  setup: tunnel-to-httpbin\n",
                 "    - publish: {apo: a2, tunnel: t1}\n    - publish: {api: '', tunnel: t1}\n"),
            "test.yaml:9:17: publish has no field 'apo'; did you mean 'api'?\n");
  EXPECT_EQ(said("  setup: tunnel-to-httpbin\n", "    - fault: {pods: {nmaed: cls-1/default/a}, is: stall}\n"),
            "test.yaml:9:22: a set of Pods has no field 'nmaed'; did you mean 'named'?\n");
  EXPECT_EQ(said("  setup: tunnel-to-httpbin\n", "    - fault: {pods: {off: cls-1/default/httpbin}, is: stall}\n"),
            "test.yaml:9:22: a set of Pods has no field 'off'; did you mean 'of'?\n");
}

TEST(Scenario, StepsThatAreIndentedWronglySaySo) {
  const auto said = [](const std::string& steps) {
    return read("\n  world: {from: httpbin}\n  setup: tunnel-to-httpbin\n  steps:\n" + steps +
                "  expect: {BIND-01: [answered: t]}\n")
        .problems;
  };
  EXPECT_EQ(said("    - send:\n      api: a1\n      requests: 3\n      as: t\n"),
            "test.yaml:10:7: 'api' is a field of 'send': indent it further than 'send'\n");
  EXPECT_EQ(said("    - send {api: a1}\n      as: t\n").substr(0, 47),
            "test.yaml:9:7: a colon is missing after 'send'\n");
}

const char* const kUnknownNames = R"(
  steps:
    - authorize: {cluster: cls-7, principal: ouner}
    - createTunnel: {tunnel: t1, services: [{service: cls-8/default/httpbin, port: 8000}]}
    - publish: {api: a1, tunnel: t2, instance: i-7}
    - settle: a9
    - stop: nothing
  expect:
    BIND-01:
      - answered: trafic
      - noConnections: {to: [trap, cluster cls-6]}
      - refused: {outcome: step-2, reasons: [VpcMissmatch]}
)";

TEST(Scenario, NamesAreCheckedAgainstWorldAndSteps) {
  EXPECT_EQ(read(fmt::format("\n  world: {{from: httpbin}}{}", kUnknownNames)).problems,
            "test.yaml:8:28: no cluster 'cls-7' before this step; did you mean 'cls-1'?\n"
            "test.yaml:8:46: this world has no principal 'ouner'; did you mean 'owner'?\n"
            "test.yaml:9:55: this world has no cluster 'cls-8'; did you mean 'cls-1'?\n"
            "test.yaml:10:34: no tunnel 't2' before this step; did you mean 't1'?\n"
            "test.yaml:10:48: this world has no instance 'i-7'; known: instance-1, instance-2\n"
            "test.yaml:11:15: no api 'a9' before this step; did you mean 'a1'?\n"
            "test.yaml:12:13: no window 'nothing' before this step\n"
            "test.yaml:15:19: there is no window 'trafic'\n"
            "test.yaml:16:30: 'trap' is nowhere that connections go to; did you mean 'traps'?\n"
            "test.yaml:16:36: this world has no cluster 'cls-6'; did you mean 'cls-1'?\n"
            "test.yaml:17:46: there is no reason 'VpcMissmatch'; did you mean 'VpcMismatch'?\n");
}

TEST(Scenario, NamesThatAMissingWorldMayHaveAreNotCalledUnknown) {
  EXPECT_EQ(read(fmt::format("\n  world: {{from: httpbim}}{}", kUnknownNames)).problems,
            "test.yaml:6:17: there is no world 'httpbim'; did you mean 'httpbin'?\n"
            "test.yaml:10:34: no tunnel 't2' before this step; did you mean 't1'?\n"
            "test.yaml:11:15: no api 'a9' before this step; did you mean 'a1'?\n"
            "test.yaml:12:13: no window 'nothing' before this step\n"
            "test.yaml:15:19: there is no window 'trafic'\n"
            "test.yaml:16:30: 'trap' is nowhere that connections go to; did you mean 'traps'?\n"
            "test.yaml:17:46: there is no reason 'VpcMissmatch'; did you mean 'VpcMismatch'?\n");
}

TEST(Scenario, NamesThatAMissingSetUpMayHaveAreNotCalledUnknown) {
  EXPECT_EQ(read(fmt::format("\n  world: {{from: httpbin}}\n  setup: authorized{}", kUnknownNames)).problems,
            "test.yaml:7:10: there is no set-up 'authorized'; did you mean 'authorised'?\n"
            "test.yaml:9:28: no cluster 'cls-7' before this step; did you mean 'cls-1'?\n"
            "test.yaml:9:46: this world has no principal 'ouner'; did you mean 'owner'?\n"
            "test.yaml:10:55: this world has no cluster 'cls-8'; did you mean 'cls-1'?\n"
            "test.yaml:11:48: this world has no instance 'i-7'; known: instance-1, instance-2\n"
            "test.yaml:17:30: 'trap' is nowhere that connections go to; did you mean 'traps'?\n"
            "test.yaml:17:36: this world has no cluster 'cls-6'; did you mean 'cls-1'?\n"
            "test.yaml:18:46: there is no reason 'VpcMissmatch'; did you mean 'VpcMismatch'?\n");
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

}  // namespace
}  // namespace plumbline::conformance
