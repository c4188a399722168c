// What `shares` counts, and what it refuses to say.
#include <gtest/gtest.h>

#include "conformance/checks/golden_histories.h"

namespace plumbline::conformance {
namespace {

TEST(Shares, OfOneCellAloneShowNothing) {
  auto builder = world(json{{"shares", {{"during", "w"}, {"by", "service"}, {"effect", 0.5}}}}, 4, 1600);
  EXPECT_EQ(in_turn(builder, 1600, 4).finding().verdict, Verdict::kInconclusive);
}

TEST(Retries, AreNotCountedTwice) {
  auto builder = world(json{{"shares", {{"during", "w"}, {"by", "pod"}, {"effect", 0.5}}}}, 4, 2000);
  in_turn(builder, 2000, 4);
  for (int n = 0; n < 1000; ++n)
    builder.hit({time_of(n) + 60, "cls-1/default/p0#u", 80, 1, {1, n}, "10.0.255.10", "x", 200});
  EXPECT_EQ(builder.finding().verdict, Verdict::kPass);
}

TEST(Weights, OfPodsDecideShares) {
  const json shares{{"shares", {{"during", "w"}, {"by", "cluster"}, {"effect", 0.5}}}};
  const auto two = [&](int first_of_five) {
    HistoryBuilder builder(shares, kTunnelStep);
    builder.service("cls-1")
        .service("cls-2")
        .pod(1, "cls-1", "a", "10.0.16.1")
        .pod(1, "cls-1", "b", "10.0.16.2")
        .pod(1, "cls-2", "c", "10.0.32.1");
    builder.tunnel(10, 0, {{"cls-1", 1}, {"cls-2", 3}}).window(1, "w", 1'000'000, 2'000'000, 2000);
    for (int n = 0; n < 2000; ++n) {
      const bool first = n % 5 < first_of_five;
      builder.request(1, n, time_of(n), first ? "cls-1" : "cls-2", first ? (n % 2 == 0 ? "a" : "b") : "c");
    }
    return builder.finding().verdict;
  };
  EXPECT_EQ(two(2), Verdict::kPass) << "two Pods of weight 1 against one of weight 3";
  EXPECT_EQ(two(1), Verdict::kFail) << "one to three is the weight of services, not of Pods";
}

}  // namespace
}  // namespace plumbline::conformance
