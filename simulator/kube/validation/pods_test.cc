// What a kube-apiserver 1.34 refuses, in its words.
#include "simulator/kube/validation/fixture.h"

namespace plumbline::kube {
namespace {

class PodValidation : public ValidationTest {};

TEST_F(PodValidation, ContainersNeedNamesImagesAndGoodPorts) {
  expect_refused(
      KindId::kPod,
      {
          {R"({"metadata":{"name":"p"},"spec":{"containers":[]}})", R"(spec.containers: Required value)"},
          {R"({"metadata":{"name":"p"}})", R"(spec.containers: Required value)"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"c"}]}})",
           R"(spec.containers[0].image: Required value)"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{"image":"i"}]}})",
           R"(spec.containers[0].name: Required value)"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"C_","image":"i"}]}})",
           R"(spec.containers[0].name: Invalid value: "C_": <label>)"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%},{%C%}]}})",
           R"(spec.containers[1].name: Duplicate value: "c")"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":""}]}})",
           R"(spec.containers[0].image: Required value)"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%,"imagePullPolicy":"x"}]}})",
           R"(spec.containers[0].imagePullPolicy: Unsupported value: "x": supported values: "Always", "IfNotPresent", "Never")"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%,"ports":[{}]}]}})",
           R"(spec.containers[0].ports[0].containerPort: Required value)"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%,"ports":[{"containerPort":0}]}]}})",
           R"(spec.containers[0].ports[0].containerPort: Required value)"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%,"ports":[{"containerPort":70000}]}]}})",
           R"(spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive)"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%,"ports":[{"containerPort":1,"protocol":"x"}]}]}})",
           R"(spec.containers[0].ports[0].protocol: Unsupported value: "x": supported values: "SCTP", "TCP", "UDP")"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%,"ports":[{"containerPort":1,"name":"a"},{"containerPort":2,"name":"a"}]}]}})",
           R"(spec.containers[0].ports[1].name: Duplicate value: "a")"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%,"ports":[{"containerPort":1,"hostPort":99999}]}]}})",
           R"(spec.containers[0].ports[0].hostPort: Invalid value: 99999: must be between 1 and 65535, inclusive)"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%,"ports":[{"containerPort":1,"name":"LONG_NAME_IS_BAD_x"}]}]}})",
           R"(spec.containers[0].ports[0].name: Invalid value: "LONG_NAME_IS_BAD_x": must be no more than 15 characters, spec.containers[0].ports[0].name: Invalid value: "LONG_NAME_IS_BAD_x": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-))"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%,"env":[{"value":"x"}]}]}})",
           R"(spec.containers[0].env[0].name: Required value)"},
      });
}

TEST_F(PodValidation, VolumesAndTheirMountsNameEachOther) {
  expect_refused(
      KindId::kPod,
      {
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%,"volumeMounts":[{"name":"x","mountPath":"/x"}]}]}})",
           R"(spec.containers[0].volumeMounts[0].name: Not found: "x")"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%,"volumeMounts":[{"mountPath":"/x"}]}]}})",
           R"(spec.containers[0].volumeMounts[0].name: Required value, spec.containers[0].volumeMounts[0].name: Not found: "")"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%,"volumeMounts":[{"name":"v"}]}],"volumes":[{"name":"v","emptyDir":{}}]}})",
           R"(spec.containers[0].volumeMounts[0].mountPath: Required value)"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%}],"volumes":[{"emptyDir":{}}]}})",
           R"(spec.volumes[0].name: Required value)"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%}],"volumes":[{"name":"V"}]}})",
           R"(spec.volumes[0].name: Invalid value: "V": <label>)"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%}],"volumes":[{"name":"v"},{"name":"v"}]}})",
           R"(spec.volumes[1].name: Duplicate value: "v")"},
      });
}

TEST_F(PodValidation, PoliciesAreKnownAndNamesAreNames) {
  expect_refused(
      KindId::kPod,
      {
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%}],"initContainers":[{%C%}]}})",
           R"(spec.initContainers[0].name: Duplicate value: "c")"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%}],"restartPolicy":"x"}})",
           R"(spec.restartPolicy: Unsupported value: "x": supported values: "Always", "OnFailure", "Never")"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%}],"dnsPolicy":"x"}})",
           R"(spec.dnsPolicy: Unsupported value: "x": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%}],"nodeSelector":{"a b":"c"}}})",
           R"(spec.nodeSelector: Invalid value: "a b": <name>)"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%}],"nodeSelector":{"a":"b c"}}})",
           R"(spec.nodeSelector: Invalid value: "b c": <value>)"},
          {R"({"metadata":{"name":"p"},"spec":{"containers":[{%C%}],"nodeName":"A_"}})",
           R"(spec.nodeName: Invalid value: "A_": <subdomain>)"},
      });
}

TEST_F(PodValidation, ProbesAndHooksDoOneThing) {
  const auto probe = [](std::string_view text) {
    return R"({"spec":{"containers":[{%C%,"livenessProbe":)" + std::string(text) + "}]}}";
  };
  expect_refused(
      KindId::kPod,
      {
          {probe("{}"), R"(spec.containers[0].livenessProbe: Required value: must specify a handler type)"},
          {probe(R"({"exec":{}})"), R"(spec.containers[0].livenessProbe.exec.command: Required value)"},
          {probe(R"({"exec":{"command":["x"]},"tcpSocket":{"port":80}})"),
           R"(spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type)"},
          {probe(R"({"httpGet":{"path":"/"}})"),
           R"(spec.containers[0].livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive)"},
          {probe(R"({"httpGet":{"port":80,"scheme":"FTP"}})"),
           R"(spec.containers[0].livenessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS")"},
          {probe(R"({"tcpSocket":{"port":80},"successThreshold":2})"),
           R"(spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1)"},
          {probe(R"({"tcpSocket":{"port":80},"periodSeconds":-1})"),
           R"(spec.containers[0].livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0)"},
          {R"({"spec":{"containers":[{%C%,"lifecycle":{"preStop":{"sleep":{"seconds":100}}}}]}})",
           R"(spec.containers[0].lifecycle.preStop.sleep: Invalid value: 100: must be non-negative and less than terminationGracePeriodSeconds (30))"},
      });
}

TEST_F(PodValidation, VariablesHaveNamesAndOneSource) {
  const auto variable = [](std::string_view text) {
    return R"({"spec":{"containers":[{%C%,"env":[{"name":"A",)" + std::string(text) + "}]}]}}";
  };
  expect_refused(
      KindId::kPod,
      {
          {R"({"spec":{"containers":[{%C%,"env":[{"name":"a=b"}]}]}})",
           R"(spec.containers[0].env[0].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than '=')"},
          {variable(R"("valueFrom":{})"),
           R"(spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`)"},
          {variable(R"("value":"1","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}})"),
           R"(spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty)"},
          {variable(R"("valueFrom":{"fieldRef":{"fieldPath":"spec.x"}})"),
           R"(spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.x": error converting fieldPath: field label not supported: spec.x)"},
          {variable(R"("valueFrom":{"secretKeyRef":{"name":"s"}})"),
           R"(spec.containers[0].env[0].valueFrom.secretKeyRef.key: Required value)"},
      });
}

TEST_F(PodValidation, TolerationsGatesAndVolumesAreWhole) {
  const auto spec = [](std::string_view text) {
    return R"({"spec":{"containers":[{%C%}],)" + std::string(text) + "}}";
  };
  expect_refused(
      KindId::kPod,
      {
          {spec(R"("tolerations":[{"operator":"Equal"}])"),
           R"(spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys")"},
          {spec(R"("tolerations":[{"operator":"Exists","value":"x"}])"),
           R"(spec.tolerations[0].operator: Invalid value: "x": value must be empty when `operator` is 'Exists')"},
          {spec(R"("tolerations":[{"key":"a","effect":"NoSchedule","tolerationSeconds":3}])"),
           R"(spec.tolerations[0].effect: Invalid value: "NoSchedule": effect must be 'NoExecute' when `tolerationSeconds` is set)"},
          {spec(R"("schedulingGates":[{"name":"a"},{"name":"a"}])"),
           R"(spec.schedulingGates[1]: Duplicate value: "a")"},
          {spec(R"("volumes":[{"name":"v","emptyDir":{},"hostPath":{"path":"/x"}}])"),
           R"(spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type)"},
          {spec(R"("hostname":"A_")"), R"(spec.hostname: Invalid value: "A_": <label>)"},
          {spec(R"("dnsPolicy":"None")"),
           R"(spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None)"},
          {spec(R"("activeDeadlineSeconds":0)"),
           R"(spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive)"},
          {spec(R"("ephemeralContainers":[{"name":"e","image":"i"}])"),
           R"(spec.ephemeralContainers: Forbidden: cannot be set on create)"},
      });
}

TEST_F(PodValidation, OfAPodLittleMayChange) {
  constexpr const char* kPod = R"({"spec":{"nodeName":"n1","containers":[{"name":"c","image":"i:1"}]}})";
  EXPECT_EQ(changed(KindId::kPod, kPod, R"({"spec":{"nodeName":"n1","containers":[{"name":"c","image":"i:2"}],
    "activeDeadlineSeconds":5,"tolerations":[{"key":"a","operator":"Exists"}]}})"),
            "");
  const std::string forbidden =
      "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,";
  EXPECT_TRUE(changed(KindId::kPod, kPod, R"({"spec":{"nodeName":"n1","containers":[{"name":"d","image":"i:1"}]}})")
                  .starts_with(forbidden));
  for (const char* node : {R"("nodeName":"n2",)", ""})
    EXPECT_TRUE(changed(KindId::kPod, kPod,
                        std::string(R"({"spec":{)") + node + R"("containers":[{"name":"c","image":"i:1"}]}})")
                    .starts_with(forbidden))
        << node;
  constexpr const char* kWaiting = R"({"spec":{"containers":[{"name":"c","image":"i:1"}]}})";
  EXPECT_TRUE(changed(KindId::kPod, kWaiting, kPod).starts_with(forbidden)) << "only a scheduler's binding places it";
}

TEST_F(PodValidation, DeadlinesShrinkGatesGoAndContainersStay) {
  const auto pod = [](const std::string& more) {
    return R"({"spec":{"containers":[{"name":"c","image":"i"}])" + more + "}}";
  };
  const std::string deadline = "spec.activeDeadlineSeconds: Invalid value: ";
  EXPECT_EQ("", changed(KindId::kPod, pod(R"(,"activeDeadlineSeconds":9)"), pod(R"(,"activeDeadlineSeconds":5)")));
  EXPECT_EQ(deadline + "9: must be less than or equal to previous value",
            changed(KindId::kPod, pod(R"(,"activeDeadlineSeconds":5)"), pod(R"(,"activeDeadlineSeconds":9)")));
  EXPECT_EQ(deadline + "null: must not update from a positive integer to nil value",
            changed(KindId::kPod, pod(R"(,"activeDeadlineSeconds":5)"), pod("")));
  const std::string gated = R"(,"schedulingGates":[{"name":"a"}])";
  EXPECT_EQ("", changed(KindId::kPod, pod(gated), pod("")));
  EXPECT_EQ("spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'a'",
            changed(KindId::kPod, pod(""), pod(gated)));
  EXPECT_EQ(
      "spec.containers: Forbidden: pod updates may not add or remove containers",
      changed(KindId::kPod, pod(""), R"({"spec":{"containers":[{"name":"c","image":"i"},{"name":"d","image":"i"}]}})"));
  EXPECT_NE("", changed(KindId::kPod, pod(R"(,"terminationGracePeriodSeconds":5)"),
                        pod(R"(,"terminationGracePeriodSeconds":1)")));
}

TEST_F(PodValidation, TolerationsAreAddedOnly) {
  const auto pod = [](const std::string& tolerations) {
    return R"({"spec":{"containers":[{"name":"c","image":"i"}],"tolerations":[)" + tolerations + "]}}";
  };
  const std::string one = R"({"key":"a","operator":"Exists","effect":"NoExecute","tolerationSeconds":5})";
  const std::string longer = R"({"key":"a","operator":"Exists","effect":"NoExecute","tolerationSeconds":9})";
  const std::string other = R"({"key":"b","operator":"Exists"})";
  const std::string kept =
      "spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds";
  EXPECT_EQ("", changed(KindId::kPod, pod(one), pod(other + "," + longer)));
  EXPECT_EQ(kept, changed(KindId::kPod, pod(one), pod("")));
  EXPECT_EQ(kept, changed(KindId::kPod, pod(one), pod(other)));
}

}  // namespace
}  // namespace plumbline::kube
