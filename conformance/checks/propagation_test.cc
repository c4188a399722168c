// What `propagation` measures, and up to when it is in time.
#include <gtest/gtest.h>

#include "conformance/checks/golden_histories.h"

namespace plumbline::conformance {
namespace {

TEST(Propagation, LatenciesAreKeptForTheReport) {
  const Finding finding =
      churn(json{{"propagation", {{"after", "change"}, {"during", "w"}, {"pods", "new-and-gone"}}}}, 1'300'000)
          .finding();
  ASSERT_EQ(finding.verdict, Verdict::kPass);
  EXPECT_EQ(finding.measured.at("joined").at("ms"), json::array({finding.measured.at("joined").at("max_ms")}));
}

TEST(Propagation, WhatLeftIsMeasuredThoughItWasLate) {
  const json gone{{"propagation", {{"after", "change"}, {"during", "w"}, {"pods", "gone"}}}};
  const Finding late = churn(gone, 1'700'000).finding();
  EXPECT_EQ(late.verdict, Verdict::kFail);
  EXPECT_EQ(late.measured.at("left").at("max_ms"), 496.05) << late.measured;
  const Finding in_time = churn(gone, 1'300'000).finding();
  EXPECT_EQ(in_time.verdict, Verdict::kPass);
  EXPECT_EQ(in_time.measured.at("left").at("count"), 1);
}

TEST(Propagation, TheDeadlineItselfIsInTime) {
  const auto verdict = [](std::int64_t last) {
    HistoryBuilder builder(json{{"propagation", {{"after", "change"}, {"during", "w"}, {"pods", "gone"}}}},
                           kTunnelStep);
    builder.service("cls-1").pod(1, "cls-1", "p0", "10.0.16.1").pod(1, "cls-1", "p1", "10.0.16.2");
    builder.tunnel(10, 0, {{"cls-1", 1}}).step(1, "change", {{"t", 1'100'000}, {"t1", 1'200'000}});
    builder.pod_gone(1'200'000, "cls-1", "p0").window(1, "w", 1'000'000, 3'000'000, 101);
    builder.hit({last, "cls-1/default/p0#u", 80, 1, {1, 100}, "10.0.255.10", "x", 200});
    for (int n = 0; n < 100; ++n) builder.request(1, n, 2'000'000 + n * 1000, "cls-1", "p1");
    return builder.finding().verdict;
  };
  EXPECT_EQ(verdict(1'450'000), Verdict::kPass);
  EXPECT_EQ(verdict(1'450'001), Verdict::kFail);
}

}  // namespace
}  // namespace plumbline::conformance
