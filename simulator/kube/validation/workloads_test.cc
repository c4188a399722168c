// What a kube-apiserver 1.34 refuses, in its words.
#include "simulator/kube/validation/fixture.h"

namespace plumbline::kube {
namespace {

class WorkloadValidation : public ValidationTest {};

TEST_F(WorkloadValidation, DeploymentsSelectTheirTemplate) {
  expect_refused(
      KindId::kDeployment,
      {
          {R"({"spec":{}})",
           R"(spec.selector: Required value, spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`, spec.template.spec.containers: Required value)"},
          {R"({"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{}}})",
           R"(spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`, spec.template.spec.containers: Required value)"},
          {R"({"spec":{%TEMPLATE%}})",
           R"(spec.selector: Required value, spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`)"},
          {R"({"spec":{"selector":{},%TEMPLATE%}})",
           R"(spec.selector: Invalid value: {}: empty selector is invalid for deployment)"},
          {R"({"spec":{"selector":{"matchLabels":{"a":"x"}},%TEMPLATE%}})",
           R"(spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`)"},
          {R"({"spec":{"selector":{"matchLabels":{"a b":"x"}},%TEMPLATE%}})",
           R"(spec.selector.matchLabels: Invalid value: "a b": <name>, spec.selector: Invalid value: {"matchLabels":{"a b":"x"}}: invalid label selector)"},
          {R"({"spec":{"selector":{"matchExpressions":[{"key":"a","operator":"x"}]},%TEMPLATE%}})",
           R"(spec.selector.matchExpressions[0].operator: Invalid value: "x": not a valid selector operator, spec.selector: Invalid value: {"matchExpressions":[{"key":"a","operator":"x"}]}: invalid label selector)"},
          {R"({"spec":{"selector":{"matchExpressions":[{"key":"a","operator":"In"}]},%TEMPLATE%}})",
           R"(spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn', spec.selector: Invalid value: {"matchExpressions":[{"key":"a","operator":"In"}]}: invalid label selector)"},
          {R"({"spec":{"selector":{"matchExpressions":[{"key":"a","operator":"Exists","values":["b"]}]},%TEMPLATE%}})",
           R"(spec.selector.matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist', spec.selector: Invalid value: {"matchExpressions":[{"key":"a","operator":"Exists","values":["b"]}]}: invalid label selector)"},
          {R"({"spec":{"selector":{"matchExpressions":[{"key":"a b","operator":"In","values":["b c"]}]},%TEMPLATE%}})",
           R"(spec.selector.matchExpressions[0].key: Invalid value: "a b": <name>, spec.selector.matchExpressions[0].values[0]: Invalid value: "b c": <value>, spec.selector: Invalid value: {"matchExpressions":[{"key":"a b","operator":"In","values":["b c"]}]}: invalid label selector)"},
          {R"({"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{%C%}],"restartPolicy":"Never"}}}})",
           R"(spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always")"},
          {R"({"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[]}}}})",
           R"(spec.template.spec.containers: Required value)"},
          {R"({"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{%C%}],"activeDeadlineSeconds":5}}}})",
           R"(spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported)"},
          {R"({"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c"}]}}}})",
           R"(spec.template.spec.containers[0].image: Required value)"},
          {R"({"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b","x y":"z"},"annotations":{"x y":"z"}},"spec":{"containers":[{%C%}]}}}})",
           R"(spec.template.labels: Invalid value: "x y": <name>, spec.template.annotations: Invalid value: "x y": <name>)"},
      });
}

TEST_F(WorkloadValidation, DeploymentsCountAndRoll) {
  expect_refused(
      KindId::kDeployment,
      {
          {R"({"spec":{"replicas":-1,%GOOD%}})",
           R"(spec.replicas: Invalid value: -1: must be greater than or equal to 0)"},
          {R"({"spec":{"minReadySeconds":-1,%GOOD%}})",
           R"(spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0)"},
          {R"({"spec":{"revisionHistoryLimit":-1,%GOOD%}})",
           R"(spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0)"},
          {R"({"spec":{"progressDeadlineSeconds":0,%GOOD%}})",
           R"(spec.progressDeadlineSeconds: Invalid value: 0: must be greater than minReadySeconds)"},
          {R"({"spec":{"progressDeadlineSeconds":-1,%GOOD%}})",
           R"(spec.progressDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0, spec.progressDeadlineSeconds: Invalid value: -1: must be greater than minReadySeconds)"},
          {R"({"spec":{"progressDeadlineSeconds":5,"minReadySeconds":5,%GOOD%}})",
           R"(spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds)"},
          {R"({"spec":{"strategy":{"type":"Recreate","rollingUpdate":{"maxSurge":1}},%GOOD%}})",
           R"(spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate')"},
          {R"({"spec":{"strategy":{"rollingUpdate":{"maxSurge":-1}},%GOOD%}})",
           R"(spec.strategy.rollingUpdate.maxSurge: Invalid value: -1: must be greater than or equal to 0)"},
          {R"({"spec":{"strategy":{"rollingUpdate":{"maxSurge":"x"}},%GOOD%}})",
           R"(spec.strategy.rollingUpdate.maxSurge: Invalid value: "x": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%'))"},
          {R"({"spec":{"strategy":{"rollingUpdate":{"maxSurge":"5"}},%GOOD%}})",
           R"(spec.strategy.rollingUpdate.maxSurge: Invalid value: "5": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%'))"},
          {R"({"spec":{"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":0}},%GOOD%}})",
           R"(spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0)"},
          {R"({"spec":{"strategy":{"rollingUpdate":{"maxSurge":"0%","maxUnavailable":0}},%GOOD%}})",
           R"(spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0)"},
          {R"({"spec":{"strategy":{"rollingUpdate":{"maxUnavailable":-1}},%GOOD%}})",
           R"(spec.strategy.rollingUpdate.maxUnavailable: Invalid value: -1: must be greater than or equal to 0)"},
          {R"({"spec":{"strategy":{"rollingUpdate":{"maxSurge":"-5%"}},%GOOD%}})",
           R"(spec.strategy.rollingUpdate.maxSurge: Invalid value: "-5%": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%'))"},
      });
}

TEST_F(WorkloadValidation, ReplicaSets) {
  expect_refused(
      KindId::kReplicaSet,
      {
          {R"({"spec":{}})",
           R"(spec.selector: Required value, spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`, spec.template.spec.containers: Required value)"},
          {R"({"spec":{"selector":{"matchLabels":{"a":"b"}}}})",
           R"(spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`, spec.template.spec.containers: Required value)"},
          {R"({"spec":{"replicas":-1,%GOOD%}})",
           R"(spec.replicas: Invalid value: -1: must be greater than or equal to 0)"},
          {R"({"spec":{"minReadySeconds":-1,%GOOD%}})",
           R"(spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0)"},
          {R"({"spec":{"selector":{},%TEMPLATE%}})",
           R"(spec.selector: Invalid value: {}: empty selector is invalid for deployment)"},
          {R"({"spec":{"selector":{"matchLabels":{"a":"z"}},%TEMPLATE%}})",
           R"(spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`)"},
          {R"({"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{%C%}],"restartPolicy":"Never"}}}})",
           R"(spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always")"},
      });
}

TEST_F(WorkloadValidation, StatefulSets) {
  expect_refused(
      KindId::kStatefulSet,
      {
          {R"({"spec":{}})",
           R"(spec.selector: Required value, spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`, spec.template.spec.containers: Required value)"},
          {R"({"spec":{"replicas":-1,%GOOD%}})",
           R"(spec.replicas: Invalid value: -1: must be greater than or equal to 0)"},
          {R"({"spec":{"podManagementPolicy":"x",%GOOD%}})",
           R"(spec.podManagementPolicy: Invalid value: "x": must be 'OrderedReady' or 'Parallel')"},
          {R"({"spec":{"selector":{},%TEMPLATE%}})",
           R"(spec.selector: Invalid value: {}: empty selector is invalid for statefulset)"},
          {R"({"spec":{"selector":{"matchLabels":{"a":"z"}},%TEMPLATE%}})",
           R"(spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`)"},
          {R"({"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{%C%}],"restartPolicy":"Never"}}}})",
           R"(spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always")"},
      });
}

TEST_F(WorkloadValidation, DaemonSets) {
  expect_refused(
      KindId::kDaemonSet,
      {
          {R"({"spec":{}})",
           R"(spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`, spec.template.spec.containers: Required value)"},
          {R"({"spec":{"minReadySeconds":-1,%GOOD%}})",
           R"(spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0)"},
          {R"({"spec":{"selector":{},%TEMPLATE%}})",
           R"(spec.selector: Invalid value: {}: empty selector is invalid for daemonset)"},
          {R"({"spec":{"selector":{"matchLabels":{"a":"z"}},%TEMPLATE%}})",
           R"(spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`)"},
          {R"({"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{%C%}],"restartPolicy":"Never"}}}})",
           R"(spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always")"},
      });
}

TEST_F(WorkloadValidation, SelectorsNeverChange) {
  constexpr const char* kOther = R"({"spec":{"selector":{"matchLabels":{"a":"b"},"matchExpressions":[
    {"key":"a","operator":"Exists"}]},%TEMPLATE%}})";
  for (const KindId kind : {KindId::kDeployment, KindId::kReplicaSet, KindId::kDaemonSet, KindId::kStatefulSet})
    EXPECT_TRUE(changed(kind, R"({"spec":{%GOOD%}})", kOther).starts_with("spec.selector: Invalid value: "))
        << static_cast<int>(kind);
  EXPECT_TRUE(changed(KindId::kStatefulSet, R"({"spec":{%GOOD%}})", R"({"spec":{"serviceName":"x",%GOOD%}})")
                  .starts_with("spec: Forbidden: updates to statefulset spec for fields other than 'replicas',"));
  EXPECT_EQ(changed(KindId::kStatefulSet, R"({"spec":{%GOOD%}})", R"({"spec":{"replicas":5,%GOOD%}})"), "");
}

}  // namespace
}  // namespace plumbline::kube
