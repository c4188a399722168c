#include "model/verdict.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

TEST(Verdict, WorstFollowsTheDocumentedOrder) {
  const std::array order{Verdict::kFail,      Verdict::kHarnessError, Verdict::kInconclusive,
                         Verdict::kNotJudged, Verdict::kNotDeclared,  Verdict::kPass};
  for (std::size_t worse = 0; worse < order.size(); ++worse) {
    for (std::size_t better = worse; better < order.size(); ++better) {
      const std::array children{order[better], order[worse]};
      EXPECT_EQ(worst(children), order[worse]) << to_string(order[worse]) << " against " << to_string(order[better]);
    }
  }
}

TEST(Verdict, NoChildIsNotJudged) { EXPECT_EQ(worst({}), Verdict::kNotJudged); }

TEST(Verdict, AnObservationNeverWorsensAParent) {
  const std::array children{Verdict::kObserved, Verdict::kPass};
  EXPECT_EQ(worst(children), Verdict::kPass);
}

TEST(Verdict, EveryTextParsesBack) {
  for (const Verdict verdict : {Verdict::kFail, Verdict::kHarnessError, Verdict::kInconclusive, Verdict::kNotJudged,
                                Verdict::kNotDeclared, Verdict::kPass, Verdict::kObserved}) {
    EXPECT_EQ(parse_verdict(to_string(verdict)), verdict);
  }
  EXPECT_EQ(parse_verdict("pass"), std::nullopt);
}

TEST(Verdict, ExitCodesSayWhoseFaultItIs) {
  EXPECT_EQ(exit_code(Verdict::kFail), ExitCode::kSubjectFailed);
  EXPECT_EQ(exit_code(Verdict::kHarnessError), ExitCode::kOurFailure);
  EXPECT_EQ(exit_code(Verdict::kInconclusive), ExitCode::kInconclusive);
  EXPECT_EQ(exit_code(Verdict::kNotJudged), ExitCode::kInconclusive);
  EXPECT_EQ(exit_code(Verdict::kPass), ExitCode::kGood);
}

}  // namespace
}  // namespace plumbline
