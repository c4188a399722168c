#include "simulator/kube/api/disruption_budget.h"

#include "simulator/kube/api/fixture.h"

namespace plumbline::kube {
namespace {

class DisruptionBudgetTest : public OperationsTest {
 protected:
  bool speaks(const std::string& spec) {
    const Object budget(nullptr, value_of(R"({"spec":)" + spec + "}"), 1);
    return speaks_of(budget, Value{{"app", "x"}});
  }
};

TEST_F(DisruptionBudgetTest, SpeaksOfWhomItsSelectorChooses) {
  EXPECT_TRUE(speaks(R"({"selector":{"matchLabels":{"app":"x"}}})"));
  EXPECT_FALSE(speaks(R"({"selector":{"matchLabels":{"app":"y"}}})"));
}

TEST_F(DisruptionBudgetTest, SpeaksOfEverybodyWithAnEmptySelectorAndOfNobodyWithoutAGoodOne) {
  EXPECT_TRUE(speaks(R"({"selector":{}})"));
  EXPECT_FALSE(speaks("{}"));
  EXPECT_FALSE(speaks(R"({"selector":{"matchExpressions":[{"key":"app","operator":"Near"}]}})"));
}

}  // namespace
}  // namespace plumbline::kube
