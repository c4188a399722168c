#include "conformance/language/setup.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace plumbline::conformance {
namespace {

class SetupTest : public ::testing::Test {
 protected:
  SetupTest() : file_(::testing::TempDir() + "setup-" + std::to_string(::getpid()) + ".yaml") {}
  ~SetupTest() override { std::filesystem::remove(file_); }

  std::size_t check(const std::string& steps) {
    std::ofstream(file_) << "apiVersion: plumbline/v1\nkind: Setup\nmetadata: {name: s}\nspec:\n  steps:\n" << steps;
    return check_setup(file_, problems_);
  }

  const std::string file_;
  yaml::Problems problems_;
};

TEST_F(SetupTest, NeedsNoWorldToBeReadByItself) {
  EXPECT_EQ(2u, check("    - authorize: {cluster: cls-1, principal: owner}\n"
                      "    - scale: {deployment: cls-1/default/web, replicas: 2}\n"));
  EXPECT_EQ("", problems_.text());
}

TEST_F(SetupTest, HasItsOwnMistakesSaid) {
  check("    - authorise: cls-1\n    - publish: {api: a1, tunnel: t1, principl: owner}\n");
  EXPECT_EQ(file_ + ":6:7: there is no verb 'authorise'; did you mean 'authorize'?\n" + file_ +
                ":7:34: no tunnel 't1' before this step\n" + file_ +
                ":7:38: publish has no field 'principl'; did you mean 'principal'?\n",
            problems_.text());
}

}  // namespace
}  // namespace plumbline::conformance
