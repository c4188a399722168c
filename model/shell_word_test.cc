#include "model/shell_word.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

TEST(ShellWord, IsQuotedWhereAShellWouldTakeItApart) {
  EXPECT_EQ("scenarios/a-b.yaml", shell_word("scenarios/a-b.yaml"));
  EXPECT_EQ("mutant:random-pick", shell_word("mutant:random-pick"));
  EXPECT_EQ("''", shell_word(""));
  EXPECT_EQ("'a b/s5.yaml'", shell_word("a b/s5.yaml"));
  EXPECT_EQ("'it'\\''s'", shell_word("it's"));
  EXPECT_EQ("'$x'", shell_word("$x"));
}

}  // namespace
}  // namespace plumbline
