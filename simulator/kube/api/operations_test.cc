#include "simulator/kube/api/operations.h"

#include <gtest/gtest.h>

namespace plumbline::kube {
namespace {

class OperationsTest : public testing::Test {
 protected:
  OperationsTest() { create(KindId::kNamespace, "", R"({"metadata":{"name":"web"}})"); }
  static Store::Options options() {
    Store::Options chosen;
    chosen.wall_clock = [] { return std::chrono::system_clock::time_point(std::chrono::seconds(1'000'000'000)); };
    return chosen;
  }
  ObjectPtr create(KindId kind, const std::string& space, const char* json) {
    const auto created = operations_.create(kind, space, Json::parse(json));
    EXPECT_TRUE(created) << created.error().message;
    return created ? *created : nullptr;
  }
  Failure refused(KindId kind, const std::string& space, const char* json) {
    const auto created = operations_.create(kind, space, Json::parse(json));
    EXPECT_FALSE(created) << json;
    return created ? Failure{} : created.error();
  }
  Store store_{options()};
  Admission admission_{"10.0.240.0/24", "10.0.252.0/24", 1};
  Operations operations_{store_, admission_};
};

constexpr const char* kService = R"({"metadata":{"name":"s"},"spec":{"selector":{"app":"x"},"ports":[{"port":8000}]}})";
constexpr const char* kPod = R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i:1"}]}})";

TEST_F(OperationsTest, Create_FillsInDefaults) {
  const ObjectPtr service = create(KindId::kService, "web", kService);
  EXPECT_EQ(service->json()["spec"]["type"], "ClusterIP");
  EXPECT_EQ(service->json()["spec"]["ports"][0]["targetPort"], 8000);
  EXPECT_EQ(service->json()["spec"]["ports"][0]["protocol"], "TCP");
  EXPECT_EQ(service->json()["spec"]["clusterIP"], "10.0.240.1");
  EXPECT_EQ(service->json()["metadata"]["namespace"], "web");
  EXPECT_EQ(service->json()["apiVersion"], "v1");
}

TEST_F(OperationsTest, Create_RefusesMissingNamespace) {
  const Failure failure = refused(KindId::kService, "nowhere", kService);
  EXPECT_EQ(failure.code, 404);
  EXPECT_EQ(failure.message, "namespaces \"nowhere\" not found");
}

TEST_F(OperationsTest, Create_RefusesInvalidObjectsNamingTheField) {
  const Failure failure = refused(KindId::kService, "web", R"({"metadata":{"name":"S_"},"spec":{}})");
  EXPECT_EQ(failure.code, 422);
  EXPECT_EQ(failure.details["causes"][0]["field"], "metadata.name");
  EXPECT_EQ(failure.details["causes"][1]["field"], "spec.ports");
}

TEST_F(OperationsTest, Create_RefusesOtherKindAndMalformedParts) {
  EXPECT_EQ(refused(KindId::kService, "web", R"({"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}})").code, 400);
  EXPECT_EQ(refused(KindId::kService, "web", R"([])").code, 400);
  EXPECT_EQ(refused(KindId::kService, "web", R"({"metadata":{"name":"a"},"spec":"text"})").code, 400);
  EXPECT_EQ(refused(KindId::kDeployment, "web", R"({"metadata":{"name":"a"},"spec":{"template":[]}})").code, 400);
}

TEST_F(OperationsTest, Create_DeploymentNeedsSelectorThatMatchesItsTemplate) {
  const Failure failure = refused(KindId::kDeployment, "web", R"({"metadata":{"name":"d"},"spec":{
    "selector":{"matchLabels":{"app":"x"}},
    "template":{"metadata":{"labels":{"app":"y"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}})");
  EXPECT_EQ(failure.code, 422);
  EXPECT_EQ(failure.details["causes"][0]["field"], "spec.template.metadata.labels");
}

TEST_F(OperationsTest, Service_KeepsItsAddressesAndGivesThemBack) {
  const ObjectPtr service = create(KindId::kService, "web", kService);
  const auto balanced = operations_.patch(service->key(), PatchType::kMerge, {{"spec", {{"type", "LoadBalancer"}}}});
  ASSERT_TRUE(balanced);
  EXPECT_EQ((*balanced)->json()["spec"]["clusterIP"], "10.0.240.1");
  EXPECT_EQ((*balanced)->json()["status"]["loadBalancer"]["ingress"][0]["ip"], "10.0.252.1");
  const Json node_port = (*balanced)->json()["spec"]["ports"][0]["nodePort"];
  EXPECT_GE(node_port, kNodePortMin);
  const auto labelled =
      operations_.patch(service->key(), PatchType::kMerge, {{"metadata", {{"labels", {{"a", "b"}}}}}});
  EXPECT_EQ((*labelled)->json()["spec"]["ports"][0]["nodePort"], node_port);
  EXPECT_EQ((*labelled)->json()["status"], (*balanced)->json()["status"]);
  ASSERT_TRUE(operations_.remove(service->key()));
  const ObjectPtr again = create(KindId::kService, "web",
                                 R"({"metadata":{"name":"t"},"spec":{"clusterIP":"10.0.240.1","ports":[{"port":1}]}})");
  EXPECT_EQ(again->json()["spec"]["clusterIP"], "10.0.240.1");
  EXPECT_EQ(refused(KindId::kService, "web",
                    R"({"metadata":{"name":"u"},"spec":{"clusterIP":"10.0.240.1","ports":[{"port":1}]}})")
                .code,
            422);
}

TEST_F(OperationsTest, Service_HeadlessHasNoAddress) {
  const ObjectPtr service =
      create(KindId::kService, "web", R"({"metadata":{"name":"h"},"spec":{"clusterIP":"None","selector":{"a":"b"}}})");
  EXPECT_EQ(service->json()["spec"]["clusterIP"], "None");
}

TEST_F(OperationsTest, Update_RefusesStaleResourceVersion) {
  const ObjectPtr service = create(KindId::kService, "web", kService);
  ASSERT_TRUE(operations_.patch(service->key(), PatchType::kMerge, {{"metadata", {{"labels", {{"a", "b"}}}}}}));
  const auto stale = operations_.update(service->key(), service->json());
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().reason, "Conflict");
  Json unversioned = service->json();
  unversioned["metadata"].erase("resourceVersion");
  EXPECT_TRUE(operations_.update(service->key(), unversioned));
}

TEST_F(OperationsTest, Update_MainPartLeavesStatusAndStatusPartLeavesTheRest) {
  const ObjectPtr pod = create(KindId::kPod, "web", kPod);
  const Json both{{"metadata", {{"labels", {{"a", "b"}}}}}, {"status", {{"phase", "Running"}}}};
  const auto main = operations_.patch(pod->key(), PatchType::kMerge, both);
  EXPECT_EQ((*main)->json()["status"]["phase"], "Pending");
  EXPECT_EQ((*main)->labels(), (Labels{{"a", "b"}}));
  const auto status =
      operations_.patch(pod->key(), PatchType::kMerge,
                        {{"metadata", {{"labels", {{"a", "c"}}}}}, {"status", {{"phase", "Running"}}}}, Part::kStatus);
  EXPECT_EQ((*status)->json()["status"]["phase"], "Running");
  EXPECT_EQ((*status)->labels(), (Labels{{"a", "b"}}));
}

TEST_F(OperationsTest, Update_DryRunStoresNothing) {
  const ObjectPtr pod = create(KindId::kPod, "web", kPod);
  const std::uint64_t before = store_.resource_version();
  ASSERT_TRUE(
      operations_.patch(pod->key(), PatchType::kMerge, {{"metadata", {{"labels", {{"a", "b"}}}}}}, Part::kMain, true));
  ASSERT_TRUE(operations_.create(KindId::kService, "web", Json::parse(kService), true));
  EXPECT_EQ(store_.resource_version(), before);
}

TEST_F(OperationsTest, Remove_PodOnANodeHasItsGracePeriod) {
  const ObjectPtr pod = create(KindId::kPod, "web", kPod);
  Json bound = pod->json();
  bound["spec"]["nodeName"] = "n1";
  ASSERT_TRUE(store_.replace(pod, bound));
  const auto removed = operations_.remove(pod->key());
  ASSERT_TRUE(removed);
  EXPECT_EQ((*removed)->json()["metadata"]["deletionTimestamp"], "2001-09-09T01:47:10Z");
  EXPECT_TRUE(store_.find(pod->key()));
  DeleteOptions at_once;
  at_once.grace_seconds = 0;
  ASSERT_TRUE(operations_.remove(pod->key(), at_once));
  EXPECT_FALSE(store_.find(pod->key()));
}

TEST_F(OperationsTest, Remove_GivesAPodNoMoreThanTheLongestGracePeriod) {
  const ObjectPtr pod = create(KindId::kPod, "web", kPod);
  Json bound = pod->json();
  bound["spec"]["nodeName"] = "n1";
  ASSERT_TRUE(store_.replace(pod, bound));
  DeleteOptions options;
  options.grace_seconds = INT64_MAX;
  const auto removed = operations_.remove(pod->key(), options);
  ASSERT_TRUE(removed);
  EXPECT_EQ((*removed)->json()["metadata"]["deletionGracePeriodSeconds"], kGraceSecondsMax);
  EXPECT_EQ((*removed)->json()["metadata"]["deletionTimestamp"], "2033-05-18T03:33:20Z");
}

TEST_F(OperationsTest, Remove_WaitsForFinalizers) {
  const ObjectPtr map = create(KindId::kConfigMap, "web", R"({"metadata":{"name":"m","finalizers":["x/y"]}})");
  ASSERT_TRUE(operations_.remove(map->key()));
  ASSERT_TRUE(store_.find(map->key()));
  EXPECT_TRUE(store_.find(map->key())->deleting());
  ASSERT_TRUE(operations_.patch(map->key(), PatchType::kMerge, {{"metadata", {{"finalizers", nullptr}}}}));
  EXPECT_FALSE(store_.find(map->key()));
}

TEST_F(OperationsTest, Remove_ChecksPreconditions) {
  const ObjectPtr map = create(KindId::kConfigMap, "web", R"({"metadata":{"name":"m"}})");
  DeleteOptions other;
  other.uid = "another";
  EXPECT_EQ(operations_.remove(map->key(), other).error().code, 409);
  other.uid = map->uid();
  EXPECT_TRUE(operations_.remove(map->key(), other));
}

TEST_F(OperationsTest, Deployment_CountsGenerationsOfItsSpecOnly) {
  const ObjectPtr deployment = create(KindId::kDeployment, "web", R"({"metadata":{"name":"d"},"spec":{
    "selector":{"matchLabels":{"app":"x"}},
    "template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}})");
  EXPECT_EQ(deployment->json()["metadata"]["generation"], 1);
  const auto labelled =
      operations_.patch(deployment->key(), PatchType::kMerge, {{"metadata", {{"labels", {{"a", "b"}}}}}});
  EXPECT_EQ((*labelled)->json()["metadata"]["generation"], 1);
  const auto scaled = operations_.set_replicas(deployment->key(), 5);
  EXPECT_EQ((*scaled)->json()["metadata"]["generation"], 2);
  EXPECT_EQ(operations_.set_replicas(deployment->key(), -1).error().code, 422);
  EXPECT_TRUE(operations_.set_replicas(deployment->key(), INT32_MAX));
  EXPECT_EQ(operations_.set_replicas(deployment->key(), std::int64_t{INT32_MAX} + 1).error().code, 422);
  const auto moved = operations_.patch(deployment->key(), PatchType::kMerge,
                                       {{"spec", {{"selector", {{"matchLabels", {{"b", "c"}}}}}}}});
  EXPECT_EQ(moved.error().code, 422);
}

TEST_F(OperationsTest, Secret_EncodesStringData) {
  const ObjectPtr secret = create(KindId::kSecret, "web", R"({"metadata":{"name":"s"},"stringData":{"a":"b"}})");
  EXPECT_EQ(secret->json()["data"]["a"], "Yg==");
  EXPECT_FALSE(secret->json().contains("stringData"));
}

}  // namespace
}  // namespace plumbline::kube
