#include "model/ids.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

TEST(ParseObjectName, TakesThreePartsThatAreThere) {
  const auto name = parse_object_name("cls-1/default/web-*");
  ASSERT_TRUE(name);
  EXPECT_EQ((ObjectName{ClusterId("cls-1"), "default", "web-*"}), *name);
  EXPECT_EQ("cls-1/default/web-*", name->str());
  for (const char* wrong : {"", "a", "a/b", "/b/c", "a//c", "a/b/", "a/b/c/d", "//"})
    EXPECT_FALSE(parse_object_name(wrong)) << wrong;
}

TEST(IsPlainName, TakesWhatIsGoodInPaths) {
  for (const char* good : {"a", "9", "round-robin", "A_b.c", "x."}) EXPECT_TRUE(is_plain_name(good, 100)) << good;
  for (const char* wrong : {"", "-a", ".a", "../evil", "a/b", "a b", "a\n", "ä"})
    EXPECT_FALSE(is_plain_name(wrong, 100)) << wrong;
  EXPECT_TRUE(is_plain_name("abc", 3));
  EXPECT_FALSE(is_plain_name("abcd", 3));
}

}  // namespace
}  // namespace plumbline
