#include "simulator/network/host_check.h"

#include <gtest/gtest.h>

namespace plumbline::network {
namespace {

TEST(HostCheck, EveryNeedOfThisHostIsMetOrHasARemedy) {
  const auto checks = check_host();
  ASSERT_EQ(5U, checks.size());
  for (const HostCheck& check : checks) {
    EXPECT_FALSE(check.detail.empty()) << check.name;
    EXPECT_EQ(check.ok, check.remedy.empty()) << check.name << ": " << check.detail;
  }
  EXPECT_TRUE(checks[3].ok) << "tests of worlds run here, so a flow log works: " << checks[3].detail;
}

}  // namespace
}  // namespace plumbline::network
