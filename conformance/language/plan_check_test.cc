#include "conformance/language/plan_check.h"

#include <gtest/gtest.h>

#include "conformance/language/reading_of_specs.h"

namespace plumbline::conformance {
namespace {

std::string found(const std::string& steps, const std::string& expectation) {
  return read("\n  world: {from: httpbin}\n  setup: tunnel-to-httpbin\n  steps:\n" + steps + "  expect: {WRR-04: [" +
              expectation + "]}\n")
      .problems;
}

TEST(PlanCheck, RoundRobinIsSeenOnOneConnectionThatIsKept) {
  const auto said = [](const std::string& more) {
    return found("    - send: {api: a1, requests: 100" + more + "}\n      as: w\n", "roundRobin: w");
  };
  EXPECT_EQ(said(""), "");
  EXPECT_EQ(said(", fresh: true"),
            "test.yaml:11:21: roundRobin looks at one connection that is kept, and 'w' has fresh: true\n");
  EXPECT_EQ(said(", connections: 2"),
            "test.yaml:11:21: roundRobin looks at one connection that is kept, and 'w' has connections: 2\n");
}

TEST(PlanCheck, PropagationIsSeenInTrafficThatGoesOn) {
  const std::string send = "    - send: {api: a1, for: 1s, background: true}\n      as: w\n";
  const std::string scale = "    - scale: {deployment: cls-1/default/httpbin-v1, replicas: 3}\n      as: change\n";
  const std::string stop = "    - stop: w\n";
  const std::string expectation = "propagation: {after: change, during: w}";
  const std::string wrong =
      "propagation looks at traffic that goes on while 'change' is carried out: send 'w' before it, with background: "
      "true, and stop it afterwards\n";
  EXPECT_EQ(found(send + scale + stop, expectation), "");
  EXPECT_EQ(found(scale + send + stop, expectation), "test.yaml:14:21: " + wrong) << "sent afterwards";
  EXPECT_EQ(found(send + stop + scale, expectation), "test.yaml:14:21: " + wrong) << "stopped before";
  EXPECT_EQ(found("    - send: {api: a1, requests: 9}\n      as: w\n" + scale, expectation),
            "test.yaml:13:21: " + wrong)
      << "not in the background";
  EXPECT_EQ(found(send + stop, "propagation: {after: w, during: w}").find("test.yaml:12:21: propagation looks"), 0U);
}

}  // namespace
}  // namespace plumbline::conformance
