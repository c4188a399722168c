#include "simulator/world/hand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "simulator/kube/fake_runtime.h"

namespace plumbline::world {
namespace {

using kube::Json;
using ::testing::HasSubstr;

class HandTest : public ::testing::Test {
 protected:
  static kube::ClusterOptions options() {
    kube::ClusterOptions chosen;
    chosen.name = ClusterId("cls-1");
    chosen.wall_clock = std::chrono::system_clock::now;
    chosen.nodes = {{"node-1", {}, ""}};
    return chosen;
  }
  HandTest() {
    const Json labels{{"app", "web"}};
    Json deployment{{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"metadata", {{"name", "web"}}}};
    deployment["spec"] = {{"replicas", 2}, {"selector", {{"matchLabels", labels}}}};
    deployment["spec"]["template"] = {{"metadata", {{"labels", labels}}},
                                      {"spec", {{"containers", {{{"name", "c"}, {"image", "i"}}}}}}};
    EXPECT_TRUE(hand_.apply(deployment));
    EXPECT_TRUE(hand_.apply({{"apiVersion", "v1"},
                             {"kind", "Service"},
                             {"metadata", {{"name", "web"}}},
                             {"spec", {{"selector", labels}, {"ports", {{{"port", 80}}}}}}}));
    settle();
  }
  void settle() {
    io_.restart();
    io_.poll();
  }
  static ObjectName name(const std::string& object) { return {ClusterId("cls-1"), "default", object}; }
  ObjectName a_pod() { return name(cluster_.names("Pod", "default").at(0)); }
  static std::string said(const Result<void>& done) { return done ? "" : done.error().text; }

  boost::asio::io_context io_;
  kube::FakeRuntime runtime_;
  kube::Cluster cluster_{io_, options(), runtime_};
  std::set<std::string> faulted_;  ///< by uid
  Hand hand_{cluster_, ClusterId("cls-1"), [this](const std::string& uid) { return faulted_.contains(uid); }};
};

TEST_F(HandTest, WhatIsNotFoundComesWithASuggestion) {
  EXPECT_THAT(said(hand_.remove(name("wbe"), "Service")), HasSubstr("did you mean 'web'?"));
  EXPECT_THAT(said(hand_.scale(name("wbe"), 1)), HasSubstr("did you mean 'web'?"));
  EXPECT_THAT(said(hand_.tamper(name("wbe"), {"203.0.113.1"})), HasSubstr("did you mean 'web'?"));
  EXPECT_THAT(said(hand_.set_node_ready("node-2", "True")), HasSubstr("did you mean 'node-1'?"));
  ObjectName pod = a_pod();
  pod.name.back() = pod.name.back() == 'x' ? 'z' : 'x';
  EXPECT_THAT(said(hand_.label(pod, {{"a", "b"}})), HasSubstr("did you mean '" + a_pod().name + "'?"));
  EXPECT_THAT(hand_.uid_of(pod).error().text, HasSubstr("did you mean '" + a_pod().name + "'?"));
}

TEST_F(HandTest, AnEmptyValueTakesALabelAway) {
  const auto labels = [this] { return (*cluster_.get("Pod", a_pod()))["metadata"]["labels"]; };
  EXPECT_EQ("", said(hand_.label(a_pod(), {{"canary", "yes"}})));
  EXPECT_EQ("yes", labels().value("canary", ""));
  EXPECT_EQ("", said(hand_.label(a_pod(), {{"canary", ""}})));
  EXPECT_FALSE(labels().contains("canary"));
}

TEST_F(HandTest, PodsAreMissingUntilTheyAreReadyOrFaulted) {
  EXPECT_EQ("", hand_.missing_pods());
  EXPECT_THAT(hand_.missing_pods(name("web"), 3), HasSubstr("wants 3 Pods, has 2 ready, 0 not ready"));
  ASSERT_TRUE(cluster_.set_pod_ready(a_pod(), false));
  EXPECT_THAT(hand_.missing_pods(), HasSubstr("wants 2 Pods, has 1 ready, 1 not ready"));
  faulted_.insert(*hand_.uid_of(a_pod()));
  EXPECT_EQ("", hand_.missing_pods());
}

TEST_F(HandTest, APodOfItsOwnIsMissingToo) {
  ASSERT_TRUE(hand_.apply(
      {{"apiVersion", "v1"},
       {"kind", "Pod"},
       {"metadata", {{"name", "alone"}}},
       {"spec", {{"nodeSelector", {{"no", "where"}}}, {"containers", {{{"name", "c"}, {"image", "i"}}}}}}}));
  settle();
  EXPECT_EQ("Pod cls-1/alone is not ready", hand_.missing_pods());
  faulted_.insert(*hand_.uid_of(name("alone")));
  EXPECT_EQ("", hand_.missing_pods());
}

TEST_F(HandTest, TamperedAddressesStandBesideTheOthers) {
  EXPECT_EQ("", said(hand_.tamper(name("web"), {"203.0.113.1"})));
  const Json addresses = (*cluster_.get("Endpoints", name("web")))["subsets"][0]["addresses"];
  ASSERT_EQ(3u, addresses.size());
  EXPECT_EQ("203.0.113.1", addresses[2].value("ip", ""));
}

}  // namespace
}  // namespace plumbline::world
