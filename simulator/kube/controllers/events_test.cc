// What controllers, scheduler and kubelets say of what they do, in the words of real ones.
#include <fmt/format.h>

#include "simulator/kube/controllers/fixture.h"

namespace plumbline::kube {
namespace {

class ControllersEvents : public ControllersTest {
 protected:
  using Lines = std::vector<std::string>;
  /// "Normal Reason by whom on node: words (xcount)" of the Events about objects of `kind`, in the order of their
  /// names.
  Lines told(std::string_view kind, const std::string& space = "web") {
    Lines lines;
    for (const ObjectPtr& event : store_.list(KindId::kEvent, space)) {
      if (event->at("involvedObject.kind") != kind) continue;
      const std::string_view host = event->text("source.host");
      const std::int64_t count = event->number("count");
      lines.push_back(fmt::format("{} {} by {}{}: {}{}", event->text("type"), event->text("reason"),
                                  event->text("reportingComponent"), host.empty() ? "" : fmt::format(" on {}", host),
                                  event->text("message"), count > 1 ? fmt::format(" (x{})", count) : ""));
    }
    return lines;
  }
  ObjectPtr create_pod(Value spec) {
    spec["containers"] = Value::array({{{"name", "c"}, {"image", "i"}}});
    create(KindId::kPod, "web", {{"metadata", {{"name", "p"}}}, {"spec", std::move(spec)}});
    settle();
    return find(KindId::kPod, "p");
  }
  static Value set(const char* name) {
    Value made = deployment(1, "1");
    made["metadata"]["name"] = name;
    return made;
  }
  void make_default_namespace() { create(KindId::kNamespace, "", {{"metadata", {{"name", "default"}}}}); }
};

TEST_F(ControllersEvents, DeploymentsTellHowTheyScale) {
  const ObjectPtr deployment = create_deployment(2);
  const std::string first = store_.list(KindId::kReplicaSet, "web").front()->name();
  patch(deployment->key(), {{"spec", {{"replicas", 1}}}});
  EXPECT_EQ(
      told("Deployment"),
      (Lines{
          fmt::format("Normal ScalingReplicaSet by deployment-controller: Scaled up replica set {} from 0 to 2", first),
          fmt::format("Normal ScalingReplicaSet by deployment-controller: Scaled down replica set {} from 2 to 1",
                      first)}));
}

TEST_F(ControllersEvents, ReplicaSetsTellOfTheirPods) {
  const ObjectPtr deployment = create_deployment(1);
  const std::string pod = pods().front()->name();
  patch(deployment->key(), {{"spec", {{"replicas", 0}}}});
  EXPECT_EQ(told("ReplicaSet"), (Lines{"Normal SuccessfulCreate by replicaset-controller: Created pod: " + pod,
                                       "Normal SuccessfulDelete by replicaset-controller: Deleted pod: " + pod}));
}

TEST_F(ControllersEvents, RefusedPodsAreToldOfInTheServersWords) {
  Value made = deployment(1, "1");
  made.reach("spec.template.spec.serviceAccountName") = "robot";
  create(KindId::kDeployment, "web", made);
  Value stateful = made;
  stateful["metadata"]["name"] = "s";
  stateful["spec"]["serviceName"] = "s";
  create(KindId::kStatefulSet, "web", stateful);
  settle();
  const Lines sets = told("ReplicaSet"), stateful_sets = told("StatefulSet");
  ASSERT_EQ(sets.size(), 1U);
  const std::string set_name = store_.list(KindId::kReplicaSet, "web").front()->name();
  EXPECT_TRUE(sets.front().starts_with(fmt::format(
      "Warning FailedCreate by replicaset-controller: Error creating: pods \"{}-\" is forbidden", set_name)))
      << sets.front();
  EXPECT_TRUE(sets.front().find("error looking up service account web/robot") != std::string::npos) << sets.front();
  ASSERT_EQ(stateful_sets.size(), 1U);
  EXPECT_TRUE(stateful_sets.front().starts_with(
      "Warning FailedCreate by statefulset-controller: create Pod s-0 in StatefulSet s failed error: pods \"s-0\" is"))
      << stateful_sets.front();
}

TEST_F(ControllersEvents, StatefulSetsNameThePodAndTheSet) {
  Value made = set("s");
  made["spec"]["serviceName"] = "s";
  const ObjectPtr set = create(KindId::kStatefulSet, "web", made);
  settle();
  patch(set->key(), {{"spec", {{"replicas", 0}}}});
  EXPECT_EQ(told("StatefulSet"),
            (Lines{"Normal SuccessfulCreate by statefulset-controller: create Pod s-0 in StatefulSet s successful",
                   "Normal SuccessfulDelete by statefulset-controller: delete Pod s-0 in StatefulSet s successful"}));
}

TEST_F(ControllersEvents, DaemonSetsTellOfTheirPodsWhichAreScheduled) {
  Value made = set("agent");
  made["spec"].erase("replicas");
  create(KindId::kDaemonSet, "web", made);
  settle();
  ASSERT_EQ(told("DaemonSet").size(), 2U);
  const std::string pod = pods().front()->name();
  const Lines sets = told("DaemonSet"), of_pods = told("Pod");
  EXPECT_EQ(
      std::count(sets.begin(), sets.end(), "Normal SuccessfulCreate by daemonset-controller: Created pod: " + pod), 1);
  EXPECT_EQ(std::count(of_pods.begin(), of_pods.end(),
                       fmt::format("Normal Scheduled by default-scheduler: Successfully assigned web/{} to {}", pod,
                                   pods().front()->text("spec.nodeName"))),
            1);
}

TEST_F(ControllersEvents, APodIsScheduledProbedAndKilled) {
  const ObjectPtr pod = create_pod({{"nodeName", "n1"}});
  EXPECT_EQ(told("Pod"), Lines{}) << "nobody had to choose a node";
  remove(pod->key());
  EXPECT_EQ(told("Pod"), Lines{"Normal Killing by kubelet on n1: Stopping container c"});
  create_pod(Value::object());
  ASSERT_TRUE(kubelet_.set_ready(pod->key(), false));
  ASSERT_TRUE(kubelet_.set_ready(pod->key(), true));
  ASSERT_TRUE(kubelet_.set_ready(pod->key(), false));
  EXPECT_EQ(told("Pod"),
            (Lines{"Normal Killing by kubelet on n1: Stopping container c",
                   "Normal Scheduled by default-scheduler: Successfully assigned web/p to n1",
                   "Warning Unhealthy by kubelet on n1: Readiness probe failed: HTTP probe failed with statuscode: 503 "
                   "(x2)"}));
  EXPECT_EQ(store_.list(KindId::kEvent, "web").back()->at("involvedObject.fieldPath"), "spec.containers{c}");
}

TEST_F(ControllersEvents, TheWordsOfAProbeAreThoseOfItsKind) {
  for (const auto& [probe, words] :
       {std::pair{"tcpSocket", "connect: connection refused"}, {"exec", "command failed"}}) {
    Value container{{"name", "c"}, {"image", "i"}};
    container["readinessProbe"][probe] =
        std::string_view(probe) == "exec" ? Value{{"command", Value::array({"true"})}} : Value{{"port", 80}};
    create(KindId::kPod, "web",
           {{"metadata", {{"name", probe == std::string_view("exec") ? "e" : "t"}}},
            {"spec", {{"containers", Value::array({container})}}}});
    settle();
    const std::string name = std::string_view(probe) == "exec" ? "e" : "t";
    ASSERT_TRUE(kubelet_.set_ready({KindId::kPod, "web", name}, false));
    bool found = false;
    for (const std::string& line : told("Pod")) found = found || line.ends_with(words);
    EXPECT_TRUE(found) << words;
  }
}

TEST_F(ControllersEvents, AReadyProbeSaysNothing) {
  const ObjectPtr pod = create_pod({{"nodeName", "n1"}});
  ASSERT_TRUE(kubelet_.set_ready(pod->key(), true));
  EXPECT_EQ(told("Pod"), Lines{});
}

TEST_F(ControllersEvents, WhyAPodFitsNowhereIsSaidOfEachNodeOnce) {
  patch({KindId::kNode, "", "n1"}, {{"spec", {{"unschedulable", true}}}});
  create_pod({{"nodeSelector", {{"disk", "ssd"}}}});
  const std::string why =
      "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) were unschedulable. no "
      "new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.";
  EXPECT_EQ(told("Pod"), Lines{"Warning FailedScheduling by default-scheduler: " + why});
  const Value condition = find(KindId::kPod, "p")->at("status.conditions").front();
  EXPECT_EQ(condition["message"], why);
  // A label that changes nothing brings no news; a taint does.
  patch({KindId::kPod, "web", "p"}, {{"metadata", {{"labels", {{"x", "y"}}}}}});
  EXPECT_EQ(told("Pod").size(), 1U);
  patch({KindId::kNode, "", "n2"},
        {{"spec", {{"taints", Value::array({{{"key", "k"}, {"value", "v"}, {"effect", "NoSchedule"}}})}}}});
  ASSERT_EQ(told("Pod").size(), 2U);
  EXPECT_NE(told("Pod").back().find(": 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable."),
            std::string::npos);
}

TEST_F(ControllersEvents, NodesComeTurnAndGo) {
  make_default_namespace();
  create(KindId::kNode, "", {{"metadata", {{"name", "n3"}}}});
  settle();
  EXPECT_EQ(told("Node", "default"),
            Lines{"Normal RegisteredNode by node-controller: Node n3 event: Registered Node n3 in Controller"});
  ASSERT_TRUE(nodes_.set_ready("n3", "True"));
  ASSERT_TRUE(nodes_.set_ready("n3", "False"));
  ASSERT_TRUE(nodes_.set_ready("n3", "True"));
  ASSERT_TRUE(nodes_.set_ready("n3", "Unknown"));
  patch({KindId::kNode, "", "n3"}, {{"spec", {{"unschedulable", true}}}});
  patch({KindId::kNode, "", "n3"}, {{"spec", {{"unschedulable", nullptr}}}});
  remove({KindId::kNode, "", "n3"});
  EXPECT_EQ(told("Node", "default"),
            (Lines{"Normal RegisteredNode by node-controller: Node n3 event: Registered Node n3 in Controller",
                   "Normal NodeReady by kubelet on n3: Node n3 status is now: NodeReady (x2)",
                   "Normal NodeNotReady by kubelet on n3: Node n3 status is now: NodeNotReady",
                   "Normal NodeNotReady by node-controller: Node n3 status is now: NodeNotReady (x2)",
                   "Normal NodeNotSchedulable by kubelet on n3: Node n3 status is now: NodeNotSchedulable",
                   "Normal NodeSchedulable by kubelet on n3: Node n3 status is now: NodeSchedulable",
                   "Normal RemovingNode by node-controller: Node n3 event: Removing Node n3 from Controller"}));
}

TEST_F(ControllersEvents, PodsOfALostNodeAreToldOfAndEvicted) {
  create_pod({{"nodeName", "n1"},
              {"tolerations", Value::array({{{"key", "node.kubernetes.io/unreachable"},
                                             {"operator", "Exists"},
                                             {"effect", "NoExecute"},
                                             {"tolerationSeconds", 600}}})}});
  ASSERT_TRUE(nodes_.set_ready("n1", "Unknown"));
  settle();
  EXPECT_EQ(told("Pod"), Lines{"Warning NodeNotReady by node-controller: Node is not ready"});
  ASSERT_TRUE(nodes_.set_ready("n1", "True"));
  settle();
  const std::string by = "Normal TaintManagerEviction by taint-eviction-controller: ";
  EXPECT_EQ(told("Pod").back(), by + "Cancelling deletion of Pod web/p");
  patch({KindId::kNode, "", "n1"}, {{"spec", {{"taints", Value::array({{{"key", "k"}, {"effect", "NoExecute"}}})}}}});
  while (find(KindId::kPod, "p")) io_.run_one();
  const Lines lines = told("Pod");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), by + "Marking for deletion Pod web/p"), 1);
}

TEST_F(ControllersEvents, LoadBalancersComeAndGoWithTheServicesType) {
  const ObjectPtr service = create(
      KindId::kService, "web",
      {{"metadata", {{"name", "s"}}}, {"spec", {{"type", "ClusterIP"}, {"ports", Value::array({{{"port", 80}}})}}}});
  EXPECT_EQ(told("Service"), Lines{});
  patch(service->key(), {{"spec", {{"type", "LoadBalancer"}}}});
  patch(service->key(), {{"metadata", {{"labels", {{"a", "b"}}}}}});
  remove(service->key());
  const std::string by = " by service-controller: ";
  EXPECT_EQ(told("Service"), (Lines{"Normal Type" + by + "ClusterIP -> LoadBalancer",
                                    "Normal EnsuringLoadBalancer" + by + "Ensuring load balancer",
                                    "Normal EnsuredLoadBalancer" + by + "Ensured load balancer",
                                    "Normal DeletingLoadBalancer" + by + "Deleting load balancer",
                                    "Normal DeletedLoadBalancer" + by + "Deleted load balancer"}));
}

}  // namespace
}  // namespace plumbline::kube
