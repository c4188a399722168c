#include "simulator/kube/controllers/deployments.h"

#include "simulator/kube/controllers/fixture.h"

namespace plumbline::kube {
namespace {

class DeploymentsTest : public ControllersTest {};

const Key kKey{KindId::kDeployment, "web", "d"};

TEST_F(DeploymentsTest, MakesReplicaSetAndPodsAndReportsThem) {
  create_deployment(3);
  EXPECT_EQ(pods().size(), 3U);
  EXPECT_EQ(runtime_.running.size(), 3U);
  const auto sets = store_.list(KindId::kReplicaSet, "web");
  ASSERT_EQ(sets.size(), 1U);
  for (const ObjectPtr& pod : pods()) {
    EXPECT_EQ(pod->controller(), sets[0]->uid());
    EXPECT_TRUE(pod->name().starts_with(sets[0]->name() + "-"));
    EXPECT_TRUE(pod->labels().contains("pod-template-hash"));
    EXPECT_TRUE(is_ready(*pod));
  }
  const Value status = find(KindId::kDeployment, "d")->value()["status"];
  EXPECT_EQ(status["readyReplicas"], 3);
  EXPECT_EQ(status["updatedReplicas"], 3);
  EXPECT_EQ(status["observedGeneration"], 1);
  EXPECT_FALSE(status.contains("unavailableReplicas"));
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
  const Key unready = pods()[1]->key();
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
  EXPECT_EQ(find(KindId::kReplicaSet, first.c_str())->value()["spec"]["replicas"], 2);
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
  const Key gone = pods()[0]->key();
  remove(gone);
  EXPECT_FALSE(store_.find(gone));
  EXPECT_EQ(pods().size(), 2U);
}

TEST_F(DeploymentsTest, ReleasesPodsThatNoLongerMatchAndAdoptsThoseThatDo) {
  create_deployment(2);
  const Key stray = pods()[0]->key();
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
  for (const Json& huge :
       {Json(INT64_MAX), Json(UINT64_MAX), Json("99999999999999999999%"), Json("99999999999999999999")}) {
    const Json written{{"spec", {{"strategy", {{"rollingUpdate", {{"maxSurge", huge}, {"maxUnavailable", 0}}}}}}}};
    EXPECT_GE(rolling_limits(written, 3).surge, 3) << huge;
    EXPECT_LE(rolling_limits(written, 100).surge, INT32_MAX) << huge;
  }
  const Json fraction{{"spec", {{"strategy", {{"rollingUpdate", {{"maxSurge", 1e300}, {"maxUnavailable", -5}}}}}}}};
  EXPECT_EQ(rolling_limits(fraction, 3).surge, 0);
  EXPECT_EQ(rolling_limits(fraction, 3).unavailable, 1);
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
