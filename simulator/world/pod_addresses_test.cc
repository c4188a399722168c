#include "simulator/world/pod_addresses.h"

#include <gtest/gtest.h>

namespace plumbline::world {
namespace {

TEST(PodAddresses, AreGivenOutInTurnAndAgainAsLateAsCanBe) {
  PodAddresses addresses("cls-1", *network::parse_range("10.0.16.0/29"));
  for (int i = 1; i <= 4; ++i) EXPECT_EQ("10.0.16." + std::to_string(i), addresses.take()->str());
  addresses.give_back(*network::parse_address("10.0.16.2"));
  EXPECT_EQ("10.0.16.5", addresses.take()->str());
  EXPECT_EQ("10.0.16.6", addresses.take()->str());
  EXPECT_EQ("10.0.16.2", addresses.take()->str());
  const auto none = addresses.take();
  ASSERT_FALSE(none);
  EXPECT_EQ(Reason::kLimitExceeded, none.error().reason);
  EXPECT_EQ("cls-1: all 6 Pod addresses of 10.0.16.0/29 are taken", none.error().text);
}

}  // namespace
}  // namespace plumbline::world
