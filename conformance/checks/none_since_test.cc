// When `noneSince` says that a Pod that left was still used.
#include <gtest/gtest.h>

#include "conformance/checks/golden_histories.h"

namespace plumbline::conformance {
namespace {

const json kNoneSince{{"noneSince", {{"after", "change"}}}};

TEST(NoneSince, WhatWasUnderWayWhenItSettledIsNotLate) {
  const auto verdict = [](std::int64_t sent) {
    auto builder = churn(json{{"noneSince", {{"after", "change"}}}}, 1'250'000);
    builder.step(2, "settled", {{"t", 1'210'000}, {"t1", 1'300'000}, {"settled", true}});
    builder.record(
        {{"type", "window"}, {"t", 1'210'000}, {"t1", 1'300'000}, {"window", 2}, {"kind", "probe"}, {"tunnel", "t1"}});
    // A request to the Pod that left, seen 5 ms after it had settled and answered 10 ms after.
    builder.hit({1'305'000, "cls-1/default/p0#u", 80, 9, {1, 900}, "10.0.255.10", "x", 200});
    builder.result({sent, 1'310'000, {1, 900}, 0, 200, "", ""});
    return builder.syn(1'304'000, "10.0.16.1").finding().verdict;
  };
  EXPECT_EQ(verdict(1'299'000), Verdict::kPass);
  EXPECT_EQ(verdict(1'302'000), Verdict::kFail);
}

/// The Pod that left at 1.2 s is used until 1.4 s; the deadline is 250 ms. A settle step said `settled` from `t` to
/// `t1`.
Verdict settled(std::int64_t t, std::int64_t t1, bool settled, const char* kind = "probe") {
  auto builder = churn(kNoneSince, 1'400'000);
  builder.step(2, "settle", {{"t", t}, {"t1", t1}, {"settled", settled}});
  return builder.record({{"type", "window"}, {"t", t}, {"t1", t1}, {"window", 2}, {"kind", kind}, {"tunnel", "t1"}})
      .finding()
      .verdict;
}

TEST(NoneSince, OnlyWhatSettledAfterThePodLeftIsEarlierThanTheDeadline) {
  EXPECT_EQ(settled(1'210'000, 1'300'000, true), Verdict::kFail) << "it was used once settled";
  EXPECT_EQ(settled(1'210'000, 1'300'000, false), Verdict::kPass) << "it never settled";
  EXPECT_EQ(settled(1'100'000, 1'150'000, true), Verdict::kPass) << "it settled before";
  EXPECT_EQ(settled(1'210'000, 1'300'000, true, "traffic"), Verdict::kPass) << "no probe said so";
}

}  // namespace
}  // namespace plumbline::conformance
