// What a kube-apiserver 1.34 refuses, in its words.
#include "simulator/kube/validation/fixture.h"

namespace plumbline::kube {
namespace {

class BudgetValidation : public ValidationTest {};

TEST_F(BudgetValidation, LimitsAreNumbersOrShares) {
  constexpr const char* kPercent =
      "spec.minAvailable: Invalid value: \"x%\": a valid percent string must be a numeric string followed by an ending "
      "'%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
  expect_refused(
      KindId::kPodDisruptionBudget,
      {{R"({"spec":{}})", ""},
       {R"({"spec":{"minAvailable":"100%"}})", ""},
       {R"({"spec":{"minAvailable":-1}})", "spec.minAvailable: Invalid value: -1: must be greater than or equal to 0"},
       {R"({"spec":{"minAvailable":"x%"}})", kPercent},
       {R"({"spec":{"maxUnavailable":"101%"}})",
        R"(spec.maxUnavailable: Invalid value: "101%": must not be greater than 100%)"},
       {R"({"spec":{"maxUnavailable":"99999999999999999999%"}})",
        R"(spec.maxUnavailable: Invalid value: "99999999999999999999%": must not be greater than 100%)"},
       {R"({"spec":{"minAvailable":1,"maxUnavailable":1,"selector":{"matchLabels":{"a":"b"}}}})",
        R"(spec: Invalid value: {"MinAvailable":1,"Selector":{"matchLabels":{"a":"b"}},"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set)"}});
}

TEST_F(BudgetValidation, SelectorPolicyAndStatusAreChecked) {
  expect_refused(
      KindId::kPodDisruptionBudget,
      {{R"({"spec":{"selector":{"matchLabels":{"a b":"c d"}}}})",
        R"(spec.selector.matchLabels: Invalid value: "a b": <name>, spec.selector.matchLabels: Invalid value: "c d": <value>)"},
       {R"({"spec":{"selector":{"matchExpressions":[{"key":"a","operator":"Foo"}]}}})",
        R"(spec.selector.matchExpressions[0].operator: Invalid value: "Foo": not a valid selector operator)"},
       {R"({"spec":{"unhealthyPodEvictionPolicy":"AlwaysAllow"}})", ""},
       {R"({"spec":{"unhealthyPodEvictionPolicy":"IfHealthyBudget"}})", ""},
       {R"({"spec":{"unhealthyPodEvictionPolicy":"Nope"}})",
        R"(spec.unhealthyPodEvictionPolicy: Unsupported value: "Nope": supported values: "AlwaysAllow", "IfHealthyBudget")"},
       {R"({"spec":{},"status":{"disruptionsAllowed":-1,"currentHealthy":-2,"desiredHealthy":0,"expectedPods":0}})",
        "status.disruptionsAllowed: Invalid value: -1: must be greater than or equal to 0, status.currentHealthy: "
        "Invalid "
        "value: -2: must be greater than or equal to 0"}});
}

}  // namespace
}  // namespace plumbline::kube
