#include "simulator/kube/controllers/endpoints.h"

#include "simulator/kube/controllers/fixture.h"

namespace plumbline::kube {
namespace {

class EndpointsTest : public ControllersTest {
 protected:
  void create_service(const Value& extra = Value::object()) {
    Value service{
        {"metadata", {{"name", "s"}}},
        {"spec", {{"selector", {{"app", "x"}}}, {"ports", Value::array({{{"port", 8000}, {"targetPort", "http"}}})}}}};
    merge_patch(service, extra);
    create(KindId::kService, "web", service);
    settle();
  }
  std::vector<std::string> addresses(const char* field = "addresses") {
    std::vector<std::string> found;
    const ObjectPtr endpoints = find(KindId::kEndpoints, "s");
    if (!endpoints || !endpoints->value().contains("subsets")) return found;
    for (const Value& subset : endpoints->value()["subsets"])
      if (subset.contains(field))
        for (const Value& address : subset[field]) found.push_back(address["ip"].string());
    return found;
  }
  Value subsets() { return find(KindId::kEndpoints, "s")->at("subsets"); }
};

TEST_F(EndpointsTest, ListReadyPodsWithTheResolvedPort) {
  create_service();
  create_deployment(2);
  EXPECT_EQ(addresses().size(), 2U);
  EXPECT_EQ(subsets().front()["ports"].front()["port"], Value(80));
  const Value reference = subsets().front()["addresses"].front()["targetRef"];
  EXPECT_EQ(reference["uid"], find(KindId::kPod, reference["name"].string().c_str())->uid());
}

TEST_F(EndpointsTest, BelongToTheControllerManager) {
  create_deployment(1);
  create_service();
  ASSERT_TRUE(kubelet_.set_ready(pods()[0]->key(), false));
  settle();
  EXPECT_EQ(owners(*find(KindId::kEndpoints, "s")), "kube-controller-manager");
  EXPECT_TRUE(owned(*find(KindId::kEndpoints, "s"), "kube-controller-manager").contains("f:subsets"));
}

TEST_F(EndpointsTest, FollowReadiness) {
  create_service();
  create_deployment(2);
  const ObjectPtr pod = pods()[0];
  ASSERT_TRUE(kubelet_.set_ready(pod->key(), false));
  settle();
  EXPECT_EQ(addresses().size(), 1U);
  EXPECT_EQ(addresses("notReadyAddresses"), std::vector<std::string>{std::string(pod->text("status.podIP"))});
  ASSERT_TRUE(kubelet_.set_ready(pod->key(), true));
  settle();
  EXPECT_EQ(addresses().size(), 2U);
  EXPECT_TRUE(addresses("notReadyAddresses").empty());
}

TEST_F(EndpointsTest, PublishNotReadyAddressesMakesEveryPodReady) {
  create_service({{"spec", {{"publishNotReadyAddresses", true}}}});
  create_deployment(2);
  ASSERT_TRUE(kubelet_.set_ready(pods()[0]->key(), false));
  settle();
  EXPECT_EQ(addresses().size(), 2U);
}

TEST_F(EndpointsTest, LeaveOutTerminatingPods) {
  runtime_.stops_at_once = false;
  create_service();
  create_deployment(2);
  const ObjectPtr pod = pods()[0];
  remove(pod->key());
  ASSERT_TRUE(store_.find(pod->key()));
  EXPECT_EQ(addresses().size(), 2U);  // the other one and its replacement
  for (const std::string& address : addresses()) EXPECT_NE(address, pod->text("status.podIP"));
}

TEST_F(EndpointsTest, FollowLabelsOfPodsAndSelectorsOfServices) {
  create_service();
  create_deployment(2);
  patch(pods()[0]->key(), {{"metadata", {{"labels", {{"version", "9"}}}}}});
  patch({KindId::kService, "web", "s"}, {{"spec", {{"selector", {{"version", "9"}}}}}});
  EXPECT_EQ(addresses().size(), 1U);
  patch(pods("version=9")[0]->key(), {{"metadata", {{"labels", {{"version", "1"}}}}}});
  EXPECT_TRUE(addresses().empty());
}

TEST_F(EndpointsTest, ResolveNamedPortsPodByPod) {
  create_service();
  create_deployment(1);
  Value other = deployment(1, "2");
  other["metadata"]["name"] = "e";
  other["spec"]["selector"]["matchLabels"]["version"] = "2";
  other["spec"]["template"]["spec"]["containers"].item(0)["ports"].item(0)["containerPort"] = 8080;
  create(KindId::kDeployment, "web", other);
  settle();
  ASSERT_EQ(subsets().size(), 2U);
  EXPECT_EQ(subsets().front()["ports"].front()["port"], Value(80));
  EXPECT_EQ(subsets()[1]["ports"].front()["port"], Value(8080));
}

TEST_F(EndpointsTest, LeaveOutPodsWithoutTheNamedPort) {
  create_service({{"spec", {{"ports", Value::array({{{"port", 1}, {"targetPort", "grpc"}}})}}}});
  create_deployment(1);
  EXPECT_TRUE(addresses().empty());
}

TEST_F(EndpointsTest, AreLeftAloneWithoutASelector) {
  create(KindId::kService, "web",
         {{"metadata", {{"name", "s"}}}, {"spec", {{"ports", Value::array({{{"port", 1}}})}}}});
  create(KindId::kEndpoints, "web",
         {{"metadata", {{"name", "s"}}},
          {"subsets", Value::array({{{"addresses", Value::array({{{"ip", "10.9.9.9"}}})}}})}});
  settle();
  create_deployment(1);
  EXPECT_EQ(addresses(), std::vector<std::string>{"10.9.9.9"});
}

TEST_F(EndpointsTest, GoWithTheirService) {
  create_service();
  create_deployment(1);
  remove({KindId::kService, "web", "s"});
  EXPECT_FALSE(find(KindId::kEndpoints, "s"));
}

TEST_F(EndpointsTest, StopAtTheLimitOfKubernetesAndSayIt) {
  create_service();
  create_deployment(static_cast<int>(kEndpointsAddressesMax));
  settle_after_rest();
  const auto over_capacity = [this] {
    return find(KindId::kEndpoints, "s")->annotations().contains("endpoints.kubernetes.io/over-capacity");
  };
  EXPECT_EQ(addresses().size(), kEndpointsAddressesMax);
  EXPECT_FALSE(over_capacity());
  patch({KindId::kDeployment, "web", "d"}, {{"spec", {{"replicas", kEndpointsAddressesMax + 1}}}});
  settle_after_rest();
  EXPECT_EQ(pods().size(), kEndpointsAddressesMax + 1);
  EXPECT_EQ(addresses().size(), kEndpointsAddressesMax);
  EXPECT_TRUE(over_capacity());
}

}  // namespace
}  // namespace plumbline::kube
