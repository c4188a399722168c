// Verdicts other than PASS and FAIL, and histories that are none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "conformance/checks/golden_histories.h"

namespace plumbline::conformance {
namespace {

using ::testing::HasSubstr;

TEST(ThinEvidence, TooFewRequestsAreInconclusiveAndSayHowManyAreNeeded) {
  auto builder = world(json{{"shares", {{"during", "w"}, {"by", "pod"}, {"effect", 0.1}}}}, 4, 400);
  const Finding finding = in_turn(builder, 400, 4).finding();
  EXPECT_EQ(finding.verdict, Verdict::kInconclusive);
  EXPECT_THAT(finding.sentence, HasSubstr("are needed"));
  auto nodes = world(json{{"nodes", {{"during", "w"}}}}, 3, 4);
  EXPECT_EQ(in_turn(nodes, 4, 2).finding().verdict, Verdict::kInconclusive);
  auto round = world(json{{"roundRobin", {{"during", "w"}}}}, 5, 50, false);
  EXPECT_EQ(in_turn(round, 50, 5).finding().verdict, Verdict::kInconclusive);
}

TEST(ThinEvidence, WhereNobodySentARequestNothingIsShown) {
  int judged = 0;
  for (const Noun& noun : nouns()) {
    const auto during = std::find_if(noun.arguments.begin(), noun.arguments.end(),
                                     [](const Argument& argument) { return argument.kind == ArgumentKind::kWindow; });
    if (during == noun.arguments.end() || !during->required) continue;  // noConnections looks at spans
    const json arguments{{"during", "w"}, {"by", "pod"}, {"effect", 0.5}, {"is", "h"}, {"after", "create"}};
    const Finding finding = world(json::object({{noun.name, arguments}}), 2, 0, false).finding();
    EXPECT_EQ(finding.verdict, Verdict::kInconclusive) << noun.name;
    EXPECT_EQ(finding.sentence, "no request was sent in window 'w'") << noun.name;
    ++judged;
  }
  EXPECT_GE(judged, 8);
}

TEST(ThinEvidence, NodesWithoutWeightsAreNoNodesToBeHit) {
  const Finding finding = world(json{{"nodes", {{"during", "w"}}}}, 2, 10, true, 0).finding();
  EXPECT_EQ(finding.verdict, Verdict::kNotJudged) << finding.sentence;
  EXPECT_EQ(finding.sentence, "a node of tunnel 't1' that has a weight is missing: the scenario's steps make none");
}

TEST(ThinEvidence, OnlyNodesWereHitWhereSomeWereHit) {
  const json only{{"nodes", {{"during", "w"}, {"only", true}}}};
  auto some = world(only, 3, 10);
  EXPECT_EQ(in_turn(some, 10, 1).finding().verdict, Verdict::kPass);
  auto unanswered = world(only, 3, 10);
  for (int n = 0; n < 10; ++n) unanswered.result({time_of(n), time_of(n) + 5, {1, n}, 0, 503, "", ""});
  const Finding none = unanswered.finding();
  EXPECT_EQ(none.verdict, Verdict::kFail);
  EXPECT_EQ(none.sentence, "no node got a request");
}

TEST(ThinEvidence, NoTrafficAfterADeadlineShowsNothing) {
  HistoryBuilder builder(json{{"noneSince", {{"after", "change"}}}}, kTunnelStep);
  builder.service("cls-1").pod(1, "cls-1", "p0", "10.0.16.1").tunnel(10, 0, {{"cls-1", 1}});
  builder.step(1, "change", {{"t", 100}, {"t1", 200}}).pod_gone(200, "cls-1", "p0");
  EXPECT_EQ(builder.finding().verdict, Verdict::kInconclusive);
}

TEST(ThinEvidence, AFlowLogWithLossesProvesNoAbsence) {
  const json lost{{"type", "world"}, {"t", 9}, {"action", "flow-log-lost"}, {"count", 3}};
  EXPECT_EQ(no_connections("traps", "10.0.16.2").record(lost).finding().verdict, Verdict::kInconclusive);
  EXPECT_EQ(no_connections("traps", "10.0.240.9").record(lost).finding().verdict, Verdict::kFail);
  EXPECT_EQ(churn(json{{"noneSince", {{"after", "change"}}}}, 1'300'000).record(lost).finding().verdict,
            Verdict::kInconclusive);
  auto straight = world(json{{"direct", {{"during", "w"}}}}, 2, 10);
  EXPECT_EQ(in_turn(straight, 10, 2).record(lost).finding().verdict, Verdict::kInconclusive);
}

TEST(ThinEvidence, OnlyAnsweredRequestsOfTheTunnelShowThatAPodIsUnused) {
  const auto verdict = [](int status, const char* tunnel) {
    HistoryBuilder builder(json{{"noneSince", {{"after", "change"}}}}, kTunnelStep);
    builder.service("cls-1").pod(1, "cls-1", "p0", "10.0.16.1").pod(1, "cls-1", "p1", "10.0.16.2");
    builder.tunnel(10, 0, {{"cls-1", 1}}).step(1, "change", {{"t", 100}, {"t1", 200}}).pod_gone(200, "cls-1", "p0");
    builder.record({{"type", "window"}, {"t", 1'000'000}, {"t1", 2'000'000}, {"window", 1}, {"tunnel", tunnel}});
    for (int n = 0; n < 60; ++n) builder.result({time_of(n), time_of(n) + 5, {1, n}, 0, status, "", ""});
    return builder.finding().verdict;
  };
  EXPECT_EQ(verdict(200, "t1"), Verdict::kPass);
  EXPECT_EQ(verdict(0, "t1"), Verdict::kInconclusive);
  EXPECT_EQ(verdict(200, "t2"), Verdict::kInconclusive);
}

TEST(ThinEvidence, WhenAPodJoinedOrLeftShowsOnlyWhereItWouldHaveBeenMet) {
  const auto verdict = [](const char* pods, int every, std::int64_t seen_from) {
    HistoryBuilder builder(json{{"propagation", {{"after", "change"}, {"during", "w"}, {"pods", pods}}}}, kTunnelStep);
    builder.service("cls-1").pod(1, "cls-1", "p0", "10.0.16.1").pod(1, "cls-1", "p1", "10.0.16.2");
    builder.tunnel(10, 0, {{"cls-1", 1}}).step(1, "change", {{"t", 1'000'000}, {"t1", 1'000'000}});
    builder.pod(1'000'100, "cls-1", "p2", "10.0.16.3").pod_gone(1'000'100, "cls-1", "p0");
    builder.window(1, "w", 900'000, 2'000'000, 100);
    int n = 0;
    for (std::int64_t t = 900'000; t < 2'000'000; t += every, ++n) {
      const bool fresh = t >= seen_from && n % 2 == 0;
      builder.request(1, n, t, "cls-1", fresh ? "p2" : "p1");
    }
    return builder.finding().verdict;
  };
  // The deadline is 250 ms: p2 is due at 1.25 s.
  EXPECT_EQ(verdict("new", 10'000, 1'100'000), Verdict::kPass);
  EXPECT_EQ(verdict("new", 10'000, 1'800'000), Verdict::kFail);
  EXPECT_EQ(verdict("new", 10'000, 1'300'000), Verdict::kInconclusive) << "it may have waited for its turn";
  EXPECT_EQ(verdict("new", 200'000, 1'800'000), Verdict::kInconclusive) << "two requests missed it";
  EXPECT_EQ(verdict("gone", 10'000, 1'100'000), Verdict::kPass);
  EXPECT_EQ(verdict("gone", 200'000, 1'100'000), Verdict::kInconclusive) << "six requests would not have met it";
}

TEST(Direct, APodInTwoRowsMayBeReachedOnEitherTargetPort) {
  const auto verdict = [](int port) {
    HistoryBuilder builder(json{{"direct", {{"during", "w"}}}}, kTunnelStep);
    builder.service("cls-1").pod(1, "cls-1", "p0", "10.0.16.1");
    builder.record({{"type", "object"},
                    {"t", 2},
                    {"cluster", "cls-1"},
                    {"kind", "Service"},
                    {"op", "MODIFIED"},
                    {"object",
                     {{"metadata", {{"namespace", "default"}, {"name", "httpbin"}}},
                      {"spec",
                       {{"selector", {{"app", "httpbin"}}},
                        {"ports",
                         {{{"name", "a"}, {"port", 8000}, {"targetPort", 80}},
                          {{"name", "b"}, {"port", 8001}, {"targetPort", 81}}}}}}}}});
    json row{{"cluster", "cls-1"}, {"namespace", "default"}, {"service", "httpbin"}, {"port", 8000}, {"weight", 1}};
    json other = row;
    other["port"] = 8001;
    builder.record(
        {{"type", "control"},
         {"t", 10},
         {"step", 0},
         {"method", "tunnel.create"},
         {"params", {{"name", "t1"}, {"type", "tke"}, {"region", "r"}, {"vpc", "v"}, {"services", {row, other}}}},
         {"result", {{"tunnel", "id-1"}}}});
    builder.window(1, "w", 1'000'000, 2'000'000, 1).request(1, 0, 1'000'000, "cls-1", "p0", 200, port);
    return builder.finding().verdict;
  };
  EXPECT_EQ(verdict(80), Verdict::kPass);
  EXPECT_EQ(verdict(81), Verdict::kPass);
  EXPECT_EQ(verdict(82), Verdict::kFail);
}

TEST(ARefusal, OfWhatWasDeclaredIsAFailure) {
  const json nodes{{"nodes", {{"during", "w"}}}};
  EXPECT_EQ(outcome(nodes, refusal("Unsupported", "no tunnels")).finding().verdict, Verdict::kFail);
  EXPECT_EQ(outcome(nodes, {{"error", {{"code", -32601}, {"message", "no such method"}}}}).finding().verdict,
            Verdict::kFail);
  EXPECT_EQ(outcome(nodes, refusal("InvalidValue", "no")).finding().verdict, Verdict::kNotJudged);
}

TEST(AStall, ExcusesNeitherAStrangerNorAnInventedAnswer) {
  const json stall{{"type", "stall"}, {"t", 1'500'000}, {"ms", 300.5}};
  auto stranger = world(json{{"nodes", {{"during", "w"}}}}, 2, 60);
  EXPECT_EQ(in_turn(stranger, 60, 3).record(stall).finding().verdict, Verdict::kFail);
  auto late = world(json{{"nodes", {{"during", "w"}}}}, 3, 60);
  late.pod_gone(20, "cls-1", "p2");
  EXPECT_EQ(in_turn(late, 60, 3).record(stall).finding().verdict, Verdict::kInconclusive);
  auto invented = world(json{{"answered", {{"during", "w"}, {"status", {"200"}}, {"by", "pods"}}}}, 2, 1);
  EXPECT_EQ(invented.request(1, 0, 1'000'000, "cls-1", "").record(stall).finding().verdict, Verdict::kFail);
}

TEST(AHistory, OfAScenarioWithAMistakeJudgesNothingAndSaysWhere) {
  HistoryBuilder builder(json{{"answered", {{"during", "w"}}}});
  builder.record({{"type", "end"}, {"t", 9}, {"complete", false}, {"mistake", true}, {"error", "s.yaml:3:5: no Pod"}});
  std::istringstream in(builder.text(true));
  const Judgement judgement = judge(*load_history(in));
  EXPECT_TRUE(judgement.mistake);
  EXPECT_EQ(judgement.verdict, Verdict::kNotJudged);
  EXPECT_EQ(judgement.expectations.at(0).finding.sentence, "s.yaml:3:5: no Pod");
  EXPECT_EQ(to_json(judgement).at("mistake"), true);
}

TEST(AHistory, ThatDoesNotNameTheInstanceShowsNothing) {
  for (const char* name : {"unread-fail", "noConnections-pass", "direct-pass"}) {
    for (const Golden& golden : goldens()) {
      if (golden.name != name) continue;
      std::string text = golden.builder.text();
      const std::string address = "\"address\":\"10.0.255.10\"";
      text.replace(text.find(address), address.size(), "\"address\":\"\"");
      std::istringstream in(text);
      EXPECT_EQ(judge(*load_history(in)).verdict, Verdict::kHarnessError) << name;
    }
  }
}

TEST(AStall, MakesAFailureInconclusiveAndAPassStays) {
  const json answered{{"answered", {{"during", "w"}, {"status", {"200"}}, {"by", "pods"}}}};
  const json stall{{"type", "stall"}, {"t", 1'500'000}, {"ms", 300.5}};
  auto failed = world(answered, 2, 1);
  failed.result({1'000'000, 1'000'100, {1, 0}, 0, 0, "", "timeout"}).record(stall);
  EXPECT_EQ(failed.finding().verdict, Verdict::kInconclusive);
  auto good = world(answered, 2, 10);
  in_turn(good, 10, 2).record(stall);
  EXPECT_EQ(good.finding().verdict, Verdict::kPass);
}

TEST(AMissingWindow, IsExplainedByWhatWentBefore) {
  const json nodes{{"nodes", {{"during", "w"}}}};
  HistoryBuilder refused(nodes, kTunnelStep);
  refused.step(0, "create", step_more(false, "no"));
  EXPECT_EQ(refused.finding().verdict, Verdict::kNotJudged);
  EXPECT_THAT(refused.finding().sentence, HasSubstr("'create' was refused"));
  HistoryBuilder exited(nodes, kTunnelStep);
  exited.record({{"type", "candidate"}, {"t", 5}, {"state", "exited"}, {"signal", 11}});
  EXPECT_EQ(exited.finding().verdict, Verdict::kFail);
  HistoryBuilder silent(nodes, kTunnelStep);
  silent.record(
      {{"type", "control"}, {"t", 5}, {"t1", 9}, {"step", 0}, {"method", "tunnel.create"}, {"silent", "timeout"}});
  EXPECT_EQ(silent.finding().verdict, Verdict::kFail);
  EXPECT_EQ(HistoryBuilder(nodes).finding().verdict, Verdict::kHarnessError);
}

TEST(AMissingWindow, IsExplainedOnceThoughTheHostStalled) {
  HistoryBuilder silent(json{{"nodes", {{"during", "w"}}}}, kTunnelStep);
  silent.record({{"type", "stall"}, {"t", 7}, {"ms", 300}})
      .record(
          {{"type", "control"}, {"t", 5}, {"t1", 9}, {"step", 0}, {"method", "tunnel.create"}, {"silent", "timeout"}});
  EXPECT_EQ(silent.finding().verdict, Verdict::kInconclusive);
  const std::string said = silent.finding().sentence;
  EXPECT_TRUE(said.find("stalled") < 99 && said.find("stalled") == said.rfind("stalled")) << said;
}

TEST(AnOrderlyStop, IsNoSilence) {
  auto builder = world(json{{"nodes", {{"during", "w"}}}}, 3, 60);
  in_turn(builder, 60, 3);
  builder.record({{"type", "control"}, {"t", 5'000'000}, {"step", -1}, {"method", "stop"}, {"result", json::object()}});
  builder.record({{"type", "candidate"}, {"t", 5'000'100}, {"state", "exited"}, {"code", 0}});
  EXPECT_EQ(builder.finding().verdict, Verdict::kPass);
}

TEST(ASilence, IsExcusedByAStallOnlyWhenAnAnswerWasAwaited) {
  const auto judged = [](const json& trouble) {
    auto builder = world(json{{"notForwarded", {{"during", "w"}}}}, 2, 1);
    builder.request(1, 0, 1'000'000, "cls-1", "", 404).record({{"type", "stall"}, {"t", 1'200'000}, {"ms", 300}});
    return builder.record(trouble).finding().verdict;
  };
  const json call{{"type", "control"}, {"t", 1'100'000}, {"t1", 1'400'000}, {"step", 1}, {"method", "api.publish"}};
  const auto ended = [&](const char* how) {
    json record = call;
    record["silent"] = how;
    return judged(record);
  };
  EXPECT_EQ(ended("timeout"), Verdict::kInconclusive);
  EXPECT_EQ(ended("invalid"), Verdict::kFail);
  EXPECT_EQ(ended("exit"), Verdict::kFail);
  EXPECT_EQ(judged({{"type", "candidate"}, {"t", 1'300'000}, {"state", "exited"}, {"code", 1}}), Verdict::kFail);
}

TEST(ACut, LeavesNoSilentCandidateUnblamed) {
  const auto judged = [](const json& expect, const std::string& last_error, std::int64_t awaited_ms) {
    auto builder = world(expect, 2, 60);
    builder.record(
        {{"type", "window"}, {"t", 2'000'000}, {"t1", 9'000'000}, {"window", 3}, {"as", "x"}, {"cut", true}});
    in_turn(builder, 60, 2);
    builder.result({5'000'000, 9'000'000, {3, 0}, 0, 0, "", last_error});
    builder.record({{"type", "end"},
                    {"t", 9'000'000},
                    {"complete", false},
                    {"cut", true},
                    {"awaited_ms", awaited_ms},
                    {"error", "cut short after 9 s"}});
    std::istringstream in(builder.text(true));
    return judge(*load_history(in));
  };
  const json good{{"answered", {{"during", "w"}, {"by", "pods"}}}};
  const json broken{{"answered", {{"during", "w"}, {"by", "gateway"}}}};
  const json missing{{"answered", {{"during", "x"}}}};
  const Judgement silent = judged(good, "timeout", 8000);
  EXPECT_EQ(silent.verdict, Verdict::kFail);
  EXPECT_THAT(silent.expectations.at(0).finding.sentence, HasSubstr("the last 1 request of users got no answer"));
  EXPECT_EQ(silent.reason, "cut short after 9 s");
  EXPECT_EQ(judged(missing, "timeout", 8000).verdict, Verdict::kFail);
  for (const json& expect : {good, missing}) {
    EXPECT_EQ(judged(expect, "reset", 8000).verdict, Verdict::kInconclusive) << "the candidate was waited for";
    EXPECT_EQ(judged(expect, "reset", 100).verdict, Verdict::kHarnessError) << "the time is ours";
    EXPECT_EQ(judged(expect, "reset", 100).expectations.at(0).finding.sentence, "cut short after 9 s");
  }
  EXPECT_EQ(judged(broken, "reset", 100).verdict, Verdict::kFail) << "what was seen breaking a rule was seen";
}

TEST(Histories, MalformedOrTruncatedOnesAreHarnessErrorsWithALine) {
  const auto load = [](const std::string& text) {
    std::istringstream in(text);
    const auto history = load_history(in);
    return history ? std::string("loaded") : history.error().text;
  };
  const std::string whole = HistoryBuilder(json::object()).text();
  EXPECT_EQ(load(whole), "loaded");
  EXPECT_THAT(load(HistoryBuilder(json::object()).text(true)), HasSubstr("truncated"));
  EXPECT_EQ(load(""), "this is no history: it has no line");
  EXPECT_EQ(load("kind: World\n"), "history line 1: this is no history, which has a JSON object on each line");
  EXPECT_THAT(load("not json\n"), HasSubstr("line 1"));
  EXPECT_THAT(load("{\"type\":\"step\"}\n"), HasSubstr("no header"));
  EXPECT_THAT(load("{\"type\":\"header\",\"schema\":\"v9\"}\n"), HasSubstr("schema 'v9'"));
  EXPECT_THAT(load(whole.substr(0, whole.find('\n') + 1) + "{\"type\":\"hits\",\"names\":[],\"t\":[1]}\n"),
              HasSubstr("line 2"));
  EXPECT_EQ(judge_file("/nowhere.jsonl").verdict, Verdict::kHarnessError);
}

TEST(Histories, NestUpToTheLimit) {
  const auto load = [](int depth) {
    const auto times = static_cast<std::size_t>(depth - 1);
    const std::string value = std::string(times, '[') + std::string(times, ']');
    std::string text = HistoryBuilder(json::object()).text(true);
    text += R"({"type":"event","t":1,"event":)" + value + "}\n" + R"({"type":"end","t":1,"complete":true})" + "\n";
    std::istringstream in(text);
    const auto history = load_history(in);
    return history ? std::string("loaded") : history.error().text;
  };
  EXPECT_EQ(load(kHistoryNestingMax), "loaded");
  EXPECT_THAT(load(kHistoryNestingMax + 1), HasSubstr("line 2: nested deeper than 256"));
}

TEST(Histories, AnUnknownNounOrAnIncompleteRunIsOurFailure) {
  EXPECT_EQ(HistoryBuilder(json{{"levitates", json::object()}}).finding().verdict, Verdict::kHarnessError);
  std::string text = HistoryBuilder(json{{"settled", {{"step", "s"}}}}).text(true);
  text += "{\"type\":\"end\",\"t\":1,\"complete\":false,\"error\":\"no veth\"}\n";
  std::istringstream in(text);
  const auto history = load_history(in);
  ASSERT_TRUE(history);
  const Judgement judgement = judge(*history);
  EXPECT_EQ(judgement.verdict, Verdict::kHarnessError);
  EXPECT_EQ(judgement.reason, "no veth");
  const auto broken = [](const json& before) {
    std::istringstream lines(HistoryBuilder(json{{"settled", {{"step", "s"}}}}).record(before).text(true) +
                             "{\"type\":\"end\",\"t\":1,\"complete\":false,\"error\":\"no veth\"}\n");
    return judge(*load_history(lines)).verdict;
  };
  EXPECT_EQ(broken({{"type", "step"}, {"t", 0}, {"index", 0}, {"verb", "v"}, {"as", "r"}, {"refused", true}}),
            Verdict::kHarnessError)
      << "a refusal does not explain our own failure";
  EXPECT_EQ(broken({{"type", "candidate"}, {"t", 0}, {"state", "exited"}, {"code", 1}}), Verdict::kFail);
}

TEST(Judging, UndeclaredFeaturesAndUnmetRequirementsAreToldApart) {
  const auto judged = [](const json& plan_change, const json& more = {{"type", "other"}}, bool introduced = true) {
    HistoryBuilder builder(json{{"settled", {{"step", "s"}}}});
    const std::string text = builder.step(0, "s", {{"settled", false}}).record(more).text();
    const auto end = text.find('\n');
    json header = json::parse(text.substr(0, end));
    header["plan"].merge_patch(plan_change);
    if (!introduced) header["candidate"].erase("features");
    std::istringstream in(header.dump() + text.substr(end));
    const auto history = load_history(in);
    return judge(*history);
  };
  EXPECT_EQ(judged(json::object()).verdict, Verdict::kFail);
  const json undeclared{
      {"expect", {{{"rule", "X"}, {"noun", "settled"}, {"arguments", {{"step", "s"}}}, {"features", {"upgrade"}}}}}};
  EXPECT_EQ(judged(undeclared).verdict, Verdict::kNotDeclared);
  EXPECT_EQ(judged(undeclared, {{"type", "other"}}, false).verdict, Verdict::kFail) << "it never said what it lacks";
  const json required{{"require", {{{"noun", "settled"}, {"arguments", {{"step", "s"}}}}}}};
  EXPECT_EQ(judged(required).verdict, Verdict::kNotJudged);
  const json unknown{{"require", {{{"noun", "levitates"}, {"arguments", json::object()}}}}};
  EXPECT_EQ(judged(unknown).verdict, Verdict::kHarnessError);
  const json exited{{"type", "candidate"}, {"t", 5}, {"state", "exited"}, {"code", 1}};
  EXPECT_EQ(judged(required, exited).verdict, Verdict::kFail);
}

TEST(Stop, IsIgnoredByWhoDoesNotAnswerOrGoesOn) {
  const auto ignored = [](const std::vector<json>& records) {
    auto builder = world(json{{"answered", {{"during", "w"}}}}, 1, 1);
    for (const json& record : records) builder.record(record);
    std::istringstream in(builder.text());
    return judge(*load_history(in)).ignored_stop;
  };
  const auto call = [](const char* method, const char* silent) {
    json record{{"type", "control"}, {"t", 5}, {"t1", 9}, {"step", -1}, {"method", method}};
    if (*silent != '\0') record["silent"] = silent;
    return record;
  };
  const json exited{{"type", "candidate"}, {"t", 9}, {"state", "exited"}, {"code", 0}};
  EXPECT_FALSE(ignored({}));
  EXPECT_FALSE(ignored({call("stop", ""), exited}));
  EXPECT_FALSE(ignored({exited, call("stop", "exit")})) << "it obeyed without a word";
  EXPECT_FALSE(ignored({call("tunnel.create", "timeout"), call("stop", ""), exited})) << "what it ignored was no stop";
  EXPECT_TRUE(ignored({call("stop", "timeout"), exited}));
  EXPECT_TRUE(ignored({call("stop", ""), {{"type", "candidate"}, {"t", 9}, {"state", "silent"}}}));
}

}  // namespace
}  // namespace plumbline::conformance
