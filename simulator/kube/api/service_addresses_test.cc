#include "simulator/kube/api/service_addresses.h"

#include <gtest/gtest.h>

namespace plumbline::kube {
namespace {

TEST(AddressPool, HandsOutEveryAddressOnceButTheFirstAndLast) {
  AddressPool pool("10.0.240.0/29");
  std::set<std::string> taken;
  for (int i = 0; i < 6; ++i) {
    const auto address = pool.take();
    ASSERT_TRUE(address);
    taken.insert(*address);
  }
  EXPECT_EQ(taken.size(), 6U);
  EXPECT_EQ(*taken.begin(), "10.0.240.1");
  EXPECT_EQ(*taken.rbegin(), "10.0.240.6");
  EXPECT_FALSE(pool.take());
  pool.give_back("10.0.240.3");
  EXPECT_EQ(pool.take(), "10.0.240.3");
}

TEST(AddressPool, TakesAnAskedForAddressOnce) {
  AddressPool pool("10.0.240.0/24");
  EXPECT_TRUE(pool.take("10.0.240.9"));
  EXPECT_FALSE(pool.take("10.0.240.9"));
  EXPECT_FALSE(pool.take("10.0.241.9"));
  EXPECT_FALSE(pool.take("10.0.240.0"));
  EXPECT_FALSE(pool.take("10.0.240.255"));
  EXPECT_FALSE(pool.take("10.0.240"));
}

TEST(AddressPool, MalformedCidrIsEmpty) {
  for (const char* cidr : {"", "10.0.0.0", "10.0.0.0/33", "10.0.0/24", "x/24"})
    EXPECT_FALSE(AddressPool(cidr).take()) << cidr;
}

TEST(NodePorts, StaysInTheRangeOfKubernetes) {
  NodePorts ports;
  EXPECT_EQ(ports.take(), kNodePortMin);
  EXPECT_FALSE(ports.take(kNodePortMin));
  EXPECT_FALSE(ports.take(kNodePortMin - 1));
  EXPECT_TRUE(ports.take(kNodePortMax));
  EXPECT_FALSE(ports.take(kNodePortMax + 1));
}

}  // namespace
}  // namespace plumbline::kube
