// What `lists` makes of answers in another order, of none, and of those that are no list.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/checks/golden_histories.h"

namespace plumbline::conformance {
namespace {

/// The finding on a list that was answered with `answer` ("result", "error" or "silent"), in a world whose tunnels t1
/// and t2 have the ids id-1 and id-2.
Finding found(const json& answer, const char* method = "tunnel.list") {
  HistoryBuilder builder(json{{"lists", {{"outcome", "l"}, {"exactly", {"t2", "t1"}}}}},
                         {{{"verb", "createTunnel"}, {"tunnel", "t1"}},
                          {{"verb", "createTunnel"}, {"tunnel", "t2"}},
                          {{"verb", "listTunnels"}}});
  for (int step = 0; step < 2; ++step) {
    const std::string number = std::to_string(step + 1);
    json row{{"cluster", "cls-1"}, {"namespace", "default"}, {"service", "httpbin"}, {"port", 8000}};
    builder.record(
        {{"type", "control"},
         {"t", 10 + step},
         {"step", step},
         {"method", "tunnel.create"},
         {"params", {{"name", "t" + number}, {"type", "tke"}, {"region", "r"}, {"vpc", "v"}, {"services", {row}}}},
         {"result", {{"tunnel", "id-" + number}}}});
  }
  json control{{"type", "control"}, {"t", 20}, {"step", 2}, {"method", method}, {"params", json::object()}};
  control.update(answer);
  return builder.record(control).step(2, "l", step_more(answer.contains("result"), "no list")).finding();
}

json result(const json& tunnels) { return {{"result", {{"tunnels", tunnels}}}}; }

const json kFirst{{"tunnel", "id-1"}, {"name", "t1"}};
const json kSecond{{"tunnel", "id-2"}, {"name", "t2"}};

TEST(Lists, TheOrderIsFree) {
  EXPECT_EQ(found(result({kFirst, kSecond})).verdict, Verdict::kPass);
  EXPECT_EQ(found(result({kSecond, kFirst})).verdict, Verdict::kPass);
}

TEST(Lists, EachIsListedOnce) {
  EXPECT_EQ(found(result({kFirst})).verdict, Verdict::kFail);
  EXPECT_EQ(found(result({kFirst, kSecond, kSecond})).verdict, Verdict::kFail);
  EXPECT_EQ(found(result(json::array())).verdict, Verdict::kFail);
}

TEST(Lists, WhatIsNoListBreaksIt) {
  for (const json& answer : {json{{"result", json::object()}}, result("none"), refusal("Unavailable", "not now")}) {
    const Finding finding = found(answer);
    EXPECT_EQ(finding.verdict, Verdict::kFail) << answer;
    EXPECT_EQ(finding.sentence, "the tunnels could not be listed") << answer;
    ASSERT_EQ(finding.evidence.size(), 1U) << answer;
  }
}

TEST(Lists, AStepThatAskedForNoListIsOurFailure) {
  EXPECT_EQ(found(result({kFirst, kSecond}), "tunnel.describe").verdict, Verdict::kHarnessError);
}

TEST(Lists, NoAnswerIsNoVerdictOfItsOwn) {
  const Finding finding = found({{"silent", "timeout"}});
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_THAT(finding.sentence, ::testing::Not(::testing::HasSubstr("could not be listed")));
}

}  // namespace
}  // namespace plumbline::conformance
