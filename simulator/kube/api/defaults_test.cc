// What an object becomes when it is created, compared with what a kube-apiserver 1.34 makes of it.
#include "simulator/kube/api/defaults.h"

#include "simulator/kube/api/fixture.h"

namespace plumbline::kube {
namespace {

class DefaultsTest : public testing::Test {
 protected:
  Value full(KindId kind, std::string_view text) const {
    Value object = value_of(text);
    set_defaults(registry_.kind(kind), object);
    return object;
  }
  Value pod_spec(std::string_view spec) const {
    return full(KindId::kPod, R"({"metadata":{"name":"p"},"spec":)" + std::string(spec) + "}")["spec"];
  }
  Registry registry_;
};

TEST_F(DefaultsTest, Pod) {
  EXPECT_EQ(pod_spec(R"({"containers":[{"name":"c","image":"i"}]})"), value_of(R"({"containers":[
    {"name":"c","image":"i","imagePullPolicy":"Always","resources":{},
     "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}],
    "dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},
    "terminationGracePeriodSeconds":30,"enableServiceLinks":true})"));
}

TEST_F(DefaultsTest, ImagesThatMayMoveArePulledAlways) {
  const std::pair<const char*, const char*> images[] = {{"i", "Always"},
                                                        {"i:latest", "Always"},
                                                        {"i:1", "IfNotPresent"},
                                                        {"reg:5000/i", "Always"},
                                                        {"reg:5000/i:2", "IfNotPresent"},
                                                        {"i@sha256:00", "IfNotPresent"},
                                                        {"i:latest@sha256:00", "Always"}};
  for (const auto& [image, policy] : images) {
    const Value spec = pod_spec(R"({"containers":[{"name":"c","image":")" + std::string(image) + R"("}]})");
    EXPECT_EQ(spec["containers"].front()["imagePullPolicy"], policy) << image;
  }
}

TEST_F(DefaultsTest, WhatIsLimitedIsAskedForAtItsLimit) {
  const Value spec = pod_spec(R"({"containers":[{"name":"c","image":"i",
    "resources":{"limits":{"cpu":"1","memory":"2Gi"},"requests":{"cpu":"500m"}}}]})");
  EXPECT_EQ(spec["containers"].front().at("resources.requests"), (Value{{"cpu", "500m"}, {"memory", "2Gi"}}));
}

TEST_F(DefaultsTest, PortsOfPodsOnTheHostsNetworkAreTheHosts) {
  const Value spec = pod_spec(R"({"hostNetwork":true,"containers":[{"name":"c","ports":[{"containerPort":80}]}]})");
  EXPECT_EQ(spec["containers"].front()["ports"].front(),
            value_of(R"({"containerPort":80,"hostPort":80,"protocol":"TCP"})"));
}

TEST_F(DefaultsTest, VolumesAndProbesOfPods) {
  const Value spec = pod_spec(R"({"volumes":[{"name":"a"},{"name":"b","configMap":{"name":"x"}},
    {"name":"c","secret":{"secretName":"x"}},{"name":"d","hostPath":{"path":"/x"}}],
    "containers":[{"name":"c","readinessProbe":{"httpGet":{"port":80}},
      "env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}]}]})");
  EXPECT_EQ(spec["volumes"],
            value_of(R"([{"name":"a","emptyDir":{}},{"name":"b","configMap":{"name":"x","defaultMode":420}},
    {"name":"c","secret":{"secretName":"x","defaultMode":420}},{"name":"d","hostPath":{"path":"/x","type":""}}])"));
  EXPECT_EQ(spec["containers"].front()["readinessProbe"], value_of(R"({"httpGet":{"path":"/","port":80,"scheme":"HTTP"},
    "timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3})"));
  EXPECT_EQ(spec["containers"].front()["env"].front().at("valueFrom.fieldRef.apiVersion"), "v1");
}

TEST_F(DefaultsTest, TheAccountOfAPodHasTwoFields) {
  EXPECT_EQ(pod_spec(R"({"serviceAccount":"a","containers":[]})")["serviceAccountName"], "a");
  EXPECT_EQ(pod_spec(R"({"serviceAccountName":"a","containers":[]})")["serviceAccount"], "a");
  EXPECT_EQ(pod_spec(R"({"serviceAccountName":"a","serviceAccount":"b","containers":[]})")["serviceAccount"], "a");
}

TEST_F(DefaultsTest, ANegativeGracePeriodIsTheShortest) {
  EXPECT_EQ(pod_spec(R"({"terminationGracePeriodSeconds":-5,"containers":[]})")["terminationGracePeriodSeconds"],
            Value(1));
}

TEST_F(DefaultsTest, Services) {
  EXPECT_EQ(full(KindId::kService, R"({"spec":{"ports":[{"port":80},{"port":81,"targetPort":"http"},
      {"port":82,"targetPort":0}]}})"),
            value_of(R"({"metadata":{},"spec":{"ports":[{"port":80,"protocol":"TCP","targetPort":80},
      {"port":81,"protocol":"TCP","targetPort":"http"},{"port":82,"protocol":"TCP","targetPort":82}],
      "type":"ClusterIP","sessionAffinity":"None","internalTrafficPolicy":"Cluster"},"status":{"loadBalancer":{}}})"));
  const Value balanced =
      full(KindId::kService, R"({"spec":{"type":"LoadBalancer","sessionAffinity":"ClientIP"}})")["spec"];
  EXPECT_EQ(balanced["externalTrafficPolicy"], "Cluster");
  EXPECT_EQ(balanced["allocateLoadBalancerNodePorts"], Value(true));
  EXPECT_EQ(balanced.at("sessionAffinityConfig.clientIP.timeoutSeconds"), Value(10800));
  EXPECT_EQ(full(KindId::kService, R"({"spec":{"externalIPs":["1.2.3.4"]}})").at("spec.externalTrafficPolicy"),
            "Cluster");
  EXPECT_FALSE(full(KindId::kService, R"({"spec":{"type":"ExternalName"}})")["spec"].contains("internalTrafficPolicy"));
}

TEST_F(DefaultsTest, Deployments) {
  const Value spec = full(KindId::kDeployment,
                          R"({"spec":{"template":{"spec":{"containers":[{"name":"c","image":"i:1"}]}}}})")["spec"];
  EXPECT_EQ(spec["replicas"], Value(1));
  EXPECT_EQ(spec["progressDeadlineSeconds"], Value(600));
  EXPECT_EQ(spec["revisionHistoryLimit"], Value(10));
  EXPECT_EQ(spec["strategy"],
            value_of(R"({"type":"RollingUpdate","rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"}})"));
  EXPECT_EQ(spec.at("template.spec.containers")[0]["imagePullPolicy"], "IfNotPresent");
  EXPECT_EQ(spec.at("template.spec.restartPolicy"), "Always");
  EXPECT_FALSE(spec.at("template.spec").contains("enableServiceLinks")) << "only Pods have it filled in";
  EXPECT_EQ(full(KindId::kDeployment, R"({"spec":{"strategy":{"type":"Recreate"}}})").at("spec.strategy"),
            value_of(R"({"type":"Recreate"})"));
}

TEST_F(DefaultsTest, StatefulSetsAndDaemonSets) {
  const Value set = full(KindId::kStatefulSet, R"({"spec":{"volumeClaimTemplates":[{"metadata":{"name":"v"}}]}})");
  EXPECT_EQ(set.at("spec.updateStrategy"), value_of(R"({"type":"RollingUpdate","rollingUpdate":{"partition":0}})"));
  EXPECT_EQ(set.at("spec.persistentVolumeClaimRetentionPolicy"),
            value_of(R"({"whenDeleted":"Retain","whenScaled":"Retain"})"));
  EXPECT_EQ(set.at("spec.serviceName"), "");
  EXPECT_EQ(set.at("spec.volumeClaimTemplates")[0]["kind"], "PersistentVolumeClaim");
  EXPECT_EQ(set["status"], value_of(R"({"availableReplicas":0,"replicas":0})"));
  EXPECT_EQ(full(KindId::kDaemonSet, "{}").at("spec.updateStrategy"),
            value_of(R"({"type":"RollingUpdate","rollingUpdate":{"maxSurge":0,"maxUnavailable":1}})"));
}

TEST_F(DefaultsTest, NamespacesAreLabelledAndHeldByTheirFinalizer) {
  EXPECT_EQ(full(KindId::kNamespace, R"({"metadata":{"name":"n"}})"),
            value_of(R"({"metadata":{"name":"n","labels":{"kubernetes.io/metadata.name":"n"}},
      "spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}})"));
  EXPECT_EQ(
      full(KindId::kNamespace, R"({"metadata":{"name":"n"},"spec":{"finalizers":["x/y"]}})").at("spec.finalizers"),
      value_of(R"(["x/y","kubernetes"])"));
}

TEST_F(DefaultsTest, ListsThatAreNullWhenTheyAreEmpty) {
  EXPECT_TRUE(full(KindId::kRole, R"({"rules":[]})").find("rules")->is_null());
  EXPECT_TRUE(full(KindId::kEndpointSlice, R"({"endpoints":[]})").find("endpoints")->is_null());
  EXPECT_TRUE(full(KindId::kEndpointSlice, "{}").find("ports")->is_null());
  EXPECT_EQ(
      full(KindId::kEndpointSlice, R"({"endpoints":[{"addresses":["a"]}],"ports":[{"port":80}]})"),
      value_of(
          R"({"metadata":{},"endpoints":[{"addresses":["a"],"conditions":{}}],"ports":[{"port":80,"name":"","protocol":"TCP"}]})"));
}

TEST_F(DefaultsTest, BindingsNameTheApiGroup) {
  EXPECT_EQ(full(KindId::kRoleBinding, R"({"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"User","name":"u"},
      {"kind":"ServiceAccount","name":"s"}]})"),
            value_of(R"({"metadata":{},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"r"},
      "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"u"},{"kind":"ServiceAccount","name":"s"}]})"));
}

TEST_F(DefaultsTest, SecretsEncodeTheirTexts) {
  EXPECT_EQ(full(KindId::kSecret, R"({"data":{"a":"YQ=="},"stringData":{"a":"b","c":"d"}})"),
            value_of(R"({"metadata":{},"type":"Opaque","data":{"a":"Yg==","c":"ZA=="}})"));
}

TEST_F(DefaultsTest, EventsAndBudgetsShowWhatTheyDoNotHave) {
  EXPECT_EQ(
      full(KindId::kEvent, "{}"),
      value_of(
          R"({"metadata":{},"involvedObject":{},"eventTime":null,"firstTimestamp":null,"lastTimestamp":null,"source":{},
    "reportingComponent":"","reportingInstance":""})"));
  EXPECT_EQ(full(KindId::kPodDisruptionBudget, "{}"), value_of(R"({"metadata":{},"spec":{},
    "status":{"currentHealthy":0,"desiredHealthy":0,"disruptionsAllowed":0,"expectedPods":0}})"));
}

TEST_F(DefaultsTest, FilledInTwiceIsFilledInOnce) {
  for (const Kind* kind : registry_.served()) {
    Value object{{"metadata", {{"name", "n"}}}};
    set_defaults(*kind, object);
    const Value once = object;
    set_defaults(*kind, object);
    EXPECT_EQ(object, once) << kind->name;
  }
}

}  // namespace
}  // namespace plumbline::kube
