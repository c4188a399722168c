#include <gmock/gmock.h>

#include <set>

#include "simulator/kube/controllers/fixture.h"

namespace plumbline::kube {
namespace {

using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class EndpointSlicesTest : public ControllersTest {
 protected:
  std::vector<ObjectPtr> slices() { return store_.list(KindId::kEndpointSlice, "web"); }
  static std::vector<std::string> addresses(const Object& slice) {
    std::vector<std::string> found;
    for (const Value& endpoint : slice.at("endpoints")) found.push_back(endpoint["addresses"].front().string());
    return found;
  }
  std::multiset<std::size_t> sizes() {
    std::multiset<std::size_t> found;
    for (const ObjectPtr& slice : slices()) found.insert(slice->at("endpoints").size());
    return found;
  }
  void create_service(Value spec) {
    create(KindId::kService, "web",
           {{"metadata", {{"name", "s"}, {"labels", {{"team", "a"}}}}}, {"spec", std::move(spec)}});
    settle();
  }
  static Value spec(std::string_view target = "http") {
    return {{"selector", {{"app", "x"}}}, {"ports", Value::array({{{"port", 80}, {"targetPort", target}}})}};
  }
};

TEST_F(EndpointSlicesTest, ASliceSaysWhoServesAndWhere) {
  create_deployment(2);
  create_service(spec());
  ASSERT_THAT(slices(), SizeIs(1));
  const Object& slice = *slices()[0];
  EXPECT_EQ(slice.labels(), (Value{{"endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io"},
                                   {"kubernetes.io/service-name", "s"},
                                   {"team", "a"}}));
  EXPECT_EQ(slice.at("addressType"), "IPv4");
  EXPECT_EQ(slice.at("ports"), Value::array({{{"name", ""}, {"port", 80}, {"protocol", "TCP"}}}));
  EXPECT_EQ(slice.controller()["kind"], "Service");
  ASSERT_EQ(slice.at("endpoints").size(), 2U);
  const ObjectPtr pod = pods()[0];
  for (const Value& endpoint : slice.at("endpoints")) {
    if (endpoint.at("targetRef.name") != pod->name()) continue;
    EXPECT_EQ(endpoint["addresses"], Value::array({pod->at("status.podIP")}));
    EXPECT_EQ(endpoint["conditions"], (Value{{"ready", true}, {"serving", true}, {"terminating", false}}));
    EXPECT_EQ(endpoint["nodeName"], pod->at("spec.nodeName"));
    EXPECT_EQ(endpoint.at("targetRef.uid"), pod->uid());
    return;
  }
  FAIL() << pod->name() << " is not there";
}

TEST_F(EndpointSlicesTest, AHundredFitInASliceAndAPodKeepsItsOwn) {
  create_deployment(250);
  create_service(spec());
  EXPECT_EQ(sizes(), (std::multiset<std::size_t>{50, 100, 100}));
  std::map<std::string, std::vector<std::string>> before;
  for (const ObjectPtr& slice : slices()) before[slice->name()] = addresses(*slice);
  const ObjectPtr victim = pods()[0];
  remove(victim->key());
  int changed = 0;
  for (const ObjectPtr& slice : slices()) changed += before[slice->name()] != addresses(*slice) ? 1 : 0;
  EXPECT_LE(changed, 2) << "the slice that lost one, and the one that got its successor";
  EXPECT_EQ(sizes(), (std::multiset<std::size_t>{50, 100, 100}));
}

TEST_F(EndpointSlicesTest, NobodyIsSaidToo) {
  create_service(spec());
  ASSERT_THAT(slices(), SizeIs(1));
  const std::string name = slices()[0]->name();
  EXPECT_TRUE(slices()[0]->at("endpoints").is_null());
  create_deployment(1);
  ASSERT_THAT(slices(), SizeIs(1));
  EXPECT_EQ(slices()[0]->name(), name);
  EXPECT_EQ(slices()[0]->at("endpoints").size(), 1U);
  patch({KindId::kDeployment, "web", "d"}, {{"spec", {{"replicas", 0}}}});
  EXPECT_THAT(slices(), SizeIs(1));
}

TEST_F(EndpointSlicesTest, ATerminatingPodServesButIsNotReady) {
  create_deployment(1);
  create_service(spec());
  runtime_.stops_at_once = false;
  remove(pods()[0]->key());
  bool seen = false;
  for (const Value& endpoint : slices()[0]->at("endpoints"))
    if (endpoint.at("conditions.terminating").boolean()) {
      seen = true;
      EXPECT_EQ(endpoint["conditions"], (Value{{"ready", false}, {"serving", true}, {"terminating", true}}));
    }
  EXPECT_TRUE(seen);
}

TEST_F(EndpointSlicesTest, NotReadyPodsAreListedAndPublishedWhereAsked) {
  create_deployment(1);
  create_service(spec());
  ASSERT_TRUE(kubelet_.set_ready(pods()[0]->key(), false));
  settle();
  EXPECT_EQ(slices()[0]->at("endpoints").front()["conditions"],
            (Value{{"ready", false}, {"serving", false}, {"terminating", false}}));
  patch({KindId::kService, "web", "s"}, {{"spec", {{"publishNotReadyAddresses", true}}}});
  EXPECT_EQ(slices()[0]->at("endpoints").front()["conditions"],
            (Value{{"ready", true}, {"serving", false}, {"terminating", false}}));
}

TEST_F(EndpointSlicesTest, PodsOfOtherPortsHaveSlicesOfTheirOwn) {
  create_deployment(2);
  create_service(spec());
  Value other = pods()[0]->value();
  create(
      KindId::kPod, "web",
      {{"metadata", {{"name", "odd"}, {"labels", {{"app", "x"}}}}},
       {"spec",
        {{"containers", Value::array({{{"name", "c"},
                                       {"image", "i"},
                                       {"ports", Value::array({{{"name", "http"}, {"containerPort", 8080}}})}}})}}}});
  settle();
  EXPECT_EQ(sizes(), (std::multiset<std::size_t>{1, 2}));
}

TEST_F(EndpointSlicesTest, TheyGoWithTheirServiceAndComeBackWhenSomebodyTakesThemAway) {
  create_deployment(1);
  create_service(spec());
  remove(slices()[0]->key());
  EXPECT_THAT(slices(), SizeIs(1));
  remove({KindId::kService, "web", "s"});
  EXPECT_THAT(slices(), SizeIs(0));
}

TEST_F(EndpointSlicesTest, PodsOfAServiceThatNamesThemHaveHostnames) {
  Value set = deployment(1, "1");
  set["metadata"]["name"] = "db";
  set["spec"]["serviceName"] = "s";
  create(KindId::kStatefulSet, "web", set);
  create_service(spec());
  EXPECT_EQ(slices()[0]->at("endpoints").front()["hostname"], "db-0");
  EXPECT_EQ(find(KindId::kEndpoints, "s")->at("subsets").front()["addresses"].front()["hostname"], "db-0");
  remove({KindId::kEndpoints, "web", "s"});
  EXPECT_NE(find(KindId::kEndpoints, "s"), nullptr) << "they are made again";
}

TEST_F(EndpointSlicesTest, HandMadeEndpointsAreMirrored) {
  create_service({{"ports", Value::array({{{"port", 80}}})}});
  create(KindId::kEndpoints, "web",
         {{"metadata", {{"name", "s"}}},
          {"subsets", Value::array({{{"addresses", Value::array({{{"ip", "10.1.1.1"}}})},
                                     {"notReadyAddresses", Value::array({{{"ip", "10.1.1.2"}}})},
                                     {"ports", Value::array({{{"port", 81}, {"protocol", "TCP"}}})}}})}});
  settle();
  ASSERT_THAT(slices(), SizeIs(1));
  const Object& slice = *slices()[0];
  EXPECT_EQ(slice.labels()["endpointslice.kubernetes.io/managed-by"], "endpointslicemirroring-controller.k8s.io");
  EXPECT_THAT(addresses(slice), UnorderedElementsAre("10.1.1.1", "10.1.1.2"));
  EXPECT_EQ(slice.at("ports"), Value::array({{{"name", ""}, {"port", 81}, {"protocol", "TCP"}}}));
  EXPECT_EQ(slice.controller()["kind"], "Endpoints");
  patch({KindId::kEndpoints, "web", "s"},
        {{"metadata", {{"labels", {{"endpointslice.kubernetes.io/skip-mirror", "true"}}}}}});
  EXPECT_THAT(slices(), SizeIs(0));
}

TEST_F(EndpointSlicesTest, WhatControllersWriteIsNotMirrored) {
  create_deployment(1);
  create_service(spec());
  ASSERT_NE(find(KindId::kEndpoints, "s"), nullptr);
  EXPECT_THAT(slices(), SizeIs(1));
}

}  // namespace
}  // namespace plumbline::kube
