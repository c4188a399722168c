#include "conformance/runner/rehearsal.h"

#include <gtest/gtest.h>

#include "conformance/language/reading_of_specs.h"

namespace plumbline::conformance {
namespace {

/// The mistakes that a rehearsal finds in these steps, in the world httpbin.
std::string found(const std::string& steps) {
  const auto [plans, problems] = read("  world: {from: httpbin}\n  setup: tunnel-to-httpbin\n  steps:\n" + steps +
                                      "    - send: {api: a1, requests: 1}\n      as: traffic\n"
                                      "  expect: {HTTP-01: [answered: traffic]}\n");
  EXPECT_EQ("", problems);
  yaml::Problems own;
  for (const Plan& plan : plans) rehearse(plan, own);
  return own.text();
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

TEST(Rehearsal, FindsMistakesInTheManifestsOfAWorld) {
  world::WorldSpec spec;
  world::ClusterSpec cluster;
  cluster.name = ClusterId("cls-1");
  cluster.manifests.push_back({{{"kind", "Secret"}, {"metadata", {{"name", "A"}}}}, {"world.yaml", 9, 3}});
  spec.clusters.push_back(cluster);
  yaml::Problems problems;
  rehearse(spec, problems);
  EXPECT_EQ(0u, problems.text().find("world.yaml:9:3: Secret A: Secret \"A\" is invalid: metadata.name"))
      << problems.text();
}

}  // namespace
}  // namespace plumbline::conformance
