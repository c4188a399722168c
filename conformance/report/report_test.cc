#include "conformance/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/report/writers.h"
#include "conformance/rules/house_register.h"

namespace plumbline::conformance {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ReportedScenario scenario(const std::string& name, const std::vector<std::pair<std::string, Verdict>>& verdicts) {
  ReportedScenario run;
  run.name = name;
  run.seconds = 1.5;
  run.replay = "plumbline run " + name + ".yaml";
  run.judgement.scenario = name;
  for (const auto& [rule, verdict] : verdicts) {
    run.judgement.rules.push_back({RuleId(rule), verdict});
    Finding finding = Finding::of(verdict, "a sentence about " + rule);
    if (verdict == Verdict::kFail) {
      finding.expected = "<expected> & \"more\"";
      finding.seen = "something else";
      finding.show(5, 7, "a record");
    }
    finding.measured = {{"joined", {{"count", 4}, {"ms", {5.0, 10.0, 20.0, 30.0}}}}};
    run.judgement.expectations.push_back({RuleId(rule), "noun", "a.yaml:1:1", finding});
  }
  run.judgement.requests = 100;
  run.judgement.drops = 1;
  return run;
}

Report report_of(std::vector<ReportedScenario> scenarios, Level required = Level::kEntailed) {
  ReportInput input;
  input.candidate.name = "my-gateway";
  input.candidate.version = "1.2";
  input.candidate.features = {"weights"};
  input.candidate.interpretations = {{"extraLabels", "node"}, {"vpcScope", "same-vpc"}};
  input.candidate.deadlines_ms = {{"propagation", 250}, {"control", 10000}};
  input.deadline_defaults_ms = {{"propagation", 5000}, {"control", 10000}};
  input.expected = scenarios.size();
  input.scenarios = std::move(scenarios);
  input.seed = 42;
  input.required = required;
  return make_report(std::move(input), house_register());
}

TEST(RollUp, ARuleIsAsGoodAsItsWorstScenario) {
  const auto report =
      report_of({scenario("a", {{"BIND-01", Verdict::kPass}}), scenario("b", {{"BIND-01", Verdict::kFail}})});
  ASSERT_EQ(report.rules.size(), 1u);
  EXPECT_EQ(report.rules[0].verdict, Verdict::kFail);
  EXPECT_EQ(report.rules[0].replay, "plumbline run b.yaml");
  EXPECT_EQ(report.exit, ExitCode::kSubjectFailed);
}

TEST(RollUp, OfSeveralFindingsACauseIsToldRatherThanASymptom) {
  auto vague = scenario("a", {{"BIND-01", Verdict::kFail}});
  vague.judgement.expectations.front().noun = "answered";
  vague.judgement.expectations.push_back(vague.judgement.expectations.front());
  vague.judgement.expectations.back().finding.sentence = "as vague";
  vague.judgement.expectations.back().noun = "settled";
  auto telling = scenario("b", {{"BIND-01", Verdict::kFail}});
  telling.judgement.expectations.front().finding.sentence = "Pod p0 was hit";
  const auto report = report_of({vague, telling});
  EXPECT_EQ(report.rules[0].reason, "Pod p0 was hit");
  EXPECT_EQ(report.rules[0].replay, "plumbline run b.yaml");
  EXPECT_THAT(terminal_report(report, false), HasSubstr("; and 2 more findings; replay: plumbline run b.yaml"));
  EXPECT_EQ(json_report(report).at("rules").at(0).at("otherFindings"), 2);
  const auto first = report_of({vague, vague});
  EXPECT_EQ(first.rules[0].reason, "a sentence about BIND-01") << "the first of those that say as much";
  const auto alone = report_of({telling});
  EXPECT_THAT(terminal_report(alone, false), Not(HasSubstr("more finding")));
  EXPECT_FALSE(json_report(alone).at("rules").at(0).contains("otherFindings"));
}

TEST(RollUp, AScenarioThatFailedAsAWholeSaysWhy) {
  auto whole = scenario("a", {{"BIND-01", Verdict::kNotJudged}});
  whole.judgement.expectations.clear();
  whole.judgement.reason = "the world did not come up";
  const auto report = report_of({whole});
  EXPECT_EQ(report.rules[0].reason, "the world did not come up");
  EXPECT_EQ(report.rules[0].others, 0u);
  EXPECT_EQ(report_of({scenario("a", {{"BIND-01", Verdict::kFail}})}).rules[0].others, 0u)
      << "a finding is not told again as that of its scenario";
  const auto said = report_of({whole, scenario("b", {{"BIND-01", Verdict::kNotJudged}}), whole});
  EXPECT_EQ(said.rules[0].reason, "a sentence about BIND-01") << "what was found rather than how a scenario ended";
  EXPECT_EQ(said.rules[0].others, 2u);
}

TEST(RollUp, AScenarioThatNeedsMoreFeaturesDoesNotCountAgainstADeclaredRule) {
  const auto report =
      report_of({scenario("a", {{"SEL-05", Verdict::kPass}}), scenario("b", {{"SEL-05", Verdict::kNotDeclared}})});
  EXPECT_EQ(report.rules[0].verdict, Verdict::kPass);
  const auto undeclared = report_of({scenario("a", {{"WRR-03", Verdict::kNotDeclared}})});
  EXPECT_EQ(undeclared.rules[0].verdict, Verdict::kNotDeclared);
}

TEST(RollUp, ExpectedRulesDecideOnlyWhenAskedFor) {
  const auto scenarios = [] {
    return std::vector{scenario("a", {{"BIND-01", Verdict::kPass}, {"WRR-07", Verdict::kFail}})};
  };
  EXPECT_EQ(report_of(scenarios()).exit, ExitCode::kGood);
  EXPECT_EQ(report_of(scenarios(), Level::kExpected).exit, ExitCode::kSubjectFailed);
}

TEST(RollUp, RulesThatNoScenarioOfTheRunNamesAreNotRunUnlessTheyHaveNoneYet) {
  const auto report = report_of({scenario("a", {{"BIND-01", Verdict::kPass}, {"WRR-01", Verdict::kNotDeclared}})});
  const auto not_run = [&](const char* rule) {
    return std::find(report.not_run.begin(), report.not_run.end(), RuleId(rule)) != report.not_run.end();
  };
  EXPECT_TRUE(not_run("SEL-01"));
  EXPECT_TRUE(not_run("HTTP-01")) << "entailed";
  EXPECT_FALSE(not_run("BIND-01"));
  EXPECT_FALSE(not_run("WRR-01")) << "has a verdict";
  EXPECT_FALSE(not_run("WRR-07")) << "is only expected";
  const std::string without_scenario = report.not_yet.front().rule.str();
  EXPECT_FALSE(not_run(without_scenario.c_str()));
  const auto by_its_author = report_of({scenario("a", {{without_scenario, Verdict::kPass}})});
  EXPECT_EQ(by_its_author.not_yet.size() + 1, report.not_yet.size()) << "a scenario of one's own judges it";
  EXPECT_EQ(json_report(report).at("notRun").size(), report.not_run.size());
  const auto documented = report_of({scenario("a", {{"BIND-01", Verdict::kPass}})}, Level::kDocumented);
  EXPECT_LT(documented.not_run.size(), report.not_run.size()) << "entailed rules do not decide";
}

TEST(RollUp, NothingJudgedIsNotGood) { EXPECT_EQ(report_of({}).exit, ExitCode::kInconclusive); }

TEST(RollUp, ARunThatIsShortIsNotGood) {
  ReportInput input;
  input.expected = 2;
  input.scenarios = {scenario("a", {{"BIND-01", Verdict::kPass}})};
  EXPECT_EQ(make_report(input, house_register()).exit, ExitCode::kInconclusive);
}

TEST(RollUp, AScenariosOwnMistakeIsWrongInputAndShownWhole) {
  auto mistaken = scenario("b", {{"WRR-01", Verdict::kNotJudged}});
  mistaken.judgement.mistake = true;
  mistaken.judgement.reason = "b.yaml:3:5: " + std::string(200, 'x');
  mistaken.judgement.expectations.back().finding.sentence = mistaken.judgement.reason;
  const auto report = report_of({scenario("a", {{"BIND-01", Verdict::kPass}}), mistaken});
  EXPECT_EQ(report.exit, ExitCode::kUsage);
  EXPECT_THAT(terminal_report(report, false),
              AllOf(HasSubstr("Mistakes in scenarios\n  " + mistaken.judgement.reason + "\n"),
                    HasSubstr("\n  WRR-01  NOT_JUDGED: because of the mistake in b\n")));
  EXPECT_EQ(json_report(report).at("scenarios").at(1).at("mistake"), true);
  EXPECT_EQ(report_of({scenario("a", {{"BIND-01", Verdict::kFail}}), mistaken}).exit, ExitCode::kSubjectFailed);
}

TEST(RollUp, WhoDeclaresNothingThatIsAskedWasNotJudged) {
  auto report = report_of({scenario("a", {{"WRR-02", Verdict::kNotDeclared}})});
  EXPECT_EQ(report.exit, ExitCode::kInconclusive);
  EXPECT_THAT(report.sentence(), HasSubstr("was not judged: it declares nothing that 1 required rule is about"));
  report = report_of({scenario("a", {{"WRR-02", Verdict::kNotDeclared}, {"BIND-01", Verdict::kPass}})});
  EXPECT_EQ(report.exit, ExitCode::kGood);
  EXPECT_THAT(report.sentence(), HasSubstr("keeps the rules of the features that it declares"));
}

TEST(Sentence, NobodyIsConformantByRulesThatNothingJudges) {
  auto report = report_of({scenario("a", {{"BIND-01", Verdict::kPass}, {"WRR-07", Verdict::kFail}})});
  const std::string kept =
      "my-gateway 1.2 keeps the 1 required rule that was judged. It breaks 1 rule that is only expected.";
  const auto number = [](const auto& list) { return std::to_string(list.size()); };
  ASSERT_GT(report.not_yet.size(), 1u);
  ASSERT_GT(report.not_run.size(), 1u);
  EXPECT_EQ(report.sentence(), kept + " " + number(report.not_run) + " more were not run. " + number(report.not_yet) +
                                   " more have no scenario yet.");
  report.not_yet.resize(1, report.not_yet.front());
  EXPECT_EQ(report.sentence(), kept + " " + number(report.not_run) + " more were not run. 1 more has no scenario yet.");
  report.not_yet.clear();
  report.not_run.resize(1, report.not_run.front());
  EXPECT_EQ(report.sentence(), kept + " 1 more was not run.");
  report.not_run.clear();
  ASSERT_EQ(report.unjudged_features, std::vector<std::string>{"weights"});
  EXPECT_EQ(report.sentence(), kept);
  report.unjudged_features.clear();
  EXPECT_EQ(report.sentence(),
            "my-gateway 1.2 is conformant: 1 of 1 required rule holds. It breaks 1 rule that is only expected.");
  report.not_run.emplace_back("SEL-01");
  EXPECT_EQ(report.sentence(), kept + " 1 more was not run.");
}

TEST(Sentence, OneHoldsAndMoreHold) {
  const auto sentence = [](int held, int others) {
    std::vector<std::pair<std::string, Verdict>> verdicts;
    for (const char* rule : {"BIND-01", "WRR-01", "WRR-02", "SEL-01"}) {
      if (held-- > 0) {
        verdicts.emplace_back(rule, Verdict::kPass);
      } else if (others-- > 0) {
        verdicts.emplace_back(rule, Verdict::kInconclusive);
      }
    }
    return report_of({scenario("a", verdicts)}).sentence();
  };
  EXPECT_THAT(sentence(0, 1), HasSubstr("0 of 1 required rule holds"));
  EXPECT_THAT(sentence(0, 2), HasSubstr("0 of 2 required rules hold."));
  EXPECT_THAT(sentence(1, 1), HasSubstr("1 of 2 required rules holds"));
  EXPECT_THAT(sentence(2, 1), HasSubstr("2 of 3 required rules hold."));
}

TEST(RollUp, ADeclaredFeatureIsJudgedByAScenarioAboutItThatKeptOrBrokeARule) {
  const auto unjudged = [](Verdict verdict) {
    auto one = scenario("a", {{"BIND-01", verdict}});
    one.features = {"weights"};
    return report_of({one}).unjudged_features;
  };
  EXPECT_TRUE(unjudged(Verdict::kPass).empty());
  EXPECT_TRUE(unjudged(Verdict::kFail).empty());
  EXPECT_EQ(unjudged(Verdict::kNotJudged), std::vector<std::string>{"weights"});
}

Report interrupted_report(std::vector<ReportedScenario> scenarios) {
  ReportInput input;
  input.candidate.name = "my-gateway";
  input.expected = 27;
  input.interrupted = true;
  input.scenarios = std::move(scenarios);
  return make_report(std::move(input), house_register());
}

TEST(Sentence, ARunThatWasInterruptedSaysSoFirstInEveryForm) {
  const auto report = interrupted_report({scenario("a", {{"BIND-01", Verdict::kFail}})});
  const std::string words = "interrupted after 1 of 27 scenarios";
  EXPECT_THAT(report.sentence(), ::testing::StartsWith(words + "; until then: my-gateway is NOT conformant"));
  EXPECT_THAT(terminal_report(report, false), ::testing::StartsWith(words));
  EXPECT_EQ(json_report(report).at("interruption"), words);
  EXPECT_EQ(json_report(report).at("interrupted"), true);
  EXPECT_EQ(json_report(report).at("verdict"), "FAIL");
  const auto good = interrupted_report({scenario("a", {{"BIND-01", Verdict::kPass}})});
  EXPECT_EQ(json_report(good).at("verdict"), "INCONCLUSIVE") << "who reads no more than this must not take it for good";
  EXPECT_EQ(json_report(report).at("exitCode"), 3) << "as the process ends, whatever was seen until then";
  EXPECT_THAT(junit_report(report), HasSubstr("<error message=\"" + words + "\"/>"));
  EXPECT_EQ(interrupted_report({}).sentence(), "interrupted after 0 of 27 scenarios: my-gateway was not judged.");
  const auto whole = report_of({scenario("a", {{"BIND-01", Verdict::kPass}})});
  EXPECT_EQ(json_report(whole).at("interruption"), "");
  EXPECT_THAT(junit_report(whole), Not(HasSubstr("interrupted")));
}

TEST(Sentence, ACandidateThatCannotBeIntroducedIsNotConformantAndSaysWhy) {
  auto report = report_of({scenario("a", {{"BIND-01", Verdict::kFail}})});
  report.input.not_introduced = "candidate my-gateway: hello: exit";
  report.not_yet.clear();
  report.not_run.clear();
  EXPECT_EQ(report.sentence(),
            "my-gateway 1.2 is NOT conformant: it could not be introduced: candidate my-gateway: hello: exit.");
}

TEST(NotIntroduced, ShowsWhatTheCandidateSaidLast) {
  auto report = report_of({scenario("a", {{"BIND-01", Verdict::kFail}})});
  report.input.not_introduced = "candidate my-gateway: hello: exit";
  EXPECT_THAT(terminal_report(report, false), Not(HasSubstr("stderr")));
  EXPECT_FALSE(json_report(report).contains("lastWords"));
  report.input.last_words = {"Traceback", "KeyError: <'x'>", std::string(1000, 'x')};
  EXPECT_THAT(terminal_report(report, false), HasSubstr("its stderr:\n    | Traceback\n    | KeyError: <'x'>\n    | " +
                                                        std::string(160, 'x') + "...\n"));
  EXPECT_EQ(json_report(report).at("lastWords").size(), 3u);
  EXPECT_THAT(junit_report(report), HasSubstr("<system-err>Traceback&#10;KeyError: &lt;'x'&gt;"));
}

TEST(Terminal, SaysVerdictFailuresWhatIsNotCoveredAndConditions) {
  const auto report = report_of(
      {scenario("a", {{"BIND-01", Verdict::kFail}, {"WRR-03", Verdict::kNotDeclared}, {"WRR-01", Verdict::kPass}})});
  const std::string text = terminal_report(report, false);
  EXPECT_THAT(text.substr(0, text.find('\n')),
              HasSubstr("my-gateway 1.2 is NOT conformant: it breaks 1 of 2 required rules."));
  EXPECT_THAT(text, HasSubstr("doc: Step 2"));
  EXPECT_THAT(text, HasSubstr("replay: plumbline run a.yaml"));
  EXPECT_THAT(text, HasSubstr("Not covered by this verdict"));
  EXPECT_THAT(text, HasSubstr("WRR-03"));
  EXPECT_THAT(text, HasSubstr("interpretation extraLabels = node (default pod)"));
  EXPECT_THAT(text, HasSubstr("deadline propagation = 250 ms (default 5000 ms)"));
  EXPECT_THAT(text, Not(HasSubstr("vpcScope")));
  EXPECT_THAT(text, HasSubstr("p50 10 ms, p99 30 ms, max 30 ms (12 Pods)"));
  EXPECT_THAT(text, HasSubstr("seed 42"));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
  EXPECT_THAT(terminal_report(report, true), HasSubstr("\033["));
}

TEST(Terminal, NamesTheCaseThatFailedWhereAFileHasSeveral) {
  auto of_a_case = scenario("a/slow", {{"BIND-01", Verdict::kFail}});
  of_a_case.replay = "plumbline run a.yaml";
  EXPECT_THAT(terminal_report(report_of({of_a_case}), false), HasSubstr("; in a/slow; replay: plumbline run a.yaml"));
  EXPECT_THAT(terminal_report(report_of({scenario("a", {{"BIND-01", Verdict::kFail}})}), false),
              Not(HasSubstr("; in ")));
}

TEST(Terminal, SaysWhatIsDeclaredAndThereIsNot) {
  ReportInput input;
  input.candidate.interpretations = {{"extraLabels", "pods"}};
  input.candidate.features = {"multi_cluster"};
  input.candidate.unknown_features = {"multi_cluster; did you mean 'multi-cluster'?"};
  input.expected = 1;
  input.scenarios = {scenario("a", {{"BIND-01", Verdict::kPass}})};
  const auto report = make_report(std::move(input), house_register());
  const std::string text = terminal_report(report, false);
  EXPECT_THAT(text,
              HasSubstr("interpretation extraLabels = pods is judged as pod: there is no such value; did you mean "
                        "'pod'?"));
  EXPECT_THAT(text, HasSubstr("declared and no feature, so that nothing judges it: multi_cluster; did you mean"));
  EXPECT_EQ(json_report(report).at("unknownFeatures").size(), 1u);
}

TEST(Terminal, SaysWhereStopWasIgnored) {
  auto ignorant = scenario("a", {{"BIND-01", Verdict::kPass}});
  ignorant.judgement.ignored_stop = true;
  const auto report = report_of({ignorant, scenario("b", {{"BIND-01", Verdict::kPass}})});
  EXPECT_THAT(terminal_report(report, false), HasSubstr("`stop` was ignored in 1 scenario, which"));
  EXPECT_EQ(json_report(report).at("measured").at("ignoredStops"), 1);
  EXPECT_THAT(terminal_report(report_of({scenario("b", {{"BIND-01", Verdict::kPass}})}), false),
              Not(HasSubstr("`stop`")));
}

TEST(Terminal, NamesRulesThatWereNotRunWhereTheyAreFew) {
  auto report = report_of({scenario("a", {{"BIND-01", Verdict::kPass}})});
  ASSERT_GT(report.not_run.size(), 9u);
  EXPECT_THAT(terminal_report(report, false),
              HasSubstr(std::to_string(report.not_run.size()) + " rules were not run, " +
                        std::to_string(report.not_yet.size()) + " have no scenario yet (--json names them)\n"));
  EXPECT_THAT(terminal_report(report, false), Not(HasSubstr("TUN-02")));
  report.not_run.resize(9);
  EXPECT_THAT(terminal_report(report, false), HasSubstr("  9 rules were not run: " + report.not_run[0].str() + " "));
  EXPECT_THAT(terminal_report(report, false), HasSubstr(" rules have no scenario yet (plumbline rules says why): "));
  report.not_run.resize(1);
  report.not_yet.clear();
  EXPECT_THAT(terminal_report(report, false), HasSubstr("  1 rule was not run: " + report.not_run[0].str() + "\n"));
}

TEST(Json, HasTheStableMembers) {
  const auto json = json_report(report_of({scenario("a", {{"BIND-01", Verdict::kFail}})}));
  EXPECT_EQ(json.at("schema"), "plumbline.report/v1");
  EXPECT_EQ(json.at("seed"), 42);
  EXPECT_EQ(json.at("counts").at("FAIL"), 1);
  EXPECT_EQ(json.at("rules").at(0).at("id"), "BIND-01");
  EXPECT_EQ(json.at("rules").at(0).at("level"), "D");
  EXPECT_EQ(json.at("rules").at(0).at("scenarios").at(0).at("name"), "a");
  EXPECT_EQ(json.at("scenarios").at(0).at("verdict"), to_string(Verdict::kHarnessError)) << "the judgement's own";
  EXPECT_EQ(json.at("scenarios").at(0).at("evidence").at(0).at("line"), 7);
  EXPECT_EQ(json.at("candidate").at("name"), "my-gateway");
}

TEST(JUnit, WhatCouldNotBeJudgedIsAnError) {
  const auto xml = junit_report(report_of(
      {scenario("a", {{"BIND-01", Verdict::kInconclusive}}), scenario("b", {{"WRR-03", Verdict::kNotJudged}})}));
  EXPECT_THAT(xml, HasSubstr("<testsuite name=\"D\" tests=\"2\" failures=\"0\" errors=\"2\" skipped=\"0\">"));
  EXPECT_THAT(xml, HasSubstr("<error message=\"INCONCLUSIVE: a sentence about BIND-01\">"));
  EXPECT_THAT(xml, Not(HasSubstr("<skipped")));
}

TEST(JUnit, EscapesAndCounts) {
  const auto xml =
      junit_report(report_of({scenario("a", {{"BIND-01", Verdict::kFail}, {"WRR-03", Verdict::kNotDeclared}})}));
  EXPECT_THAT(xml, HasSubstr("<testsuite name=\"D\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"1\">"));
  EXPECT_THAT(xml, HasSubstr("&lt;expected&gt; &amp; &quot;more&quot;"));
}

TEST(Rules, AsJsonHaveScenariosAndMutants) {
  EXPECT_GT(rules_json(house_register(), {}).size(), 60u);
  const auto json = rules_json(house_register(), {{RuleId("WRR-02"), {"weight-of-each-pod"}}}, "WRR-0[26]");
  ASSERT_EQ(json.size(), 2u) << json.dump();
  EXPECT_EQ(json.at(0).at("scenarios").at(0), "weight-of-each-pod");
  EXPECT_EQ(json.at(0).at("mutants").at(0), "weight-per-service");
  EXPECT_FALSE(json.at(0).contains("notYet"));
  EXPECT_TRUE(json.at(1).at("scenarios").empty());
  EXPECT_TRUE(json.at(1).contains("notYet"));
}

}  // namespace
}  // namespace plumbline::conformance
