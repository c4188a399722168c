#include "conformance/language/setup.h"

#include <gtest/gtest.h>

#include <utility>

namespace plumbline::conformance {
namespace {

/// How many steps a set-up of these has, and its mistakes.
std::pair<std::size_t, std::string> check(const std::string& steps) {
  yaml::Problems problems;
  const std::string text = "apiVersion: plumbline/v1\nkind: Setup\nmetadata: {name: s}\nspec:\n  steps:\n" + steps;
  const std::size_t count = check_setup(yaml::read_yaml(text, "s.yaml", problems), "s.yaml", problems);
  return {count, problems.text()};
}

TEST(SetupTest, NeedsNoWorldToBeReadByItself) {
  const auto [count, problems] = check(
      "    - authorize: {cluster: cls-1, principal: owner}\n"
      "    - scale: {deployment: cls-1/default/web, replicas: 2}\n");
  EXPECT_EQ(2u, count);
  EXPECT_EQ("", problems);
}

TEST(SetupTest, HasItsOwnMistakesSaid) {
  EXPECT_EQ(
      "s.yaml:6:7: there is no verb 'authorise'; did you mean 'authorize'?\n"
      "s.yaml:7:34: no tunnel 't1' before this step\n"
      "s.yaml:7:38: publish has no field 'principl'; did you mean 'principal'?\n",
      check("    - authorise: cls-1\n    - publish: {api: a1, tunnel: t1, principl: owner}\n").second);
}

}  // namespace
}  // namespace plumbline::conformance
