#include "model/nearest.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

TEST(Nearest, FindsWhatWasMeant) {
  EXPECT_EQ("steps", nearest("stepz", {"steps", "setup"}));
  EXPECT_EQ("api", nearest("aip", {"as", "api"})) << "two neighbours changed places";
  EXPECT_EQ("weights", nearest("wieghts", {"tags", "weights"}));
  EXPECT_EQ("authorised", nearest("authorized", {"authorised", "tunnel-to-httpbin"}));
  EXPECT_EQ("SEL-01", nearest("sel-01", {"WRR-01", "SEL-01", "SEL-02"})) << "capitals are no mistake";
  EXPECT_EQ("t1", nearest("t7", {"t1", "t2"})) << "the first of those that are equally near";
}

TEST(Nearest, IsNeverNothingAndNeverFar) {
  EXPECT_EQ("", nearest("t", {""})) << "an empty name is no suggestion";
  EXPECT_EQ("", nearest("", {"a", "to"}));
  EXPECT_EQ("", nearest("x", {"y", "xy"})) << "nothing, or next to nothing, in common";
  EXPECT_EQ("", nearest("a9", {"t1", "b2"}));
  EXPECT_EQ("", nearest("send", {"heal", "stop"}));
  EXPECT_EQ("", nearest(std::string(kWordBytesMax + 1, 'a'), {std::string(kWordBytesMax, 'a')}));
  EXPECT_EQ(std::string(kWordBytesMax, 'a'),
            nearest(std::string(kWordBytesMax, 'a'), {std::string(kWordBytesMax, 'a')}));
}

TEST(Suggestion, NamesTheNearestElseWhatThereIs) {
  EXPECT_EQ("; did you mean 'send'?", suggestion("sned", {"settle", "send"}));
  EXPECT_EQ("; known: a, b", suggestion("elsewhere", {"b", "", "a", "b"}));
  EXPECT_EQ("", suggestion("elsewhere", {""}));
  EXPECT_EQ("", suggestion("elsewhere", {}));
}

TEST(Suggestion, NamesNoMoreThanAPersonReads) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i <= kKnownMax; ++i) known.push_back("name-" + std::to_string(100 + i));
  EXPECT_TRUE(suggestion("x", known).ends_with("name-129 and 1 more"));
  known.pop_back();
  EXPECT_TRUE(suggestion("x", known).ends_with("name-129"));
}

}  // namespace
}  // namespace plumbline
