#include "conformance/rules/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

namespace plumbline::conformance {
namespace {

using ::testing::HasSubstr;

class RegisterInAFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    folder = std::filesystem::path(::testing::TempDir()) /
             ("register-" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::create_directories(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  void write(const char* name, const char* text) { std::ofstream(folder / name) << text; }
  std::filesystem::path folder;
};

TEST(RegisterOfTheHouse, IsRead) {
  const auto rules = Register::read(home() / "conformance/rules");
  ASSERT_TRUE(rules) << rules.error().text;
  EXPECT_GT(rules->rules().size(), 60u);
  const Rule* rule = rules->find(RuleId("WRR-02"));
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->level, Level::kDocumented);
  EXPECT_THAT(rule->mutants, ::testing::Contains("weight-per-service"));
  EXPECT_THAT(rules->features(), ::testing::Contains("multi-cluster"));
}

TEST(RegisterOfTheHouse, DocumentedAndEntailedRulesHaveASourceAndAMutant) {
  const auto rules = Register::read(home() / "conformance/rules");
  ASSERT_TRUE(rules);
  for (const Rule& rule : rules->rules()) {
    if (rule.level == Level::kExpected) continue;
    EXPECT_FALSE(rule.source.empty()) << rule.id;
    EXPECT_FALSE(rule.mutants.empty()) << rule.id;
  }
}

TEST(RegisterOfTheHouse, EveryDefaultInterpretationIsOneOfItsValues) {
  const auto rules = Register::read(home() / "conformance/rules");
  ASSERT_TRUE(rules);
  EXPECT_FALSE(rules->interpretations().empty());
  for (const auto& entry : rules->interpretations())
    EXPECT_THAT(entry.values, ::testing::Contains(entry.default_value));
}

TEST_F(RegisterInAFolder, EveryMistakeIsNamedWithItsPlace) {
  write("a.yaml",
        "rules:\n"
        "  - {id: X-1, level: Q, title: t, source: s}\n"
        "  - {id: X-2, level: D, title: t}\n"
        "  - {id: X-2, level: E, title: t, sauce: s}\n");
  const auto rules = Register::read(folder);
  ASSERT_FALSE(rules);
  EXPECT_THAT(rules.error().text, HasSubstr("a.yaml:2:5: level is D, K or E, not 'Q'"));
  EXPECT_THAT(rules.error().text, HasSubstr("a.yaml:3:5: 'source' must be a word"));
  EXPECT_THAT(rules.error().text, HasSubstr("unknown field 'sauce'"));
  EXPECT_THAT(rules.error().text, HasSubstr("rule X-2 is there twice"));
}

TEST_F(RegisterInAFolder, TextThatIsNoYamlIsAMistakeNotACrash) {
  write("a.yaml", "rules: [\n");
  EXPECT_FALSE(Register::read(folder));
  write("a.yaml", "[]\n");
  EXPECT_FALSE(Register::read(folder));
}

TEST(RegisterElsewhere, AMissingFolderIsNamed) {
  const auto rules = Register::read("/nowhere/at/all");
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().reason, Reason::kNotFound);
  EXPECT_THAT(rules.error().text, HasSubstr("/nowhere/at/all"));
}

}  // namespace
}  // namespace plumbline::conformance
