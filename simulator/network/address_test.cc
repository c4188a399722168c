#include "simulator/network/address.h"

#include <gtest/gtest.h>

namespace plumbline::network {
namespace {

TEST(Address, ReadsWhatItWrites) {
  for (const char* text : {"0.0.0.0", "10.0.255.10", "255.255.255.255"}) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(text, address->str());
  }
}

TEST(Address, RefusesAnythingElse) {
  for (const char* text :
       {"", "10.0.0", "10.0.0.0.1", "10.0.0.256", "10.0.0.-1", "10.0.0.1 ", "01.0.0.1", "a.b.c.d", "10..0.1"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
}

TEST(Range, ReadsWhatItWrites) {
  for (const char* text : {"10.0.0.0/8", "10.0.16.0/20", "10.0.0.1/32"}) {
    const auto range = parse_range(text);
    ASSERT_TRUE(range) << text;
    EXPECT_EQ(text, range->str());
  }
}

TEST(Range, RefusesBitsOutsideThePrefixAndPrefixesThatAreNone) {
  for (const char* text : {"10.0.0.1/24", "10.0.0.0/0", "10.0.0.0/33", "10.0.0.0", "10.0.0.0/", "/8", "10.0.0.0/+8"}) {
    EXPECT_FALSE(parse_range(text)) << text;
  }
}

TEST(Range, KnowsWhatItHoldsAndOverlaps) {
  const Range vpc = *parse_range("10.0.0.0/16");
  EXPECT_TRUE(vpc.holds(*parse_address("10.0.255.255")));
  EXPECT_FALSE(vpc.holds(*parse_address("10.1.0.0")));
  EXPECT_TRUE(vpc.holds(*parse_range("10.0.16.0/20")));
  EXPECT_FALSE(vpc.holds(*parse_range("10.0.0.0/8")));
  EXPECT_TRUE(vpc.overlaps(*parse_range("10.0.0.0/8")));
  EXPECT_FALSE(vpc.overlaps(*parse_range("10.1.0.0/16")));
  EXPECT_EQ(65536U, vpc.size());
  EXPECT_EQ("10.0.1.0", vpc.at(256).str());
}

}  // namespace
}  // namespace plumbline::network
