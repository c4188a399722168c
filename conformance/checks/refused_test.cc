// What `refused` says of steps without an answer, and of several.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/checks/golden_histories.h"

namespace plumbline::conformance {
namespace {

using ::testing::HasSubstr;

const json kRefused{
    {"refused", {{"anyOf", {"create", "publish"}}, {"reasons", {"VpcMismatch"}}, {"naming", {"cls-1"}}}}};

TEST(Refused, OneOfTheStepsIsEnough) {
  const auto judged = [](const json& reply) {
    auto builder = outcome(kRefused, {{"result", {{"tunnel", "x"}}}});
    json control{{"type", "control"},       {"t", 7}, {"t1", 8}, {"step", 1}, {"method", "api.publish"},
                 {"params", json::object()}};
    control.update(reply);
    return builder.record(control).step(1, "publish", step_more(!reply.contains("error"), "refused")).finding();
  };
  EXPECT_EQ(judged(refusal("VpcMismatch", "cls-1 is elsewhere")).verdict, Verdict::kPass);
  EXPECT_EQ(judged(refusal("VpcMismatch", "cls-11 is elsewhere")).verdict, Verdict::kFail) << "another cluster";
  EXPECT_EQ(judged(refusal("NotFound", "cls-1")).sentence, "it was refused for another reason");
  EXPECT_THAT(judged(refusal("NotFound", "cls-1")).seen, HasSubstr("'publish' was refused with NotFound: cls-1"));
  EXPECT_THAT(judged(refusal("Vpc", "no")).seen, HasSubstr("refused with 'Vpc', which the contract does not know: no"));
  const json bare{{"error", {{"code", -32601}, {"message", "what?"}}}};
  EXPECT_THAT(judged(bare).seen, HasSubstr("refused with no reason: what?"));
  const Finding accepted = judged({{"result", {{"apiService", "s"}, {"api", "a"}}}});
  EXPECT_EQ(accepted.sentence, "it was not refused");
  EXPECT_EQ(accepted.evidence.size(), 2U) << "each of them was accepted";
}

TEST(Refused, WhereNothingAnsweredNothingIsSaid) {
  HistoryBuilder never(kRefused, kTunnelStep);
  EXPECT_EQ(never.finding().verdict, Verdict::kHarnessError);
  const json exited{{"type", "candidate"}, {"t", 9}, {"state", "exited"}, {"code", 1}};
  EXPECT_THAT(outcome(kRefused, {{"result", {{"tunnel", "x"}}}}).record(exited).finding().sentence,
              HasSubstr("an answer to create, publish is missing"));
}

}  // namespace
}  // namespace plumbline::conformance
