// What `requestsAuthorization` takes for a request, and for which cluster.
#include <gtest/gtest.h>

#include "conformance/checks/golden_histories.h"

namespace plumbline::conformance {
namespace {

const json kAsks{{"requestsAuthorization", {{"outcome", "create"}, {"clusters", {"cls-1"}}}}};

json event(const char* name, const char* cluster, std::int64_t t) {
  return {{"type", "event"}, {"t", t}, {"event", name}, {"cluster", cluster}};
}

Verdict told(const json& notification) {
  HistoryBuilder builder(kAsks, kTunnelStep);
  builder.record(notification);
  return builder.step(0, "create", {{"t", 5}, {"t1", 6}, {"ok", false}, {"refused", true}, {"error", "no"}})
      .finding()
      .verdict;
}

TEST(RequestsAuthorization, AnEventOfTheStepIsARequest) {
  EXPECT_EQ(told(event("authorisation.requested", "cls-1", 5)), Verdict::kPass);
  EXPECT_EQ(told(event("authorisation.requested", "cls-1", 4)), Verdict::kFail) << "before it";
  EXPECT_EQ(told(event("authorisation.requested", "cls-2", 5)), Verdict::kFail) << "another cluster's";
  EXPECT_EQ(told(event("stderr", "cls-1", 5)), Verdict::kFail) << "another event";
}

TEST(RequestsAuthorization, ARefusalNamesTheClusterAndNoLongerOne) {
  const auto refused = [](const char* text) {
    return outcome(kAsks, refusal("AuthorizationRequired", text)).finding().verdict;
  };
  EXPECT_EQ(refused("cls-1 is not authorised"), Verdict::kPass);
  EXPECT_EQ(refused("authorise (cls-1)"), Verdict::kPass);
  EXPECT_EQ(refused("cls-12 is not authorised"), Verdict::kFail);
  EXPECT_EQ(refused("some cluster is not authorised"), Verdict::kFail);
}

TEST(RequestsAuthorization, WhatAnotherStepWasToldDoesNotCount) {
  HistoryBuilder builder(kAsks, kTunnelStep);
  json other{{"type", "control"},       {"t", 5}, {"t1", 6}, {"step", 3}, {"method", "tunnel.create"},
             {"params", json::object()}};
  other.update(refusal("AuthorizationRequired", "cls-1"));
  EXPECT_EQ(builder.record(other).step(0, "create", step_more(false, "no")).finding().verdict, Verdict::kFail);
}

}  // namespace
}  // namespace plumbline::conformance
