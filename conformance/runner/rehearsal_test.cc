#include "conformance/runner/rehearsal.h"

#include <gtest/gtest.h>

#include "conformance/language/reading_of_specs.h"

namespace plumbline::conformance {
namespace {

/// The mistakes that a rehearsal finds in a scenario of this spec, whose first cluster has these Pods' addresses, if
/// any are given.
std::string rehearsed(const std::string& spec, const std::string& pod_cidr = "") {
  auto [plans, problems] = read(spec);
  EXPECT_EQ("", problems);
  yaml::Problems own;
  for (Plan& plan : plans) {
    if (!pod_cidr.empty()) plan.world.clusters.front().pod_cidr = pod_cidr;
    rehearse(plan, own);
  }
  return own.text();
}

/// The same of these steps in the world httpbin.
std::string found(const std::string& steps, const std::string& pod_cidr = "") {
  return rehearsed("  world: {from: httpbin}\n  setup: tunnel-to-httpbin\n  steps:\n" + steps +
                       "    - send: {api: a1, requests: 1}\n      as: traffic\n"
                       "  expect: {HTTP-01: [answered: traffic]}\n",
                   pod_cidr);
}

TEST(Rehearsal, FindsNothingWrongWithWhatTheWorldCanDo) {
  EXPECT_EQ("", found(R"(    - scale: {deployment: cls-1/default/httpbin-v1, replicas: 7}
    - fault: {pods: {named: cls-1/default/httpbin-v1-*, count: 7}, is: notReady}
    - deletePods: {pods: {of: cls-1/default/httpbin, count: 2}, serveOn: 3s}
    - label: {pods: cls-2/default/httpbin-v2-*, labels: {canary: "yes"}}
    - fault: {pods: {of: cls-2/default/httpbin, labels: {canary: "yes"}}, is: stall}
    - apply: {cluster: cls-1, manifests: [{apiVersion: v1, kind: Service, metadata: {name: second}, spec: {ports: [{port: 80}]}}]}
    - tamper: {service: cls-1/default/httpbin, addresses: [203.0.113.1]}
    - faultApi: {cluster: cls-1, is: watch-mute, resources: [pods]}
    - healApi: cls-1
    - delete: {object: cls-1/default/second, kind: Service}
    - setNode: {cluster: cls-1, node: node-2, is: lost}
    - scale: {deployment: cls-1/default/httpbin-v1, replicas: 1}
)"));
}

TEST(Rehearsal, SaysWhereAStepMeansWhatIsNotThere) {
  EXPECT_EQ(
      "test.yaml:8:7: scale: deployments.apps \"httpbin-v9\" not found; did you mean 'httpbin-v1'?\n"
      "test.yaml:9:7: setNode: nodes \"node-7\" not found; did you mean 'node-1'?\n"
      "test.yaml:10:7: faultApi: cluster cls-1 serves no 'pod'; did you mean 'pods'?\n"
      "test.yaml:11:7: fault: there is no Service cls-1/default/httpbim; did you mean 'cls-1/default/httpbin'?\n"
      "test.yaml:12:7: delete: no kind \"Servise\" is served; did you mean 'Service'?\n"
      "test.yaml:13:7: delete: services \"httpbim\" not found; did you mean 'httpbin'?\n",
      found(R"(    - scale: {deployment: cls-1/default/httpbin-v9, replicas: 7}
    - setNode: {cluster: cls-1, node: node-7, is: lost}
    - faultApi: {cluster: cls-1, is: gone, resources: [pod]}
    - fault: {pods: every-pod of cls-1/default/httpbim, is: stall}
    - delete: {object: cls-1/default/httpbin, kind: Servise}
    - delete: {object: cls-1/default/httpbim, kind: Service}
)"));
  EXPECT_EQ(
      "test.yaml:8:7: deletePods: count: 99 asks for more than there are: 6 Pods of Service cls-1/default/httpbin\n",
      found("    - deletePods: {pods: {of: cls-1/default/httpbin, count: 99}}\n"));
}

TEST(Rehearsal, LooksForWhatTunnelsLeadTo) {
  EXPECT_EQ(
      "test.yaml:8:45: there is no Service cls-1/default/httpbim from this step on; did you mean "
      "'cls-1/default/httpbin'?\n"
      "test.yaml:9:45: Service cls-2/default/httpbin has no port 80 from this step on; it has 8000\n",
      found(R"(    - createTunnel: {tunnel: t8, services: [{service: cls-1/default/httpbim, port: 8000}]}
    - modifyTunnel: {tunnel: t1, services: [{service: cls-2/default/httpbin, port: 80}]}
)"));
  EXPECT_EQ("", found(R"(    - createTunnel: {tunnel: t8, services: [{service: cls-1/default/later, port: 80}]}
    - apply: {cluster: cls-1, manifests: [{apiVersion: v1, kind: Service, metadata: {name: later}, spec: {selector: {app: httpbin}, ports: [{port: 80}]}}]}
)")) << "it comes later";
  EXPECT_EQ(
      found(
          R"(    - createTunnel: {tunnel: t8, services: [{service: cls-1/default/httpbin, port: 8000, labels: {verison: "1"}}]}
    - apply: {cluster: cls-1, manifests: [{apiVersion: v1, kind: Service, metadata: {name: named}, spec: {selector: {app: httpbin}, ports: [{port: 80, targetPort: web}]}}]}
    - createTunnel: {tunnel: t9, services: [{service: cls-1/default/named, port: 80}]}
)"),
      "test.yaml:8:45: Service cls-1/default/httpbin has no Pod with the labels verison=1 that is ready from this "
      "step on\n"
      "test.yaml:10:45: Service cls-1/default/named has no Pod that is ready and has a port named 'web' from this "
      "step on\n");
  EXPECT_EQ(
      "",
      found(
          R"(    - createTunnel: {tunnel: t8, services: [{service: cls-1/default/httpbin, port: 8000, labels: {version: "1"}}]}
)"));
  const auto judged = [](const std::string& expectation) {
    return rehearsed(R"(  world: {from: httpbin}
  setup: authorised
  steps:
    - createTunnel: {tunnel: t8, services: [{service: cls-1/default/nothing, port: 80}]}
      as: create
  expect: {TUN-05: [)" +
                     expectation + "]}\n");
  };
  EXPECT_EQ("", judged("refused: {outcome: create, reasons: [NotFound]}"));
  EXPECT_EQ("", judged("requestsAuthorization: {outcome: create, clusters: [cls-1]}"));
  EXPECT_EQ("", judged("refused: {anyOf: [create], reasons: [NotFound]}"));
  EXPECT_NE("", judged("accepted: create")) << "who refuses it would be blamed for a misspelt name";
}

TEST(Rehearsal, ATunnelLeadsToPodsThatAreReady) {
  const std::string not_ready =
      "    - fault: {pods: {of: cls-2/default/httpbin}, is: notReady}\n"
      "    - createTunnel: {tunnel: t8, services: [{service: cls-2/default/httpbin, port: 8000}]}\n";
  const std::string told = "test.yaml:9:45: Service cls-2/default/httpbin has no Pod that is ready from this step on\n";
  EXPECT_EQ(told, found(not_ready));
  EXPECT_EQ("", found(not_ready + "    - heal: {pods: {of: cls-2/default/httpbin}}\n")) << "they come back";
}

TEST(Rehearsal, WhatAGatewayDoesWithoutAPodMayBeJudged) {
  const auto found_with = [](const std::string& expectation) {
    return rehearsed(R"(  world: {from: httpbin}
  setup: authorised
  steps:
    - apply: {cluster: cls-1, manifests: [{apiVersion: v1, kind: Service, metadata: {name: empty}, spec: {selector: {app: nobody}, ports: [{port: 80}]}}]}
    - createTunnel: {tunnel: t8, services: [{service: cls-1/default/empty, port: 80}]}
    - publish: {api: a8, instance: instance-1, tunnel: t8}
    - send: {api: a8, requests: 1}
      as: traffic
  expect: {HTTP-01: [)" +
                     expectation + "]}\n");
  };
  EXPECT_EQ("", found_with("notForwarded: traffic"));
  EXPECT_EQ("", found_with("answered: {during: traffic, by: gateway}"));
  const std::string told = "test.yaml:9:45: Service cls-1/default/empty has no Pod that is ready from this step on\n";
  EXPECT_EQ(told, found_with("answered: traffic"));
  EXPECT_EQ(told, found_with("answered: {during: traffic, by: pods}"));
}

TEST(Rehearsal, SaysWhoseMistakeItIs) {
  const std::string text = rehearsed(R"(  world: {from: httpbin}
  setup: tunnel-to-httpbin
  cases:
    - {name: one, pods: "1"}
    - {name: many, pods: "99"}
  steps:
    - deletePods: {pods: {of: cls-1/default/httpbin, count: $pods}}
    - send: {api: a1, requests: 1}
      as: traffic
  expect: {HTTP-01: [answered: traffic]}
)");
  EXPECT_EQ(0u, text.find("test.yaml:11:7: deletePods: count: 99 asks for more")) << text;
  EXPECT_NE(text.find("(case many)\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("(case one)"), std::string::npos) << text;
}

TEST(Rehearsal, JudgesManifestsLabelsAndAddressesAsTheClusterDoes) {
  const std::string text = found(R"(    - label: {pods: cls-1/default/httpbin-v1-*, labels: {"a b": x}}
    - tamper: {service: cls-1/default/httpbin, addresses: [10.0.0]}
    - apply: {cluster: cls-1, manifests: [{apiVersion: v1, kind: Service, metadata: {name: X_y}, spec: {ports: [{port: 80}]}}]}
)");
  EXPECT_NE(text.find("test.yaml:8:7: label: Pod \"httpbin-v1-"), std::string::npos) << text;
  EXPECT_NE(text.find("metadata.labels: Invalid value: \"a b\""), std::string::npos) << text;
  EXPECT_NE(text.find("test.yaml:9:7: tamper: Endpoints \"httpbin\" is invalid: "), std::string::npos) << text;
  EXPECT_NE(text.find("test.yaml:10:43: Service X_y: Service \"X_y\" is invalid: metadata.name: "), std::string::npos)
      << text;
}

TEST(Rehearsal, EndsWhereAManifestIsRefusedForWhatFollowsComesOfIt) {
  EXPECT_EQ(
      "test.yaml:8:43: Deploymnt web: no kind \"Deploymnt\" is served; did you mean 'Deployment'?\n",
      found(
          "    - apply: {cluster: cls-1, manifests: [{apiVersion: apps/v1, kind: Deploymnt, metadata: {name: web}}]}\n"
          "    - scale: {deployment: cls-1/default/web, replicas: 3}\n"));
}

TEST(Rehearsal, LeavesWhatACandidateMayHaveMadeToTheRun) {
  EXPECT_EQ("", found("    - delete: {object: cls-1/default/apigw-ingress, kind: ClusterRoleBinding}\n"));
}

world::WorldSpec world_of(const std::vector<world::Manifest>& manifests, const std::string& pod_cidr = "10.0.16.0/20") {
  world::WorldSpec spec;
  spec.vpcs.push_back({VpcId("vpc-1"), RegionId("r"), "10.0.0.0/16"});
  world::ClusterSpec cluster;
  cluster.name = ClusterId("cls-1");
  cluster.vpc = VpcId("vpc-1");
  cluster.pod_cidr = pod_cidr;
  cluster.manifests = manifests;
  spec.clusters.push_back(cluster);
  return spec;
}

std::string found_in(const world::WorldSpec& spec) {
  yaml::Problems problems;
  rehearse(spec, problems);
  return problems.text();
}

world::Manifest deployment(const std::string& name, int replicas, const nlohmann::json& pod) {
  const nlohmann::json labels{{"app", name}};
  nlohmann::json spec = pod;
  spec["containers"] = nlohmann::json::array({{{"name", "c"}, {"image", "i"}}});
  return {{{"apiVersion", "apps/v1"},
           {"kind", "Deployment"},
           {"metadata", {{"name", name}}},
           {"spec",
            {{"replicas", replicas},
             {"selector", {{"matchLabels", labels}}},
             {"template", {{"metadata", {{"labels", labels}}}, {"spec", spec}}}}}},
          {"world.yaml", 4, 2}};
}

TEST(Rehearsal, FindsWorldsThatCannotComeUp) {
  EXPECT_EQ("", found_in(world_of({deployment("web", 2, nlohmann::json::object())}, "10.0.16.0/30")));
  const std::string crowded = found_in(world_of({deployment("web", 3, nlohmann::json::object())}, "10.0.16.0/30"));
  EXPECT_EQ(
      "world.yaml:4:2: Pods do not become ready: cls-1/default/web wants 3 Pods, has 2 ready, 1 not ready, 0 "
      "terminating\n",
      crowded);
  EXPECT_NE("", found_in(world_of({deployment("web", 1, {{"nodeSelector", {{"no", "where"}}}})})));
}

TEST(Rehearsal, GoesOnWherePodsDoNotBecomeReady) {
  EXPECT_EQ("test.yaml:9:7: scale: deployments.apps \"httpbin-v9\" not found; did you mean 'httpbin-v1'?\n",
            found("    - apply: {cluster: cls-1, manifests: [{apiVersion: v1, kind: Pod, metadata: {name: lost}, spec: "
                  "{nodeSelector: "
                  "{no: where}, containers: [{name: c, image: i}]}}]}\n"
                  "    - scale: {deployment: cls-1/default/httpbin-v9, replicas: 7}\n"));
}

TEST(Rehearsal, ExpectationsAreAboutServicesThatAreThereAtSomeTime) {
  const auto found_with = [](const std::string& service) {
    return rehearsed(
        "  world: {from: httpbin}\n  setup: tunnel-to-httpbin\n  steps:\n"
        "    - delete: {object: cls-1/default/httpbin, kind: Service}\n"
        "    - send: {api: a1, requests: 1}\n      as: traffic\n"
        "  expect: {TUN-01: [noConnections: {to: [every-pod of cls-1/default/" +
        service + "], during: traffic}]}\n");
  };
  EXPECT_EQ("", found_with("httpbin"));
  EXPECT_EQ(
      "test.yaml:11:21: there is no Service cls-1/default/httpbim at any time; did you mean 'cls-2/default/httpbin'?\n",
      found_with("httpbim"));
}

TEST(Rehearsal, AScaleThatCannotBeHadIsAMistake) {
  const std::string text = found("    - scale: {deployment: cls-1/default/httpbin-v1, replicas: 30}\n", "10.0.16.0/28");
  EXPECT_EQ(0u, text.find("test.yaml:8:7: scale: Pods do not become ready: cls-1/default/httpbin-v1 wants 30 Pods"))
      << text;
}

TEST(Rehearsal, ServiceKubernetesIsThereAsInARun) {
  EXPECT_EQ("", found("    - tamper: {service: cls-1/default/kubernetes, addresses: [203.0.113.1]}\n"));
}

TEST(Rehearsal, FindsMistakesInTheManifestsOfAWorld) {
  const std::string text = found_in(
      world_of({{{{"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", {{"name", "A"}}}}, {"world.yaml", 9, 3}}}));
  EXPECT_EQ(0u, text.find("world.yaml:9:3: Secret A: Secret \"A\" is invalid: metadata.name")) << text;
}

}  // namespace
}  // namespace plumbline::conformance
