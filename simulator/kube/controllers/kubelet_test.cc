#include "simulator/kube/controllers/kubelet.h"

#include "simulator/kube/api/conditions.h"
#include "simulator/kube/controllers/fixture.h"

namespace plumbline::kube {
namespace {

class KubeletTest : public ControllersTest {
 protected:
  ObjectPtr create_pod(const char* name) {
    create(
        KindId::kPod, "web",
        {{"metadata", {{"name", name}}}, {"spec", {{"containers", Value::array({{{"name", "c"}, {"image", "i"}}})}}}});
    settle();
    return find(KindId::kPod, name);
  }
};

TEST_F(KubeletTest, GivesNodesInTurnAndReportsTheAddress) {
  const ObjectPtr a = create_pod("a"), b = create_pod("b");
  EXPECT_NE(a->text("spec.nodeName"), b->text("spec.nodeName"));
  EXPECT_EQ(a->value()["status"]["podIP"], "10.0.16.1");
  EXPECT_EQ(a->value()["status"]["hostIP"], "10.0.253.1");
  EXPECT_EQ(a->value()["status"]["phase"], "Running");
  EXPECT_TRUE(is_ready(*a));
}

TEST_F(KubeletTest, OwnsTheStatusThatItReportsAndNotTheBinding) {
  const ObjectPtr pod = create_pod("a");
  EXPECT_EQ(owners(*pod), "kubelet/status plumbline");
  const Value status = owned(*pod, "kubelet", "status")["f:status"];
  for (const char* field : {"f:phase", "f:podIP", "f:podIPs", "f:hostIP", "f:startTime", "f:containerStatuses"})
    EXPECT_TRUE(status.contains(field)) << field;
  EXPECT_TRUE(status["f:conditions"].contains(R"(k:{"type":"Ready"})"));
  EXPECT_FALSE(status["f:conditions"].contains(R"(k:{"type":"PodScheduled"})")) << "written with the binding";
  EXPECT_FALSE(owned(*pod, "plumbline").at("f:spec").contains("f:nodeName"));
}

TEST_F(KubeletTest, PodStaysPendingWithoutAFittingNode) {
  create(KindId::kPod, "web",
         {{"metadata", {{"name", "a"}}},
          {"spec",
           {{"nodeSelector", {{"disk", "ssd"}}}, {"containers", Value::array({{{"name", "c"}, {"image", "i"}}})}}}});
  settle();
  EXPECT_EQ(find(KindId::kPod, "a")->value()["status"]["phase"], "Pending");
  EXPECT_EQ(owners(*find(KindId::kPod, "a")), "kube-scheduler/status plumbline");
  EXPECT_TRUE(runtime_.running.empty());
}

TEST_F(KubeletTest, PodOfAnotherSchedulerWaitsForIt) {
  create(KindId::kPod, "web",
         {{"metadata", {{"name", "a"}}},
          {"spec", {{"schedulerName", "other"}, {"containers", Value::array({{{"name", "c"}, {"image", "i"}}})}}}});
  settle();
  EXPECT_EQ(find(KindId::kPod, "a")->text("spec.nodeName"), "");
  EXPECT_FALSE(find(KindId::kPod, "a")->value()["status"].contains("conditions"));
}

TEST_F(KubeletTest, ReadinessToldBeforeTheStartHolds) {
  create(KindId::kPod, "web",
         {{"metadata", {{"name", "a"}}}, {"spec", {{"containers", Value::array({{{"name", "c"}, {"image", "i"}}})}}}});
  ASSERT_TRUE(kubelet_.set_ready({KindId::kPod, "web", "a"}, false));
  settle();
  EXPECT_EQ(find(KindId::kPod, "a")->value()["status"]["phase"], "Running");
  EXPECT_FALSE(is_ready(*find(KindId::kPod, "a")));
  EXPECT_EQ(kubelet_.set_ready({KindId::kPod, "web", "b"}, false).error().code, 404);
}

TEST_F(KubeletTest, TerminationRemovesThePodWhenTheRuntimeSaysItIsGone) {
  runtime_.stops_at_once = false;
  const ObjectPtr pod = create_pod("a");
  remove(pod->key());
  ASSERT_TRUE(store_.find(pod->key()));
  ASSERT_TRUE(runtime_.terminating.contains(pod->uid()));
  runtime_.terminating[pod->uid()]();
  settle();
  EXPECT_FALSE(store_.find(pod->key()));
  EXPECT_FALSE(runtime_.removed.contains(pod->uid()));
}

TEST_F(KubeletTest, RemovalWithoutGraceTellsTheRuntime) {
  runtime_.stops_at_once = false;
  const ObjectPtr pod = create_pod("a");
  DeleteOptions at_once;
  at_once.grace_seconds = 0;
  ASSERT_TRUE(operations_.remove(pod->key(), at_once));
  settle();
  EXPECT_TRUE(runtime_.removed.contains(pod->uid()));
  EXPECT_TRUE(runtime_.terminating.empty());
}

TEST_F(KubeletTest, LateGoneOfAnEarlierPodOfThatNameDoesNothing) {
  runtime_.stops_at_once = false;
  const ObjectPtr first = create_pod("a");
  remove(first->key());
  DeleteOptions at_once;
  at_once.grace_seconds = 0;
  ASSERT_TRUE(operations_.remove(first->key(), at_once));
  const ObjectPtr second = create_pod("a");
  runtime_.terminating[first->uid()]();
  settle();
  ASSERT_TRUE(store_.find(second->key()));
  EXPECT_EQ(store_.find(second->key())->uid(), second->uid());
}

TEST_F(KubeletTest, PodThatOutlivesItsGraceIsKilled) {
  runtime_.stops_at_once = false;
  const ObjectPtr pod = create_pod("a");
  DeleteOptions soon;
  soon.grace_seconds = 1;
  ASSERT_TRUE(operations_.remove(pod->key(), soon));
  io_.restart();
  while (store_.find(pod->key()) && io_.run_one() > 0) {
  }
  EXPECT_TRUE(runtime_.removed.contains(pod->uid()));
}

TEST_F(ControllersTest, ReadinessGatesCount) {
  Value gated = deployment(1, "1");
  gated["spec"]["template"]["spec"]["readinessGates"] = Value::array({{{"conditionType", "example.com/gate"}}});
  create(KindId::kDeployment, "web", gated);
  settle();
  const auto condition = [&](const char* type) { return find_condition(pods()[0]->at("status"), type); };
  EXPECT_EQ(condition("ContainersReady")["status"], "True");
  EXPECT_EQ(condition("Ready")["status"], "False");
  EXPECT_EQ(condition("Ready")["reason"], "ReadinessGatesNotReady");
  const auto turn = [&](const char* status) {
    Value next = pods()[0]->value();
    put_condition(next["status"], {{"type", "example.com/gate"}, {"status", status}});
    ASSERT_TRUE(operations_.write(pods()[0], std::move(next), "test", "status"));
    settle();
  };
  turn("True");
  EXPECT_EQ(condition("Ready")["status"], "True");
  turn("False");
  EXPECT_EQ(condition("Ready")["status"], "False");
}

}  // namespace
}  // namespace plumbline::kube
