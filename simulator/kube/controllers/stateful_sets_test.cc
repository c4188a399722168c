#include <gmock/gmock.h>

#include "simulator/kube/controllers/fixture.h"

namespace plumbline::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class StatefulSetsTest : public ControllersTest {
 protected:
  void create_set(int replicas, const Value& more = Value::object()) {
    Value spec = deployment(replicas, "1")["spec"];
    spec["serviceName"] = "peers";
    for (const Member& field : more.fields()) spec.set(field.name()) = field.value;
    create(KindId::kStatefulSet, "web", {{"metadata", {{"name", "db"}}}, {"spec", spec}});
    settle();
  }
  std::vector<std::string> names() {
    std::vector<std::string> found;
    for (const ObjectPtr& pod : pods()) found.push_back(pod->name());
    return found;
  }
  ObjectPtr set() { return find(KindId::kStatefulSet, "db"); }
  void roll_to(const char* image) {
    Value containers = set()->at("spec.template.spec.containers");
    containers.item(0)["image"] = image;
    patch({KindId::kStatefulSet, "web", "db"}, {{"spec", {{"template", {{"spec", {{"containers", containers}}}}}}}});
  }
  static std::string image(const Object& pod) { return pod.at("spec.containers").front()["image"].string(); }
};

TEST_F(StatefulSetsTest, PodsHaveNamesOfTheirOwn) {
  create_set(3);
  EXPECT_THAT(names(), ElementsAre("db-0", "db-1", "db-2"));
  const ObjectPtr pod = pods()[1];
  EXPECT_EQ(pod->at("spec.hostname"), "db-1");
  EXPECT_EQ(pod->at("spec.subdomain"), "peers");
  EXPECT_EQ(pod->labels()["statefulset.kubernetes.io/pod-name"], "db-1");
  EXPECT_EQ(pod->labels()["apps.kubernetes.io/pod-index"], "1");
  EXPECT_EQ(pod->controller()["kind"], "StatefulSet");
  const ObjectPtr revision = find(KindId::kControllerRevision, set()->at("status.updateRevision").string().c_str());
  ASSERT_NE(revision, nullptr);
  EXPECT_EQ(pod->labels()["controller-revision-hash"], revision->labels()["controller-revision-hash"]);
  EXPECT_EQ(set()->at("status.readyReplicas").integer(), 3);
  EXPECT_EQ(set()->at("status.currentRevision"), revision->name());
}

TEST_F(StatefulSetsTest, TheNextWaitsUntilTheOneBeforeServes) {
  ASSERT_TRUE(kubelet_.set_ready({KindId::kPod, "web", "db-0"}, false).has_error());
  create_set(1);
  ASSERT_TRUE(kubelet_.set_ready({KindId::kPod, "web", "db-0"}, false));
  settle();
  patch({KindId::kStatefulSet, "web", "db"}, {{"spec", {{"replicas", 3}}}});
  EXPECT_THAT(names(), ElementsAre("db-0"));
  ASSERT_TRUE(kubelet_.set_ready({KindId::kPod, "web", "db-0"}, true));
  settle();
  EXPECT_THAT(names(), ElementsAre("db-0", "db-1", "db-2"));
}

TEST_F(StatefulSetsTest, InParallelNobodyWaits) {
  create_set(1, {{"podManagementPolicy", "Parallel"}});
  ASSERT_TRUE(kubelet_.set_ready({KindId::kPod, "web", "db-0"}, false));
  settle();
  patch({KindId::kStatefulSet, "web", "db"}, {{"spec", {{"replicas", 3}}}});
  EXPECT_THAT(names(), SizeIs(3));
}

TEST_F(StatefulSetsTest, TheHighestGoesFirstOneAtATime) {
  create_set(3);
  runtime_.stops_at_once = false;
  patch({KindId::kStatefulSet, "web", "db"}, {{"spec", {{"replicas", 1}}}});
  ASSERT_THAT(runtime_.terminating, SizeIs(1));
  EXPECT_TRUE(store_.find(KindId::kPod, "web", "db-2")->deleting());
  EXPECT_FALSE(store_.find(KindId::kPod, "web", "db-1")->deleting());
  const auto stop = runtime_.terminating.begin()->second;
  runtime_.terminating.clear();
  runtime_.stops_at_once = true;
  stop();
  settle();
  EXPECT_THAT(names(), ElementsAre("db-0"));
}

TEST_F(StatefulSetsTest, ANewTemplateRollsDownToThePartition) {
  create_set(3, {{"updateStrategy", {{"type", "RollingUpdate"}, {"rollingUpdate", {{"partition", 1}}}}}});
  roll_to("i:2");
  EXPECT_EQ(image(*store_.find(KindId::kPod, "web", "db-0")), "i:1");
  EXPECT_EQ(image(*store_.find(KindId::kPod, "web", "db-1")), "i:2");
  EXPECT_EQ(image(*store_.find(KindId::kPod, "web", "db-2")), "i:2");
  EXPECT_EQ(set()->at("status.updatedReplicas").integer(), 2);
  EXPECT_NE(set()->at("status.currentRevision"), set()->at("status.updateRevision"));
  // What is below it stays old, even when it has to be made again.
  remove({KindId::kPod, "web", "db-0"});
  EXPECT_EQ(image(*store_.find(KindId::kPod, "web", "db-0")), "i:1");
  patch({KindId::kStatefulSet, "web", "db"}, {{"spec", {{"updateStrategy", {{"rollingUpdate", {{"partition", 0}}}}}}}});
  EXPECT_EQ(image(*store_.find(KindId::kPod, "web", "db-0")), "i:2");
  EXPECT_EQ(set()->at("status.currentRevision"), set()->at("status.updateRevision"));
}

TEST_F(StatefulSetsTest, ARollStopsWhereAPodDoesNotServe) {
  create_set(2);
  ASSERT_TRUE(kubelet_.set_ready({KindId::kPod, "web", "db-1"}, false));
  settle();
  roll_to("i:2");
  EXPECT_EQ(image(*store_.find(KindId::kPod, "web", "db-0")), "i:1") << "db-1 is not ready: OrderedReady waits";
}

TEST_F(StatefulSetsTest, RevisionsAreKeptAndCanComeBack) {
  create_set(1, {{"revisionHistoryLimit", 1}});
  const std::string first = set()->at("status.updateRevision").string();
  roll_to("i:2");
  roll_to("i:1");
  EXPECT_EQ(set()->at("status.updateRevision"), first);
  EXPECT_EQ(find(KindId::kControllerRevision, first.c_str())->number("revision"), 3);
  roll_to("i:3");
  roll_to("i:4");
  EXPECT_THAT(store_.list(KindId::kControllerRevision, "web"), SizeIs(2));
}

class DaemonSetsTest : public ControllersTest {
 protected:
  void create_set(const Value& pod_spec = Value::object()) {
    Value spec = deployment(1, "1")["spec"];
    spec.erase("replicas");
    for (const Member& field : pod_spec.fields()) spec["template"]["spec"].set(field.name()) = field.value;
    create(KindId::kDaemonSet, "web", {{"metadata", {{"name", "agent"}}}, {"spec", spec}});
    settle();
  }
  std::vector<std::string> nodes_of_pods() {
    std::vector<std::string> found;
    for (const ObjectPtr& pod : pods()) found.push_back(pod->at("spec.nodeName").string());
    std::sort(found.begin(), found.end());
    return found;
  }
  ObjectPtr set() { return find(KindId::kDaemonSet, "agent"); }
};

TEST_F(DaemonSetsTest, EveryNodeHasOne) {
  create_set();
  EXPECT_THAT(nodes_of_pods(), ElementsAre("n1", "n2"));
  create(KindId::kNode, "", {{"metadata", {{"name", "n3"}}}});
  settle();
  EXPECT_THAT(nodes_of_pods(), ElementsAre("n1", "n2", "n3"));
  EXPECT_EQ(set()->at("status.numberReady").integer(), 3);
  EXPECT_EQ(set()->at("status.desiredNumberScheduled").integer(), 3);
  remove(pods()[0]->key());
  EXPECT_THAT(nodes_of_pods(), ElementsAre("n1", "n2", "n3"));
  remove({KindId::kNode, "", "n3"});
  EXPECT_THAT(nodes_of_pods(), ElementsAre("n1", "n2"));
}

TEST_F(DaemonSetsTest, NodesAreChosenByLabelsAndTaints) {
  patch({KindId::kNode, "", "n1"}, {{"metadata", {{"labels", {{"disk", "ssd"}}}}}});
  create_set({{"nodeSelector", {{"disk", "ssd"}}}});
  EXPECT_THAT(nodes_of_pods(), ElementsAre("n1"));
  patch({KindId::kNode, "", "n2"}, {{"metadata", {{"labels", {{"disk", "ssd"}}}}}});
  EXPECT_THAT(nodes_of_pods(), ElementsAre("n1", "n2"));
  patch({KindId::kNode, "", "n2"}, {{"spec", {{"taints", Value::array({{{"key", "k"}, {"effect", "NoSchedule"}}})}}}});
  EXPECT_THAT(nodes_of_pods(), ElementsAre("n1"));
}

TEST_F(DaemonSetsTest, ANewTemplateRollsOneNodeAfterTheOther) {
  create_set();
  runtime_.stops_at_once = false;
  patch({KindId::kDaemonSet, "web", "agent"},
        {{"spec", {{"template", {{"spec", {{"containers", Value::array({{{"name", "c"}, {"image", "i:2"}}})}}}}}}}});
  EXPECT_THAT(runtime_.terminating, SizeIs(1));
  runtime_.stops_at_once = true;
  const auto stop = runtime_.terminating.begin()->second;
  stop();
  settle();
  EXPECT_EQ(set()->at("status.updatedNumberScheduled").integer(), 2);
  EXPECT_THAT(nodes_of_pods(), ElementsAre("n1", "n2"));
}

class NodesTest : public ControllersTest {};

TEST_F(NodesTest, PodsOfALostNodeAreNotReadyAndComeBackWithIt) {
  create_deployment(2);
  create(KindId::kService, "web",
         {{"metadata", {{"name", "s"}}},
          {"spec", {{"selector", {{"app", "x"}}}, {"ports", Value::array({{{"port", 80}, {"targetPort", "http"}}})}}}});
  settle();
  ASSERT_TRUE(nodes_.set_ready("n1", "Unknown"));
  settle();
  const ObjectPtr node = store_.find(KindId::kNode, "", "n1");
  ASSERT_EQ(node->at("spec.taints").size(), 2U);
  EXPECT_EQ(node->at("spec.taints").front()["key"], "node.kubernetes.io/unreachable");
  for (const ObjectPtr& pod : pods()) EXPECT_EQ(is_ready(*pod), pod->at("spec.nodeName") != "n1") << pod->name();
  const ObjectPtr endpoints = find(KindId::kEndpoints, "s");
  EXPECT_EQ(endpoints->at("subsets").front()["addresses"].size(), 1U);
  EXPECT_EQ(endpoints->at("subsets").front()["notReadyAddresses"].size(), 1U);
  ASSERT_TRUE(nodes_.set_ready("n1", "True"));
  settle();
  EXPECT_TRUE(store_.find(KindId::kNode, "", "n1")->at("spec.taints").is_null());
  for (const ObjectPtr& pod : pods()) EXPECT_TRUE(is_ready(*pod)) << pod->name();
  EXPECT_EQ(find(KindId::kEndpoints, "s")->at("subsets").front()["addresses"].size(), 2U);
}

TEST_F(NodesTest, PodsLeaveWhenTheirTolerationEnds) {
  Value impatient = deployment(1, "1");
  impatient["spec"]["template"]["spec"]["tolerations"] = Value::array({{{"key", "node.kubernetes.io/unreachable"},
                                                                        {"operator", "Exists"},
                                                                        {"effect", "NoExecute"},
                                                                        {"tolerationSeconds", 0}}});
  impatient["spec"]["template"]["spec"]["nodeSelector"] = Value{{"kubernetes.io/hostname", "n1"}};
  patch({KindId::kNode, "", "n1"}, {{"metadata", {{"labels", {{"kubernetes.io/hostname", "n1"}}}}}});
  create(KindId::kDeployment, "web", impatient);
  settle();
  ASSERT_THAT(pods(), SizeIs(1));
  const std::string name = pods()[0]->name();
  ASSERT_TRUE(nodes_.set_ready("n1", "Unknown"));
  settle();
  ASSERT_THAT(pods(), SizeIs(2)) << "nobody on the lost node sees its end through";
  for (const ObjectPtr& pod : pods()) {
    EXPECT_EQ(pod->deleting(), pod->name() == name);
    if (pod->name() == name) continue;
    EXPECT_EQ(pod->text("spec.nodeName"), "") << "the only node that it may be on is tainted";
  }
  ASSERT_TRUE(nodes_.set_ready("n1", "True"));
  settle();
  ASSERT_THAT(pods(), SizeIs(1));
  EXPECT_EQ(pods()[0]->text("spec.nodeName"), "n1");
  EXPECT_TRUE(is_ready(*pods()[0]));
}

TEST_F(NodesTest, PodsGoWithTheirNode) {
  create_deployment(2);
  remove({KindId::kNode, "", "n1"});
  ASSERT_THAT(pods(), SizeIs(2));
  for (const ObjectPtr& pod : pods()) EXPECT_EQ(pod->at("spec.nodeName"), "n2");
}

TEST_F(NodesTest, UnknownNodesAndWordsAreRefused) {
  EXPECT_EQ(nodes_.set_ready("n9", "True").error().code, 404);
  EXPECT_EQ(nodes_.set_ready("n1", "yes").error().code, 400);
}

TEST_F(NodesTest, PodsThatWaitForANodeGetTheNextOne) {
  for (const char* node : {"n1", "n2"}) patch({KindId::kNode, "", node}, {{"spec", {{"unschedulable", true}}}});
  create_deployment(1);
  EXPECT_EQ(pods()[0]->text("spec.nodeName"), "");
  patch({KindId::kNode, "", "n2"}, {{"spec", {{"unschedulable", false}}}});
  EXPECT_EQ(pods()[0]->text("spec.nodeName"), "n2");
}

TEST_F(NodesTest, CordonedNodesGetNoNewPods) {
  patch({KindId::kNode, "", "n1"}, {{"spec", {{"unschedulable", true}}}});
  create_deployment(4);
  for (const ObjectPtr& pod : pods()) EXPECT_EQ(pod->at("spec.nodeName"), "n2");
}

}  // namespace
}  // namespace plumbline::kube
