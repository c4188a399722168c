#include "conformance/checks/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "conformance/checks/address.h"

namespace plumbline::conformance {
namespace {

TEST(AcceptedBand, IsExactForTheBinomial) {
  // P(X > 6 | 10, 1/2) = 0.171875, P(X > 7) = 0.0546875
  EXPECT_EQ(accepted_band({0.5, 0, 0}, 10, 0.2, 0), (Band{3, 7}));
}

TEST(AcceptedBand, WidensToWhatAnyRoundRobinKeeps) {
  const Cell cell{0.5, 40, 0};
  EXPECT_EQ(accepted_band(cell, 1000, 1e-6, 2), (Band{420, 580}));
}

TEST(AcceptedBand, ARandomGatewayStaysInside) {
  std::mt19937 random(3);
  const Cell cell{0.1, 1, 0};
  const Band band = accepted_band(cell, 2000, kFalseAlarmPerRun / kStatisticalChecksMax, 1);
  std::binomial_distribution<int> hits(2000, 0.1);
  for (int run = 0; run < 2000; ++run) {
    const int value = hits(random);
    ASSERT_TRUE(value >= band.low && value <= band.high) << value;
  }
}

TEST(RequestsNeeded, GiveThePowerThatIsAskedFor) {
  const double alpha = kFalseAlarmPerRun / kStatisticalChecksMax / 4;
  const std::vector<Cell> cells(4, {0.25, 1, 0});
  for (const double effect : {0.2, 0.5, 1.0}) {
    const auto needed = requests_needed(cells, effect, alpha, 2);
    const Band band = accepted_band(cells[0], needed, alpha, 2);
    EXPECT_GE(power(cells[0], needed, band, effect), kPowerMin) << effect;
    EXPECT_LT(power(cells[0], needed * 8 / 10, accepted_band(cells[0], needed * 8 / 10, alpha, 2), effect), kPowerMin)
        << effect;
  }
}

TEST(RoundRobin, BoundsHoldForInterleavedAndBurstyCyclesWhateverTheStart) {
  const std::vector<int> weights{5, 3, 3, 1};
  for (int start = 0; start < 12; ++start) {
    std::vector<std::int64_t> hits(4);
    for (int n = 0; n < 500; ++n) {
      int at = (start + n) % 12, pod = 0;
      while (at >= weights[static_cast<std::size_t>(pod)]) at -= weights[static_cast<std::size_t>(pod++)];
      ++hits[static_cast<std::size_t>(pod)];
    }
    for (std::size_t i = 0; i < 4; ++i) {
      const Cell cell{weights[i] / 12.0, weights[i], hits[i]};
      EXPECT_LE(std::abs(static_cast<double>(hits[i]) - 500 * cell.share), round_robin_bound(cell, 1));
    }
  }
}

TEST(RoundRobin, ChanceHardlyKeepsTheBoundOfALargeSample) {
  const std::vector<Cell> cells(6, {1.0 / 6, 1, 0});
  EXPECT_GT(random_within_bound(cells, 60, 2), 0.1);
  EXPECT_LT(random_within_bound(cells, 6000, 2), 1e-3);
}

TEST(Addresses, AreReadStrictly) {
  EXPECT_EQ(parse_address("10.0.16.1"), 0x0a001001u);
  for (const char* text : {"", "10.0.16", "10.0.16.256", "10.0.16.1.2", "10.0.16.1 ", "a.b.c.d", "10..0.1"}) {
    EXPECT_EQ(parse_address(text), std::nullopt) << text;
  }
  EXPECT_TRUE(parse_cidr("10.0.16.7/20")->holds(*parse_address("10.0.31.255")));
  EXPECT_FALSE(parse_cidr("10.0.16.0/20")->holds(*parse_address("10.0.32.0")));
  EXPECT_TRUE(parse_cidr("0.0.0.0/0")->holds(*parse_address("1.2.3.4")));
  EXPECT_EQ(parse_cidr("10.0.0.0/33"), std::nullopt);
}

}  // namespace
}  // namespace plumbline::conformance
