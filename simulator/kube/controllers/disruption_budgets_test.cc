#include "simulator/kube/controllers/disruption_budgets.h"

#include <fmt/format.h>

#include "simulator/kube/api/conditions.h"
#include "simulator/kube/controllers/fixture.h"

namespace plumbline::kube {
namespace {

constexpr const char* kWouldViolate = "Cannot evict pod as it would violate the pod's disruption budget.";

class DisruptionBudgetsTest : public ControllersTest {
 protected:
  ObjectPtr budget(Value spec, const char* name = "b") {
    if (!spec.contains("selector")) spec["selector"]["matchLabels"]["app"] = "x";
    create(KindId::kPodDisruptionBudget, "web", {{"metadata", {{"name", name}}}, {"spec", std::move(spec)}});
    settle();
    return find(KindId::kPodDisruptionBudget, name);
  }
  /// "allowed 1, 3 healthy of 2 desired, 3 expected: True SufficientPods"
  std::string status(const char* name = "b") {
    const Value& status = find(KindId::kPodDisruptionBudget, name)->at("status");
    const Value& condition = find_condition(status, "DisruptionAllowed");
    return fmt::format("allowed {}, {} healthy of {} desired, {} expected: {} {}",
                       status["disruptionsAllowed"].integer(), status["currentHealthy"].integer(),
                       status["desiredHealthy"].integer(), status["expectedPods"].integer(), condition["status"].text(),
                       condition["reason"].text());
  }
  void set_ready(const ObjectPtr& pod, bool ready) {
    ASSERT_TRUE(kubelet_.set_ready(pod->key(), ready));
    settle();
  }
  /// "" when the Pod goes, else why not.
  std::string evict(const ObjectPtr& pod, const DeleteOptions& options = {}) {
    const auto evicted = operations_.evict(pod->key(), options);
    if (evicted) return "";
    const Value& cause = evicted.error().details["causes"].front();
    return fmt::format("{} {}{}{}", evicted.error().code, evicted.error().message, cause.is_null() ? "" : " ",
                       cause["message"].text());
  }
  std::string last_event(std::string_view kind) {
    std::string last;
    for (const ObjectPtr& event : store_.list(KindId::kEvent, "web"))
      if (event->at("involvedObject.kind") == kind && event->at("source.component") == "controllermanager")
        last = fmt::format("{} {}: {}", event->text("type"), event->text("reason"), event->text("message"));
    return last;
  }
};

TEST_F(DisruptionBudgetsTest, CountsOfTheDeploymentWhatMayBeMissing) {
  create_deployment(3);
  budget({{"maxUnavailable", "25%"}});
  EXPECT_EQ(status(), "allowed 1, 3 healthy of 2 desired, 3 expected: True SufficientPods");
  EXPECT_EQ(find(KindId::kPodDisruptionBudget, "b")->at("status.observedGeneration"), Value(1));
  set_ready(pods().front(), false);
  EXPECT_EQ(status(), "allowed 0, 2 healthy of 2 desired, 3 expected: False InsufficientPods");
  patch({KindId::kPodDisruptionBudget, "web", "b"}, {{"spec", {{"maxUnavailable", 3}}}});
  EXPECT_EQ(status(), "allowed 2, 2 healthy of 0 desired, 3 expected: True SufficientPods");
  EXPECT_EQ(find(KindId::kPodDisruptionBudget, "b")->at("status.observedGeneration"), Value(2));
  patch({KindId::kDeployment, "web", "d"}, {{"spec", {{"replicas", 5}}}});
  EXPECT_EQ(status(), "allowed 2, 4 healthy of 2 desired, 5 expected: True SufficientPods");
}

TEST_F(DisruptionBudgetsTest, LeastIsANumberOfPodsOrAShareOfWhatIsWanted) {
  create_deployment(3);
  budget({{"minAvailable", 2}});
  EXPECT_EQ(status(), "allowed 1, 3 healthy of 2 desired, 3 expected: True SufficientPods");
  patch({KindId::kPodDisruptionBudget, "web", "b"}, {{"spec", {{"minAvailable", "50%"}}}});
  EXPECT_EQ(status(), "allowed 1, 3 healthy of 2 desired, 3 expected: True SufficientPods") << "a half is rounded up";
  patch({KindId::kPodDisruptionBudget, "web", "b"}, {{"spec", {{"minAvailable", nullptr}}}});
  EXPECT_EQ(status(), "allowed 0, 3 healthy of 0 desired, 0 expected: False InsufficientPods");
}

TEST_F(DisruptionBudgetsTest, OfSeveralReplicaSetsTheDeploymentCountsOnce) {
  create_deployment(2);
  patch({KindId::kDeployment, "web", "d"},
        {{"spec", {{"paused", true}, {"template", {{"metadata", {{"labels", {{"version", "2"}}}}}}}}}});
  Value alone = deployment(2, "1");
  alone["metadata"]["name"] = "alone";
  alone["spec"].erase("strategy");
  create(KindId::kReplicaSet, "web", alone);
  settle();
  budget({{"maxUnavailable", 1}});
  EXPECT_EQ(status(), "allowed 1, 4 healthy of 3 desired, 4 expected: True SufficientPods");
}

TEST_F(DisruptionBudgetsTest, PodsThatNobodyKeepsOrScalesCannotBeCounted) {
  create(KindId::kPod, "web",
         {{"metadata", {{"name", "p"}, {"labels", {{"app", "x"}}}}},
          {"spec", {{"containers", Value::array({{{"name", "c"}, {"image", "i"}}})}}}});
  settle();
  budget({{"maxUnavailable", 1}});
  EXPECT_EQ(status(), "allowed 0, 1 healthy of 0 desired, 0 expected: False InsufficientPods");
  EXPECT_TRUE(last_event("PodDisruptionBudget")
                  .starts_with("Warning UnmanagedPods: Pods selected by this PodDisruptionBudget (selector: "
                               "&LabelSelector{MatchLabels:map[string]string{app: x,},MatchExpressions:"
                               "[]LabelSelectorRequirement{},}) were found to be unmanaged. "))
      << last_event("PodDisruptionBudget");
  Value agent = deployment(1, "1");
  agent["metadata"]["name"] = "agent";
  agent["spec"].erase("replicas");
  create(KindId::kDaemonSet, "web", agent);
  settle();
  EXPECT_EQ(status(), "allowed 0, 1 healthy of 0 desired, 0 expected: False SyncFailed");
  EXPECT_EQ(last_event("PodDisruptionBudget"),
            "Warning CalculateExpectedPodCountFailed: Failed to calculate the number of expected pods: daemonsets.apps "
            "does not implement the scale subresource");
}

TEST_F(DisruptionBudgetsTest, NoSelectorChoosesNobodyAnEmptyOneEverybody) {
  create_deployment(2);
  budget({{"minAvailable", 1}, {"selector", nullptr}}, "nobody");
  EXPECT_EQ(status("nobody"), "allowed 0, 0 healthy of 1 desired, 0 expected: False InsufficientPods");
  EXPECT_EQ(last_event("PodDisruptionBudget"), "Normal NoPods: No matching pods found");
  budget({{"minAvailable", 1}, {"selector", Value::object()}}, "everybody");
  EXPECT_EQ(status("everybody"), "allowed 1, 2 healthy of 1 desired, 2 expected: True SufficientPods");
}

TEST_F(DisruptionBudgetsTest, AnEvictionTakesWhatIsAllowedAndThenIsRefused) {
  create_deployment(3);
  budget({{"minAvailable", 2}});
  runtime_.stops_at_once = false;
  const std::vector<ObjectPtr> all = pods();
  DeleteOptions dry;
  dry.dry_run = true;
  EXPECT_EQ(evict(all[0], dry), "");
  EXPECT_EQ(status(), "allowed 1, 3 healthy of 2 desired, 3 expected: True SufficientPods") << "nothing was done";
  EXPECT_EQ(evict(all[0]), "");
  // Before anybody else has looked.
  EXPECT_EQ(status(), "allowed 0, 3 healthy of 2 desired, 3 expected: False InsufficientPods");
  EXPECT_TRUE(find(KindId::kPodDisruptionBudget, "b")->at("status.disruptedPods").contains(all[0]->name()));
  const Value condition = find_condition(store_.find(all[0]->key())->at("status"), "DisruptionTarget");
  EXPECT_EQ(condition["reason"], "EvictionByEvictionAPI");
  settle();
  EXPECT_EQ(find(KindId::kPodDisruptionBudget, "b")->at("status.disruptedPods"), Value()) << "it was seen going";
  EXPECT_EQ(evict(all[0]), "") << "it goes already";
}

TEST_F(DisruptionBudgetsTest, ARefusalSaysHowManyAreNeeded) {
  create_deployment(2);
  budget({{"maxUnavailable", 0}});
  const auto refused = operations_.evict(pods().front()->key());
  ASSERT_FALSE(refused);
  EXPECT_EQ(
      refused.error().status(),
      (Value{{"kind", "Status"},
             {"apiVersion", "v1"},
             {"metadata", Value::object()},
             {"status", "Failure"},
             {"message", kWouldViolate},
             {"reason", "TooManyRequests"},
             {"details",
              {{"causes",
                Value::array({{{"reason", "DisruptionBudget"},
                               {"message", "The disruption budget b needs 2 healthy pods and has 2 currently"}}})}}},
             {"code", 429}}));
  EXPECT_EQ(pods().size(), 2U);
  EXPECT_FALSE(pods().front()->deleting());
}

TEST_F(DisruptionBudgetsTest, ABudgetThatNobodyHasLookedAtYetAllowsNothing) {
  create_deployment(2);
  create(KindId::kPodDisruptionBudget, "web",
         {{"metadata", {{"name", "b"}}},
          {"spec", {{"minAvailable", 1}, {"selector", {{"matchLabels", {{"app", "x"}}}}}}}});
  const auto refused = operations_.evict(pods().front()->key());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, 429);
  EXPECT_EQ(refused.error().details["retryAfterSeconds"], Value(10));
  EXPECT_EQ(evict(pods().front()),
            fmt::format("429 {} The disruption budget b is still being processed by the server.", kWouldViolate));
  settle();
  EXPECT_EQ(evict(pods().front()), "");
}

TEST_F(DisruptionBudgetsTest, SeveralBudgetsOnAPodAreTooMany) {
  create_deployment(2);
  budget({{"minAvailable", 1}}, "a");
  budget({{"minAvailable", 1}}, "b");
  EXPECT_EQ(evict(pods().front()),
            "500 This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
  set_ready(pods().front(), false);
  EXPECT_EQ(last_event("Pod"), fmt::format("Warning MultiplePodDisruptionBudgets: Pod \"web\"/\"{}\" matches multiple "
                                           "PodDisruptionBudgets.  Chose \"a\" arbitrarily.",
                                           pods().front()->name()));
}

TEST_F(DisruptionBudgetsTest, PodsThatAreNotReadyGoWhileTheOthersSufficeOrAlways) {
  create_deployment(3);
  budget({{"minAvailable", 2}});
  set_ready(pods()[0], false);
  DeleteOptions dry;
  dry.dry_run = true;
  EXPECT_EQ(evict(pods()[0], dry), "");
  EXPECT_EQ(evict(pods()[1], dry),
            fmt::format("429 {} The disruption budget b needs 2 healthy pods and has 2 currently", kWouldViolate));
  set_ready(pods()[1], false);
  EXPECT_EQ(evict(pods()[0], dry),
            fmt::format("429 {} The disruption budget b needs 2 healthy pods and has 1 currently", kWouldViolate));
  patch({KindId::kPodDisruptionBudget, "web", "b"}, {{"spec", {{"unhealthyPodEvictionPolicy", "AlwaysAllow"}}}});
  EXPECT_EQ(evict(pods()[0], dry), "");
  EXPECT_EQ(evict(pods()[2], dry),
            fmt::format("429 {} The disruption budget b needs 2 healthy pods and has 1 currently", kWouldViolate));
}

TEST_F(DisruptionBudgetsTest, PodsThatDoNotRunYetAskNobody) {
  budget({{"minAvailable", 1}});
  create(KindId::kPod, "web",
         {{"metadata", {{"name", "p"}, {"labels", {{"app", "x"}}}}},
          {"spec",
           {{"nodeSelector", {{"no", "where"}}}, {"containers", Value::array({{{"name", "c"}, {"image", "i"}}})}}}});
  settle();
  EXPECT_EQ(evict(find(KindId::kPod, "p")), "");
  EXPECT_EQ(find(KindId::kPod, "p"), nullptr);
}

TEST_F(DisruptionBudgetsTest, AnEvictedPodThatStaysCountsAgainAfterTwoMinutes) {
  create_deployment(2);
  budget({{"minAvailable", 1}});
  const ObjectPtr pod = pods().front();
  const auto disrupted_since = [&](const char* time) {
    const ObjectPtr budget = find(KindId::kPodDisruptionBudget, "b");
    Value next = budget->value();
    next["status"]["disruptedPods"].set(pod->name()) = time;
    ASSERT_TRUE(operations_.write(budget, next, "somebody", "status"));
    settle();
  };
  disrupted_since("2001-09-09T01:44:40Z");
  EXPECT_EQ(status(), "allowed 0, 1 healthy of 1 desired, 2 expected: False InsufficientPods");
  disrupted_since("2001-09-09T01:44:39Z");
  EXPECT_EQ(status(), "allowed 1, 2 healthy of 1 desired, 2 expected: True SufficientPods");
  EXPECT_EQ(last_event("Pod"), "Warning NotDeleted: Pod was expected by PDB web/b to be deleted but it wasn't");
}

TEST_F(DisruptionBudgetsTest, LooksAgainWhetherAnEvictedPodHasGone) {
  create_deployment(2);
  budget({{"minAvailable", 1}});
  const DisruptionBudgets impatient(io_, operations_, recorder_, std::chrono::milliseconds(1));
  const ObjectPtr stored = find(KindId::kPodDisruptionBudget, "b");
  Value next = stored->value();
  next["status"]["disruptedPods"].set(pods().front()->name()) = "2001-09-09T01:44:40Z";
  ASSERT_TRUE(operations_.write(stored, next, "somebody", "status"));
  settle();
  EXPECT_EQ(status(), "allowed 0, 1 healthy of 1 desired, 2 expected: False InsufficientPods");
  wall_clock_ += std::chrono::seconds(1);
  io_.restart();
  while (status() != "allowed 1, 2 healthy of 1 desired, 2 expected: True SufficientPods")
    ASSERT_TRUE(io_.run_one()) << "nothing is waited for";
}

TEST_F(DisruptionBudgetsTest, AMapOfTooManyDisruptedPodsAllowsNothing) {
  create_deployment(2);
  budget({{"minAvailable", 0}});
  const ObjectPtr budget = find(KindId::kPodDisruptionBudget, "b");
  const auto with = [&](int count) {
    const ObjectPtr latest = find(KindId::kPodDisruptionBudget, "b");
    Value next = latest->value();
    for (int i = 0; i < count; ++i) next["status"]["disruptedPods"].set(fmt::format("p-{}", i)) = store_.now();
    ASSERT_TRUE(operations_.write(latest, next, "somebody", "status"));
  };
  DeleteOptions dry;
  dry.dry_run = true;
  with(2000);
  EXPECT_EQ(evict(pods().front(), dry), "");
  with(2001);
  EXPECT_EQ(evict(pods().front(), dry),
            "403 poddisruptionbudget.policy \"b\" is forbidden: DisruptedPods map too big - too many evictions not "
            "confirmed by PDB controller");
}

}  // namespace
}  // namespace plumbline::kube
