// What `noConnections` takes for an attempt, of what, and when.
#include <gtest/gtest.h>

#include "conformance/checks/golden_histories.h"

namespace plumbline::conformance {
namespace {

constexpr std::int64_t kDuring = 1'500'000;  ///< in the middle of window "w"
const char* const kInstance = "10.0.255.10:40000";

/// A world with two Pods and a window in which nobody asked for anything.
HistoryBuilder quiet(const std::string& to, json more = json::object()) {
  more["to"] = {to};
  return world(json{{"noConnections", more}}, 2, 0);
}

Verdict dialled(const std::string& to, const std::string& address) {
  return quiet(to).syn(kDuring, address).finding().verdict;
}

Verdict asked(const std::string& to, const std::string& path, const std::string& from, std::int64_t t = kDuring) {
  return quiet(to, {{"during", "w"}})
      .record({{"type", "audit"},
               {"t", t},
               {"cluster", "cls-1"},
               {"user", "u"},
               {"verb", "get"},
               {"path", path},
               {"from", from},
               {"code", 200}})
      .finding()
      .verdict;
}

Verdict reached(const std::string& to, const std::string& pod, std::int64_t t = kDuring) {
  return quiet(to, {{"during", "w"}}).hit({t, pod, 80, 1, {1, 0}, "10.0.255.10", "x", 200}).finding().verdict;
}

TEST(NoConnections, AClusterIsItsAddressesAndNoOthers) {
  EXPECT_EQ(dialled("cluster cls-2", "10.0.32.5"), Verdict::kFail);
  EXPECT_EQ(dialled("cluster cls-2", "10.0.244.5"), Verdict::kFail) << "a Service's";
  EXPECT_EQ(dialled("cluster cls-2", "10.0.254.2"), Verdict::kFail) << "its API server's";
  EXPECT_EQ(dialled("cluster cls-2", "10.0.16.1"), Verdict::kPass) << "a Pod of cls-1";
  EXPECT_EQ(dialled("cluster cls-2", "10.0.240.5"), Verdict::kPass) << "a Service of cls-1";
  EXPECT_EQ(dialled("cluster cls-2", "10.0.254.1"), Verdict::kPass) << "the API server of cls-1";
}

TEST(NoConnections, PodsAreNotServices) {
  EXPECT_EQ(dialled("pods", "10.0.16.1"), Verdict::kFail);
  EXPECT_EQ(dialled("pods", "10.0.32.1"), Verdict::kFail);
  EXPECT_EQ(dialled("pods", "10.0.240.5"), Verdict::kPass);
}

TEST(NoConnections, ForeignIsWhatIsNotOfTheVpcAndNotOfTheWorldItself) {
  EXPECT_EQ(dialled("foreign", "10.1.16.1"), Verdict::kFail);
  EXPECT_EQ(dialled("foreign", "10.0.255.255"), Verdict::kPass);
  EXPECT_EQ(dialled("foreign", "169.254.0.23"), Verdict::kPass) << "the cloud";
}

TEST(NoConnections, WhatAPodSawIsAnAttemptToo) {
  EXPECT_EQ(reached("every-pod of cls-1/default/httpbin", "cls-1/default/p0#u"), Verdict::kFail);
  EXPECT_EQ(reached("every-pod of cls-1/default/other", "cls-1/default/p0#u"), Verdict::kPass);
  EXPECT_EQ(reached("cluster cls-1", "cls-1/default/p0#u"), Verdict::kFail);
  EXPECT_EQ(reached("cluster cls-2", "cls-1/default/p0#u"), Verdict::kPass);
  EXPECT_EQ(reached("pods", "cls-1/default/p0#u"), Verdict::kFail);
  EXPECT_EQ(reached("pods", "trap:clb:10.0.252.1:8000"), Verdict::kPass) << "a trap is no Pod";
  EXPECT_EQ(reached("traps", "trap:clb:10.0.252.1:8000"), Verdict::kFail);
  EXPECT_EQ(reached("traps", "cls-1/default/p0#u"), Verdict::kPass);
}

TEST(NoConnections, OnlyTheSpanThatIsAskedAboutCounts) {
  const char* const pod = "cls-1/default/p0#u";
  for (const auto& [t, verdict] : {std::pair{999'999, Verdict::kPass},
                                   {1'000'000, Verdict::kFail},
                                   {2'000'000, Verdict::kFail},
                                   {2'000'001, Verdict::kPass}}) {
    EXPECT_EQ(reached("pods", pod, t), verdict) << t;
    EXPECT_EQ(asked("cluster cls-1", "/api", kInstance, t), verdict) << t;
    EXPECT_EQ(quiet("pods", {{"during", "w"}}).syn(t, "10.0.16.1").finding().verdict, verdict) << t;
  }
  const auto since = [](std::int64_t t) {
    return quiet("pods", {{"since", "change"}})
        .step(1, "change", {{"t", 1'100'000}, {"t1", 1'200'000}})
        .syn(t, "10.0.16.1")
        .finding()
        .verdict;
  };
  EXPECT_EQ(since(1'199'999), Verdict::kPass);
  EXPECT_EQ(since(1'200'000), Verdict::kFail);
}

TEST(NoConnections, AnApiServerIsOfItsClusterAndItsProxyATrap) {
  EXPECT_EQ(asked("cluster cls-1", "/api/v1/pods", kInstance), Verdict::kFail);
  EXPECT_EQ(asked("cluster cls-2", "/api/v1/pods", kInstance), Verdict::kPass);
  EXPECT_EQ(asked("cluster cls-1", "/api/v1/pods", "10.0.255.77:1"), Verdict::kPass) << "somebody else's request";
  const char* const proxy = "/api/v1/namespaces/default/pods/p0/proxy/";
  EXPECT_EQ(asked("traps", proxy, kInstance), Verdict::kFail);
  EXPECT_EQ(asked("traps", "/api/v1/pods", kInstance), Verdict::kPass);
  EXPECT_EQ(asked("pods", proxy, kInstance), Verdict::kPass) << "which is no connection of the gateway to a Pod";
}

TEST(NoConnections, AddressesOfPodsThatAreGoneAreForbiddenUntilAnotherPodHasThem) {
  const auto verdict = [](std::int64_t dialled_at) {
    auto builder = world(json{{"noConnections", {{"to", {"every-pod of cls-1/default/httpbin"}}}}}, 2, 0);
    builder.pod_gone(1'100'000, "cls-1", "p0");
    builder.record({{"type", "object"},
                    {"t", 1'500'000},
                    {"cluster", "cls-1"},
                    {"kind", "Pod"},
                    {"op", "ADDED"},
                    {"object",
                     {{"metadata", {{"namespace", "default"}, {"name", "other"}, {"uid", "u2"}}},
                      {"status", {{"podIP", "10.0.16.1"}}}}}});
    return builder.syn(dialled_at, "10.0.16.1").finding().verdict;
  };
  EXPECT_EQ(verdict(1'050'000), Verdict::kFail);
  EXPECT_EQ(verdict(1'200'000), Verdict::kFail) << "it is still the address of the Pod that is gone";
  EXPECT_EQ(verdict(1'600'000), Verdict::kPass) << "it is another Pod's now";
}

TEST(NoConnections, WhatTheHistoryDoesNotSayIsNotJudged) {
  const auto judged = [](const std::string& to, const char* without) {
    const std::string text = quiet(to).text();
    const auto end = text.find('\n');
    json header = json::parse(text.substr(0, end));
    header["world"].erase(without);
    std::istringstream in(header.dump() + text.substr(end));
    return judge(*load_history(in)).verdict;
  };
  EXPECT_EQ(judged("pods", "clusters"), Verdict::kHarnessError);
  EXPECT_EQ(judged("cluster cls-1", "clusters"), Verdict::kHarnessError);
  EXPECT_EQ(judged("foreign", "vpcs"), Verdict::kHarnessError);
  EXPECT_EQ(judged("foreign", "instance"), Verdict::kHarnessError);
  EXPECT_EQ(judged("pods", "traps"), Verdict::kPass);
  EXPECT_EQ(dialled("cluster cls-9", "10.0.16.1"), Verdict::kHarnessError) << "there is no such cluster";
  EXPECT_EQ(dialled("the moon", "10.0.16.1"), Verdict::kHarnessError);
  EXPECT_EQ(dialled("every-pod of httpbin", "10.0.16.1"), Verdict::kHarnessError);
}

}  // namespace
}  // namespace plumbline::conformance
