// What is added to a Pod when it is created, compared with what a kube-apiserver 1.34 adds.
#include "simulator/kube/api/pod_admission.h"

#include "simulator/kube/api/fixture.h"

namespace plumbline::kube {
namespace {

constexpr const char* kTokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";

class PodAdmissionTest : public OperationsTest {
 protected:
  PodAdmissionTest() {
    create(KindId::kServiceAccount, "web", R"({"metadata":{"name":"robot"}})");
    create(KindId::kServiceAccount, "web", R"({"metadata":{"name":"mute"},"automountServiceAccountToken":false})");
  }
  ObjectPtr admitted(std::string_view spec, std::string_view name = "p") {
    return create(KindId::kPod, "web",
                  R"({"metadata":{"name":")" + std::string(name) +
                      R"("},"spec":{"containers":[{"name":"c","image":"i"}])" + std::string(spec) + "}}");
  }
  std::string why_not(std::string_view spec) {
    const Failure failure = refused(
        KindId::kPod, "web",
        R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}])" + std::string(spec) + "}}");
    EXPECT_EQ(failure.code, 403);
    return failure.message;
  }
  static bool mounts_token(const Object& pod) { return !pod.at("spec.volumes").empty(); }
};

TEST_F(PodAdmissionTest, MountsTheTokenOfItsAccount) {
  const ObjectPtr pod = admitted("");
  EXPECT_EQ(pod->text("spec.serviceAccountName"), "default");
  EXPECT_EQ(pod->text("spec.serviceAccount"), "default");
  const Value& volume = pod->at("spec.volumes")[0];
  EXPECT_TRUE(volume["name"].text().starts_with("kube-api-access-"));
  EXPECT_EQ(volume["projected"], value_of(R"({"defaultMode":420,"sources":[
    {"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},
    {"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}},
    {"downwardAPI":{"items":[{"path":"namespace","fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}]})"));
  EXPECT_EQ(pod->at("spec.containers")[0]["volumeMounts"],
            Value::array({{{"name", volume["name"]}, {"readOnly", true}, {"mountPath", kTokenPath}}}));
}

TEST_F(PodAdmissionTest, DoesNotMountWhatIsNotWantedOrThereAlready) {
  EXPECT_FALSE(mounts_token(*admitted(R"(,"automountServiceAccountToken":false)", "a")));
  EXPECT_FALSE(mounts_token(*admitted(R"(,"serviceAccountName":"mute")", "b")));
  EXPECT_TRUE(mounts_token(*admitted(R"(,"serviceAccountName":"mute","automountServiceAccountToken":true)", "c")));
  EXPECT_TRUE(mounts_token(*admitted(R"(,"serviceAccountName":"robot")", "d")));
  const ObjectPtr own = create(KindId::kPod, "web", R"({"metadata":{"name":"e"},"spec":{"volumes":[{"name":"v"}],
    "containers":[{"name":"c","image":"i","volumeMounts":[
      {"name":"v","mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}]}]}})");
  EXPECT_EQ(own->at("spec.volumes").size(), 1u);
  EXPECT_EQ(own->at("spec.containers")[0]["volumeMounts"].size(), 1u);
}

TEST_F(PodAdmissionTest, NeedsItsServiceAccount) {
  EXPECT_EQ(
      why_not(R"(,"serviceAccountName":"nobody")"),
      "pods \"p\" is forbidden: error looking up service account web/nobody: serviceaccount \"nobody\" not found");
}

TEST_F(PodAdmissionTest, ToleratesNodesThatAreNotReadyForAWhile) {
  const auto toleration = [](const char* taint) {
    return Value{{"key", taint}, {"operator", "Exists"}, {"effect", "NoExecute"}, {"tolerationSeconds", 300}};
  };
  const Value ready = toleration("node.kubernetes.io/not-ready"),
              reached = toleration("node.kubernetes.io/unreachable");
  EXPECT_EQ(admitted("", "a")->at("spec.tolerations"), Value::array({ready, reached}));
  EXPECT_EQ(admitted(R"(,"tolerations":[{"operator":"Exists"}])", "b")->at("spec.tolerations").size(), 1u);
  const Value own = admitted(R"(,"tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists",
    "effect":"NoExecute","tolerationSeconds":5}])",
                             "c")
                        ->at("spec.tolerations");
  ASSERT_EQ(own.size(), 2u);
  EXPECT_EQ(own[0]["tolerationSeconds"], Value(5));
  EXPECT_EQ(own[1], reached);
  EXPECT_EQ(admitted(R"(,"tolerations":[{"key":"x","effect":"NoExecute"}])", "d")->at("spec.tolerations").size(), 3u);
}

TEST_F(PodAdmissionTest, ItsClassSaysItsPriority) {
  EXPECT_EQ(admitted("", "a")->at("spec.priority"), Value(0));
  EXPECT_EQ(admitted("", "b")->at("spec.preemptionPolicy"), "PreemptLowerPriority");
  EXPECT_EQ(admitted(R"(,"priorityClassName":"system-node-critical")", "c")->at("spec.priority"), Value(2000001000));
  EXPECT_EQ(why_not(R"(,"priorityClassName":"foo")"),
            "pods \"p\" is forbidden: no PriorityClass with name foo was found");
  EXPECT_EQ(why_not(R"(,"priority":5)"),
            "pods \"p\" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority "
            "admission controller computed 0 from the given PriorityClass name");
  EXPECT_EQ(why_not(R"(,"preemptionPolicy":"Never")"),
            "pods \"p\" is forbidden: the string value of PreemptionPolicy (Never) must not be provided in pod spec; "
            "priority admission controller computed PreemptLowerPriority from the given PriorityClass name");
}

TEST_F(PodAdmissionTest, PodsOfOneTemplateShareTheirSpec) {
  const Value pod_template = admitted("", "first")->value();
  const auto make = [&](const char* name, const Value& spec) {
    return *operations_.create(KindId::kPod, "web", Value{{"metadata", {{"name", name}}}, {"spec", spec}});
  };
  const Value spec = value_of(R"({"containers":[{"name":"c","image":"i","imagePullPolicy":"Always","resources":{},
    "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}],"dnsPolicy":"ClusterFirst",
    "restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"terminationGracePeriodSeconds":30,
    "enableServiceLinks":true})");
  const ObjectPtr a = make("a", spec), b = make("b", spec);
  EXPECT_TRUE(a->at("spec").same_as(b->at("spec")));
  EXPECT_EQ(a->at("spec.volumes")[0]["name"], b->at("spec.volumes")[0]["name"]);
  Value other = spec;
  other["nodeSelector"]["a"] = "b";
  EXPECT_FALSE(make("c", other)->at("spec").same_as(a->at("spec")));
}

TEST_F(PodAdmissionTest, FollowsItsAccountAsItChanges) {
  const Value spec = admitted(R"(,"serviceAccountName":"robot")", "a")->at("spec");
  Value bare = value_of(R"({"containers":[{"name":"c","image":"i"}],"serviceAccountName":"robot"})");
  Value pod{{"metadata", {{"namespace", "web"}, {"name", "p"}}}, {"spec", bare}};
  PodAdmission admission(store_);
  Value before = pod;
  ASSERT_TRUE(admission.admit(before));
  EXPECT_FALSE(std::as_const(before).at("spec.volumes").empty());
  patch({KindId::kServiceAccount, "web", "robot"}, {{"automountServiceAccountToken", false}});
  Value after = pod;
  ASSERT_TRUE(admission.admit(after));
  EXPECT_TRUE(std::as_const(after).at("spec.volumes").empty());
}

TEST_F(PodAdmissionTest, ClassOfServiceFollowsFromWhatContainersAskFor) {
  const auto quality = [](std::string_view resources) {
    return quality_of_service(value_of(R"({"containers":[{"name":"c","resources":)" + std::string(resources) + "}]}"));
  };
  EXPECT_EQ(quality("{}"), "BestEffort");
  EXPECT_EQ(quality(R"({"limits":{"ephemeral-storage":"1Gi"}})"), "BestEffort");
  EXPECT_EQ(quality(R"({"requests":{"cpu":"1"}})"), "Burstable");
  EXPECT_EQ(quality(R"({"limits":{"cpu":"1"},"requests":{"cpu":"1"}})"), "Burstable");
  EXPECT_EQ(quality(R"({"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"1","memory":"1Gi"}})"), "Guaranteed");
  EXPECT_EQ(quality(R"({"limits":{"cpu":"2","memory":"1Gi"},"requests":{"cpu":"1","memory":"1Gi"}})"), "Burstable");
  EXPECT_EQ(admitted("")->value()["status"], value_of(R"({"phase":"Pending","qosClass":"BestEffort"})"));
}

}  // namespace
}  // namespace plumbline::kube
