#include "conformance/checks/truth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline::conformance {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

json pod(std::int64_t t, const std::string& cluster, const std::string& name, json labels, bool ready = true,
         const std::string& space = "default") {
  return {
      {"type", "object"},
      {"t", t},
      {"cluster", cluster},
      {"kind", "Pod"},
      {"op", "MODIFIED"},
      {"object",
       {{"metadata", {{"name", name}, {"namespace", space}, {"uid", "u-" + name}, {"labels", labels}}},
        {"spec", {{"nodeName", "node-1"}, {"containers", {{{"ports", {{{"name", "web"}, {"containerPort", 8080}}}}}}}}},
        {"status",
         {{"podIP", "10.0.16.1"},
          {"phase", "Running"},
          {"conditions", {{{"type", "Ready"}, {"status", ready ? "True" : "False"}}}}}}}}};
}

json service(const std::string& cluster, json spec) {
  return {{"type", "object"},
          {"t", 0},
          {"cluster", cluster},
          {"kind", "Service"},
          {"op", "ADDED"},
          {"object", {{"metadata", {{"name", "httpbin"}, {"namespace", "default"}}}, {"spec", spec}}}};
}

json httpbin_spec() { return {{"selector", {{"app", "httpbin"}}}, {"ports", {{{"port", 8000}, {"targetPort", 80}}}}}; }

Tunnel tunnel_to(std::vector<TunnelService> services) {
  Tunnel tunnel;
  tunnel.services = std::move(services);
  return tunnel;
}

TunnelService row(const std::string& cluster, Labels labels = {}, int weight = 1) {
  return {"", {ClusterId(cluster), "default", "httpbin"}, Port{8000}, Weight{weight}, std::move(labels)};
}

std::vector<std::string> names(const std::vector<TruthNode>& nodes) {
  std::vector<std::string> list;
  list.reserve(nodes.size());
  for (const auto& node : nodes) list.push_back(node.pod);
  return list;
}

class TruthOfOneCluster : public ::testing::Test {
 protected:
  void SetUp() override {
    truth.feed(service("cls-1", httpbin_spec()));
    truth.define("t1", tunnel_to({row("cls-1")}), 0);
  }
  Truth truth;
};

TEST_F(TruthOfOneCluster, EveryVersionThatTheSelectorMatchesIsANode) {
  truth.feed(pod(1, "cls-1", "a", {{"app", "httpbin"}, {"version", "1"}}));
  truth.feed(pod(1, "cls-1", "b", {{"app", "httpbin"}, {"version", "2"}}));
  truth.feed(pod(1, "cls-1", "other", {{"app", "nginx"}}));
  EXPECT_THAT(names(truth.expected("t1")), ElementsAre("cls-1/default/a#u-a", "cls-1/default/b#u-b"));
}

TEST_F(TruthOfOneCluster, TargetPortIsNotTheServicesPort) {
  truth.feed(pod(1, "cls-1", "a", {{"app", "httpbin"}}));
  EXPECT_EQ(truth.expected("t1").at(0).port, 80);
}

TEST_F(TruthOfOneCluster, NamedTargetPortIsThePods) {
  auto spec = httpbin_spec();
  spec["ports"][0]["targetPort"] = "web";
  truth.feed(service("cls-1", spec));
  truth.feed(pod(1, "cls-1", "a", {{"app", "httpbin"}}));
  EXPECT_EQ(truth.expected("t1").at(0).port, 8080);
}

TEST_F(TruthOfOneCluster, NotReadyIsNoNodeUnlessPublished) {
  truth.feed(pod(1, "cls-1", "a", {{"app", "httpbin"}}, false));
  EXPECT_THAT(truth.expected("t1"), IsEmpty());
  auto spec = httpbin_spec();
  spec["publishNotReadyAddresses"] = true;
  truth.feed(service("cls-1", spec));
  EXPECT_EQ(truth.expected("t1").size(), 1u);
}

TEST_F(TruthOfOneCluster, TerminatingIsNoNodeFromItsDeletionOn) {
  truth.feed(pod(1, "cls-1", "a", {{"app", "httpbin"}}));
  auto terminating = pod(5, "cls-1", "a", {{"app", "httpbin"}});
  terminating["object"]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  truth.feed(terminating);
  EXPECT_EQ(truth.expected("t1", 4).size(), 1u);
  EXPECT_THAT(truth.expected("t1", 5), IsEmpty());
  EXPECT_THAT(truth.changes(1, 10), ElementsAre(5));
}

TEST_F(TruthOfOneCluster, AnotherNamespaceIsNoNode) {
  truth.feed(pod(1, "cls-1", "a", {{"app", "httpbin"}}, true, "elsewhere"));
  EXPECT_THAT(truth.expected("t1"), IsEmpty());
}

TEST_F(TruthOfOneCluster, AdditionalLabelsNarrowAndNeverOverrideTheSelector) {
  truth.feed(pod(1, "cls-1", "a", {{"app", "httpbin"}, {"version", "1"}, {"tier", "x"}}));
  truth.feed(pod(1, "cls-1", "b", {{"app", "httpbin"}, {"version", "1"}}));
  truth.define("t1", tunnel_to({row("cls-1", {{"version", "1"}, {"tier", "x"}})}), 2);
  EXPECT_THAT(names(truth.expected("t1")), ElementsAre("cls-1/default/a#u-a"));
  truth.define("t1", tunnel_to({row("cls-1", {{"app", "nginx"}})}), 3);
  EXPECT_EQ(truth.expected("t1").size(), 2u);
}

TEST_F(TruthOfOneCluster, TheOtherReadingTakesLabelsOfTheKubernetesNode) {
  truth.feed({{"type", "header"}, {"interpretations", {{"extraLabels", "node"}}}});
  truth.feed(pod(1, "cls-1", "a", {{"app", "httpbin"}, {"zone", "pod"}}));
  truth.feed({{"type", "object"},
              {"t", 0},
              {"cluster", "cls-1"},
              {"kind", "Node"},
              {"op", "ADDED"},
              {"object", {{"metadata", {{"name", "node-1"}, {"labels", {{"zone", "node"}}}}}}}});
  truth.define("t1", tunnel_to({row("cls-1", {{"zone", "node"}})}), 2);
  EXPECT_EQ(truth.expected("t1").size(), 1u);
  truth.define("t1", tunnel_to({row("cls-1", {{"zone", "pod"}})}), 3);
  EXPECT_THAT(truth.expected("t1"), IsEmpty());
}

TEST(TruthOfControls, AnAcceptedCreationDefinesAndAModificationReplacesWhatItNames) {
  Truth truth;
  truth.feed({{"type", "header"}, {"plan", {{"steps", {{{"verb", "createTunnel"}, {"tunnel", "t1"}}}}}}});
  truth.feed(service("cls-1", httpbin_spec()));
  truth.feed(pod(1, "cls-1", "a", {{"app", "httpbin"}}));
  const json create{
      {"type", "control"},
      {"t", 2},
      {"t1", 3},
      {"step", 0},
      {"method", "tunnel.create"},
      {"params",
       {{"name", "n"},
        {"services",
         {{{"cluster", "cls-1"}, {"namespace", "default"}, {"service", "httpbin"}, {"port", 8000}, {"weight", 3}}}}}},
      {"result", {{"tunnel", "upstream-1"}}}};
  auto refused = create;
  refused.erase("result");
  truth.feed(refused);
  EXPECT_THAT(truth.expected("t1"), IsEmpty()) << "a refused creation defines nothing";
  truth.feed(create);
  ASSERT_EQ(truth.expected("t1").size(), 1u);
  EXPECT_EQ(truth.expected("t1")[0].weight, 3);
  truth.feed({{"type", "control"},
              {"t", 5},
              {"t1", 6},
              {"step", 1},
              {"method", "tunnel.modify"},
              {"params", {{"tunnel", "upstream-1"}, {"services", json::array()}}},
              {"result", json::object()}});
  EXPECT_THAT(truth.expected("t1"), IsEmpty());
  EXPECT_EQ(truth.expected("t1", 4).size(), 1u);
}

TEST(TruthOfAnything, RecordsOfAnotherFormAreIgnored) {
  Truth truth;
  for (const auto& record :
       {json(), json(3), json::array(), json{{"type", "object"}}, json{{"type", "object"}, {"object", 3}},
        json{{"type", "control"}, {"method", "tunnel.create"}, {"result", 1}, {"params", 2}},
        json{{"type", "header"}, {"plan", {{"steps", {1, 2}}}}}}) {
    truth.feed(record);
  }
  EXPECT_THAT(truth.expected("t1"), IsEmpty());
}

}  // namespace
}  // namespace plumbline::conformance
