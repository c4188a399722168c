#include "reference/core/selection/selection.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>

namespace plumbline::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Selection : public testing::Test {
 protected:
  Selection() {
    service_.name = {"web", "httpbin"};
    service_.selector = {{"app", "httpbin"}};
    service_.ports = {{"http", 8000, std::uint16_t{80}, 0}, {"admin", 9000, std::string("admin"), 0}};
    row_.service = {ClusterId("cls-1"), "web", "httpbin"};
    row_.port = Port{8000};
    scope_.pods = Cidr::parse("10.0.16.0/20");
    scope_.services = Cidr::parse("10.0.240.0/22");
  }

  PodObject& pod(const std::string& name, const std::string& space = "web") {
    PodObject& made = pods_.emplace_back();
    made.name = {space, name};
    made.uid = "uid-" + space + "-" + name;
    made.labels = {{"app", "httpbin"}};
    made.address = fmt::format("10.0.16.{}", pods_.size());
    made.ready = true;
    return made;
  }

  std::vector<std::string> names() {
    state_.put(service_);
    for (const PodObject& each : pods_) state_.put(each);
    std::vector<std::string> found;
    for (const Endpoint& node : policy_.nodes(row_, {ClusterId("cls-1"), &state_, scope_}, {})) {
      found.push_back(fmt::format("{}:{}", node.pod.name, node.port));
    }
    return found;
  }

  SelectionPolicy policy_;
  ServiceObject service_;
  TunnelService row_;
  PodScope scope_;
  ClusterState state_;
  std::deque<PodObject> pods_;
};

TEST_F(Selection, TakesEveryPodOfTheSelectorWhateverItsVersion) {
  pod("a").labels["version"] = "1";
  pod("b").labels["version"] = "2";
  pod("c").labels = {{"app", "other"}};
  EXPECT_THAT(names(), ElementsAre("a:80", "b:80"));
}

TEST_F(Selection, AdditionalLabelsMustAllBeCarried) {
  row_.labels = {{"version", "2"}, {"zone", "x"}};
  pod("a").labels = {{"app", "httpbin"}, {"version", "2"}};
  pod("b").labels = {{"app", "httpbin"}, {"version", "2"}, {"zone", "x"}};
  EXPECT_THAT(names(), ElementsAre("b:80"));
}

TEST_F(Selection, SelectorsValueWinsOverAnAdditionalLabel) {
  row_.labels = {{"app", "other"}};
  pod("a");
  pod("b").labels = {{"app", "other"}};
  EXPECT_THAT(names(), ElementsAre("a:80"));
}

TEST_F(Selection, OtherNamespacesAreNotLookedAt) {
  pod("a");
  pod("b", "elsewhere");
  EXPECT_THAT(names(), ElementsAre("a:80"));
}

TEST_F(Selection, NotReadyTerminatingFinishedAndAddresslessPodsAreNoNodes) {
  pod("not-ready").ready = false;
  pod("terminating").terminating = true;
  pod("finished").finished = true;
  pod("no-address").address.clear();
  pod("ready");
  EXPECT_THAT(names(), ElementsAre("ready:80"));
}

TEST_F(Selection, PublishNotReadyAddressesTakesNotReadyButNotTerminating) {
  service_.publish_not_ready = true;
  pod("not-ready").ready = false;
  pod("terminating").terminating = true;
  EXPECT_THAT(names(), ElementsAre("not-ready:80"));
}

TEST_F(Selection, NamedTargetPortIsEachPodsOwn) {
  row_.port = Port{9000};
  pod("a").ports = {{"admin", 9001}};
  pod("b").ports = {{"admin", 9002}};
  pod("c");
  EXPECT_THAT(names(), ElementsAre("a:9001", "b:9002"));
}

TEST_F(Selection, NoServiceNoPortNoNodes) {
  pod("a");
  row_.port = Port{8001};
  EXPECT_THAT(names(), IsEmpty());
  row_.port = Port{8000};
  row_.service.name = "missing";
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Selection, AddressesOutsideThePodRangeAreNeverDialled) {
  pod("node").address = "10.0.253.1";
  pod("service").address = "10.0.240.1";
  pod("foreign").address = "192.168.0.1";
  pod("rubbish").address = "10.0.16.1.evil";
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Selection, WithoutAPodRangeTheVpcIsTheScope) {
  scope_.pods.reset();
  pod("a").address = "10.1.0.1";
  EXPECT_THAT(names(), IsEmpty());
  scope_.vpc = Cidr::parse("10.1.0.0/16");
  EXPECT_THAT(names(), ElementsAre("a:80"));
}

TEST_F(Selection, EndpointsKeptByHandServeAServiceWithoutSelector) {
  service_.selector.clear();
  EndpointsObject endpoints;
  endpoints.name = service_.name;
  endpoints.subsets = {{{{"10.0.16.7", "", true},
                         {"10.0.16.8", "", false},
                         {"10.0.253.1", "", true},
                         {"192.168.0.1", "", true},
                         {"127.0.0.1", "", true}},
                        {{"http", 8080}}},
                       {{{"10.0.16.9", "", true}}, {{"other", 1}}}};
  state_.put(endpoints);
  EXPECT_THAT(names(), ElementsAre("10.0.16.7:8080"));
  row_.labels = {{"version", "1"}};
  EXPECT_THAT(names(), IsEmpty()) << "an address without a Pod carries no labels";
}

TEST_F(Selection, RecreatedPodOfTheSameNameIsAnotherNode) {
  pod("a");
  names();
  const auto before = policy_.nodes(row_, {ClusterId("cls-1"), &state_, scope_}, {});
  pods_.front().uid = "uid-new";
  names();
  const auto after = policy_.nodes(row_, {ClusterId("cls-1"), &state_, scope_}, {});
  EXPECT_NE(before.front().key, after.front().key);
}

// Against the rule written down once more, the plain way.
RC_GTEST_PROP(SelectionProperty, ExactlyThePodsThatCarryEveryRequiredLabel, ()) {
  const auto some_labels = [] {
    Labels labels;
    for (const char* key : {"app", "version", "zone"}) {
      const int value = *rc::gen::inRange(0, 3);
      if (value > 0) labels[key] = std::to_string(value);
    }
    return labels;
  };
  ServiceObject service;
  service.name = {"web", "s"};
  service.selector = some_labels();
  if (service.selector.empty()) service.selector["app"] = "1";
  service.ports = {{"", 80, std::uint16_t{80}, 0}};
  TunnelService row;
  row.service = {ClusterId("c"), "web", "s"};
  row.port = Port{80};
  row.labels = some_labels();

  ClusterState state;
  state.put(service);
  std::vector<std::string> expected;
  for (int i = 0; i < 12; ++i) {
    PodObject pod;
    pod.name = {*rc::gen::arbitrary<bool>() ? "web" : "elsewhere", "p" + std::to_string(i)};
    pod.uid = pod.name.name;
    pod.labels = some_labels();
    pod.address = fmt::format("10.0.0.{}", i + 1);
    pod.ready = *rc::gen::arbitrary<bool>();
    state.put(pod);
    bool wanted = pod.ready && pod.name.space == "web";
    for (const char* key : {"app", "version", "zone"}) {
      const bool selected = service.selector.contains(key);
      if (!selected && !row.labels.contains(key)) continue;
      const std::string value = selected ? service.selector.at(key) : row.labels.at(key);
      wanted = wanted && pod.labels.contains(key) && pod.labels.at(key) == value;
    }
    if (wanted) expected.push_back(pod.name.name);
  }
  PodScope scope;
  scope.pods = Cidr::parse("10.0.0.0/24");
  std::vector<std::string> found;
  for (const auto& node : SelectionPolicy().nodes(row, {ClusterId("c"), &state, scope}, {})) {
    found.push_back(node.pod.name);
  }
  std::sort(expected.begin(), expected.end());
  std::sort(found.begin(), found.end());
  RC_ASSERT(found == expected);
}

TEST(Cidr, ParsesOnlyWhatItMust) {
  EXPECT_TRUE(Cidr::parse("0.0.0.0/0")->contains("255.1.2.3"));
  EXPECT_TRUE(Cidr::parse("10.1.2.3/32")->contains("10.1.2.3"));
  EXPECT_FALSE(Cidr::parse("10.1.2.3/32")->contains("10.1.2.4"));
  EXPECT_TRUE(Cidr::parse("10.0.16.9/20")->contains("10.0.31.255"));
  EXPECT_FALSE(Cidr::parse("10.0.16.0/20")->contains("10.0.32.0"));
  for (const char* wrong : {"", "/", "10.0.0.0", "10.0.0.0/33", "10.0.0/8", "10.0.0.0.0/8", "256.0.0.0/8", "01.0.0.0/8",
                            "10.0.0.0/", "10.0.0.0/8x", " 10.0.0.0/8", "-1.0.0.0/8"}) {
    EXPECT_FALSE(Cidr::parse(wrong).has_value()) << wrong;
  }
}

TEST(ClusterState, ReplaceTellsTheNamespacesThatChanged) {
  const auto pod = [](const std::string& space, const std::string& name, const std::string& address) {
    PodObject made;
    made.name = {space, name};
    made.address = address;
    return KubeObject(made);
  };
  ClusterState state;
  EXPECT_FALSE(state.listed(Resource::kPods));
  EXPECT_THAT(state.replace(Resource::kPods, {pod("a", "x", "1"), pod("b", "x", "1"), pod("c", "x", "1")}),
              UnorderedElementsAre("a", "b", "c"));
  EXPECT_TRUE(state.listed(Resource::kPods));
  EXPECT_THAT(state.replace(Resource::kPods, {pod("a", "x", "1"), pod("b", "x", "2")}), UnorderedElementsAre("b", "c"));
  EXPECT_THAT(state.pods("c"), IsEmpty());
  EXPECT_FALSE(state.put(pod("a", "x", "1")));
  EXPECT_FALSE(state.remove(Resource::kPods, {"a", "missing"}));
}

}  // namespace
}  // namespace plumbline::gateway
