#include "simulator/kube/controllers/deployments.h"

#include "simulator/kube/controllers/fixture.h"
#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {
namespace {

class DeploymentsTest : public ControllersTest {};

const ObjectKey kKey{KindId::kDeployment, "web", "d"};

TEST_F(DeploymentsTest, MakesReplicaSetAndPodsAndReportsThem) {
  create_deployment(3);
  EXPECT_EQ(pods().size(), 3U);
  EXPECT_EQ(runtime_.running.size(), 3U);
  const auto sets = store_.list(KindId::kReplicaSet, "web");
  ASSERT_EQ(sets.size(), 1U);
  for (const ObjectPtr& pod : pods()) {
    EXPECT_EQ(pod->controller()["uid"], sets[0]->uid());
    EXPECT_TRUE(pod->name().starts_with(sets[0]->name() + "-"));
    EXPECT_TRUE(pod->labels().contains("pod-template-hash"));
    EXPECT_TRUE(is_ready(*pod));
  }
  const Value status = find(KindId::kDeployment, "d")->value()["status"];
  EXPECT_EQ(status["readyReplicas"], Value(3));
  EXPECT_EQ(status["updatedReplicas"], Value(3));
  EXPECT_EQ(status["observedGeneration"], Value(1));
  EXPECT_FALSE(status.contains("unavailableReplicas"));
}

TEST_F(DeploymentsTest, OwnsWhatItWritesAsInARealCluster) {
  create_deployment(2);
  patch(kKey, {{"spec", {{"replicas", 1}}}});
  const ObjectPtr deployment = find(KindId::kDeployment, "d");
  EXPECT_EQ(owners(*deployment), "kube-controller-manager/status plumbline");
  EXPECT_EQ(owned(*deployment, "kube-controller-manager", "status")["f:metadata"],
            value_of(R"({"f:annotations":{".":{},"f:deployment.kubernetes.io/revision":{}}})"));
  EXPECT_TRUE(owned(*deployment, "plumbline").at("f:spec").contains("f:replicas"));
  const ObjectPtr set = store_.list(KindId::kReplicaSet, "web")[0];
  EXPECT_EQ(owners(*set), "kube-controller-manager kube-controller-manager/status");
  EXPECT_TRUE(owned(*set, "kube-controller-manager").at("f:spec").contains("f:replicas"));
  EXPECT_TRUE(owned(*set, "kube-controller-manager", "status").at("f:status").contains("f:readyReplicas"));
  EXPECT_EQ(owners(*pods()[0]), "kube-controller-manager kubelet/status");
}

TEST_F(DeploymentsTest, WritesNothingWhenNothingChanged) {
  create_deployment(2);
  create(KindId::kService, "web", value_of(R"({"metadata":{"name":"s"},"spec":{"selector":{"app":"x"},
    "ports":[{"port":80}]}})"));
  settle();
  const std::uint64_t version = store_.resource_version();
  patch(kKey, {{"spec", {{"replicas", 2}}}});
  for (const ObjectPtr& pod : pods()) ASSERT_TRUE(kubelet_.set_ready(pod->key(), true));
  settle();
  EXPECT_EQ(store_.resource_version(), version);
}

TEST_F(DeploymentsTest, APodThatIsRefusedIsTriedAgain) {
  Value early = deployment(1, "1");
  early["spec"]["template"]["spec"]["serviceAccountName"] = "robot";
  create(KindId::kDeployment, "web", early);
  settle();
  EXPECT_TRUE(pods().empty());
  const auto set = [this] { return store_.list(KindId::kReplicaSet, "web").at(0); };
  const Value failure = set()->at("status.conditions").front();
  EXPECT_EQ(failure["type"], "ReplicaFailure");
  EXPECT_NE(failure["message"].text().find("serviceaccount \"robot\" not found"), std::string::npos);
  create(KindId::kServiceAccount, "web", {{"metadata", {{"name", "robot"}}}});
  settle_after_rest();
  EXPECT_EQ(pods().size(), 1U);
  EXPECT_TRUE(set()->at("status.conditions").is_null());
}

TEST_F(DeploymentsTest, WhoWantsNoMorePodsDoesNotFail) {
  Value early = deployment(1, "1");
  early["spec"]["template"]["spec"]["serviceAccountName"] = "robot";
  create(KindId::kDeployment, "web", early);
  settle();
  patch(kKey, {{"spec", {{"replicas", 0}}}});
  EXPECT_TRUE(store_.list(KindId::kReplicaSet, "web").at(0)->at("status.conditions").is_null());
}

TEST_F(DeploymentsTest, ReplicaSetTakesOverAnnotations) {
  create_deployment(1);
  patch(kKey,
        {{"metadata",
          {{"annotations",
            {{"kubernetes.io/change-cause", "first"}, {"kubectl.kubernetes.io/last-applied-configuration", "{}"}}}}}});
  const Value annotations = store_.list(KindId::kReplicaSet, "web")[0]->at("metadata.annotations");
  EXPECT_EQ(annotations["kubernetes.io/change-cause"], "first");
  EXPECT_EQ(annotations["deployment.kubernetes.io/revision"], "1");
  EXPECT_FALSE(annotations.contains("kubectl.kubernetes.io/last-applied-configuration"));
}

TEST_F(DeploymentsTest, ScalesUpAndDown) {
  create_deployment(2);
  patch(kKey, {{"spec", {{"replicas", 5}}}});
  EXPECT_EQ(pods().size(), 5U);
  patch(kKey, {{"spec", {{"replicas", 1}}}});
  EXPECT_EQ(pods().size(), 1U);
  EXPECT_EQ(runtime_.running.size(), 1U);
  patch(kKey, {{"spec", {{"replicas", 0}}}});
  EXPECT_TRUE(pods().empty());
}

TEST_F(DeploymentsTest, ScalesDownPodsThatAreNotReadyFirst) {
  create_deployment(3);
  const ObjectKey unready = pods()[1]->key();
  ASSERT_TRUE(kubelet_.set_ready(unready, false));
  settle();
  patch(kKey, {{"spec", {{"replicas", 2}}}});
  EXPECT_FALSE(store_.find(unready));
}

TEST_F(DeploymentsTest, RollsWithinSurgeAndUnavailable) {
  create_deployment(4);
  std::size_t most = 0, least = 100;
  const auto watch = store_.subscribe(KindId::kPod, "web", [&](const Event&) {
    std::size_t active = 0, ready = 0;
    for (const ObjectPtr& pod : pods()) {
      active += is_active(*pod);
      ready += is_active(*pod) && is_ready(*pod);
    }
    most = std::max(most, active);
    least = std::min(least, ready);
  });
  patch(kKey, {{"spec", {{"template", {{"metadata", {{"labels", {{"version", "2"}}}}}}}}}});
  EXPECT_EQ(pods("version=2").size(), 4U);
  EXPECT_TRUE(pods("version=1").empty());
  EXPECT_EQ(most, 5U);   // 25 % surge of 4
  EXPECT_EQ(least, 3U);  // 25 % unavailable of 4
}

TEST_F(DeploymentsTest, RollWaitsForPodsThatAreNotReady) {
  create_deployment(4);
  const auto watch = store_.subscribe(KindId::kPod, "web", [this](const Event& event) {
    if (event.op != Op::kAdded) return;
    ASSERT_TRUE(kubelet_.set_ready(event.object->key(), false));
  });
  patch(kKey, {{"spec", {{"template", {{"metadata", {{"labels", {{"version", "2"}}}}}}}}}});
  // One more by surge, one in place of the one that may be unavailable; no new Pod is ready, so it stops there.
  EXPECT_EQ(pods("version=1").size(), 3U);
  EXPECT_EQ(pods("version=2").size(), 2U);
}

TEST_F(DeploymentsTest, RecreateHasNoTwoVersionsAtOnce) {
  runtime_.stops_at_once = false;
  Value recreated = deployment(2, "1");
  recreated["spec"]["strategy"]["type"] = "Recreate";
  create(KindId::kDeployment, "web", recreated);
  settle();
  patch(kKey, {{"spec", {{"template", {{"metadata", {{"labels", {{"version", "2"}}}}}}}}}});
  EXPECT_TRUE(pods("version=2").empty());
  for (auto& [_, stop] : runtime_.terminating) stop();
  settle();
  EXPECT_EQ(pods("version=2").size(), 2U);
  EXPECT_TRUE(pods("version=1").empty());
}

TEST_F(DeploymentsTest, RollingBackUsesTheOldReplicaSetAgain) {
  create_deployment(2);
  const std::string first = store_.list(KindId::kReplicaSet, "web")[0]->name();
  patch(kKey, {{"spec", {{"template", {{"metadata", {{"labels", {{"version", "2"}}}}}}}}}});
  patch(kKey, {{"spec", {{"template", {{"metadata", {{"labels", {{"version", "1"}}}}}}}}}});
  EXPECT_EQ(store_.count(KindId::kReplicaSet), 2U);
  EXPECT_EQ(find(KindId::kReplicaSet, first.c_str())->at("spec.replicas"), Value(2));
  EXPECT_EQ(find(KindId::kDeployment, "d")->value()["metadata"]["annotations"]["deployment.kubernetes.io/revision"],
            "3");
}

TEST_F(DeploymentsTest, KeepsAsManyOldReplicaSetsAsTold) {
  create_deployment(1);
  patch(kKey, {{"spec", {{"revisionHistoryLimit", 1}}}});
  for (const char* version : {"2", "3", "4"})
    patch(kKey, {{"spec", {{"template", {{"metadata", {{"labels", {{"version", version}}}}}}}}}});
  EXPECT_EQ(store_.count(KindId::kReplicaSet), 2U);
}

TEST_F(DeploymentsTest, ReplacesPodsThatWereDeleted) {
  create_deployment(2);
  const ObjectKey gone = pods()[0]->key();
  remove(gone);
  EXPECT_FALSE(store_.find(gone));
  EXPECT_EQ(pods().size(), 2U);
}

TEST_F(DeploymentsTest, ReleasesPodsThatNoLongerMatchAndAdoptsThoseThatDo) {
  create_deployment(2);
  const ObjectKey stray = pods()[0]->key();
  patch(stray, {{"metadata", {{"labels", {{"app", "y"}}}}}});
  EXPECT_TRUE(store_.find(stray)->owners().empty());
  EXPECT_EQ(pods("app=x").size(), 2U);
  patch(stray, {{"metadata", {{"labels", {{"app", "x"}}}}}});
  // Adopted again, which makes three: one of them goes.
  EXPECT_EQ(pods("app=x").size(), 2U);
  for (const ObjectPtr& pod : pods("app=x")) EXPECT_FALSE(pod->controller().empty());
}

TEST(RollingLimits, RoundSurgeUpAndUnavailableDown) {
  const Value percent{{"spec", {{"strategy", {{"rollingUpdate", {{"maxSurge", "25%"}, {"maxUnavailable", "25%"}}}}}}}};
  EXPECT_EQ(rolling_limits(percent, 3).surge, 1);
  EXPECT_EQ(rolling_limits(percent, 3).unavailable, 0);
  EXPECT_EQ(rolling_limits(percent, 10).surge, 3);
  EXPECT_EQ(rolling_limits(percent, 10).unavailable, 2);
  const Value none{{"spec", {{"strategy", {{"rollingUpdate", {{"maxSurge", 0}, {"maxUnavailable", 0}}}}}}}};
  EXPECT_EQ(rolling_limits(none, 3).unavailable, 1);
}

TEST(RollingLimits, AreNumbersOf32BitsWhateverIsWritten) {
  for (const Value& huge : {Value(INT64_MAX), Value("99999999999999999999%"), Value("99999999999999999999")}) {
    const Value written{{"spec", {{"strategy", {{"rollingUpdate", {{"maxSurge", huge}, {"maxUnavailable", 0}}}}}}}};
    EXPECT_GE(rolling_limits(written, 3).surge, 3) << to_text(huge);
    EXPECT_LE(rolling_limits(written, 100).surge, INT32_MAX) << to_text(huge);
  }
  for (const Value& none : {Value(1e300), Value(1.8446744073709551615e19), Value(-0.5), Value("x"), Value(true)}) {
    const Value written{{"spec", {{"strategy", {{"rollingUpdate", {{"maxSurge", none}, {"maxUnavailable", -5}}}}}}}};
    EXPECT_EQ(rolling_limits(written, 3).surge, 0) << to_text(none);
    EXPECT_EQ(rolling_limits(written, 3).unavailable, 1) << to_text(none);
  }
}

TEST_F(DeploymentsTest, CountsRevisionsOnFromAnyAnnotation) {
  const ObjectPtr deployment = create_deployment(1);
  for (const ObjectPtr& set : store_.list(KindId::kReplicaSet, "web"))
    patch(set->key(),
          {{"metadata", {{"annotations", {{"deployment.kubernetes.io/revision", "9223372036854775807"}}}}}});
  patch(deployment->key(), {{"spec", {{"template", {{"metadata", {{"labels", {{"version", "2"}}}}}}}}}});
  EXPECT_EQ(pods("version=2").size(), 1U);
}

}  // namespace
}  // namespace plumbline::kube
