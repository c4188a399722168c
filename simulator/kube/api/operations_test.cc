#include "simulator/kube/api/operations.h"

#include "simulator/kube/api/fixture.h"

namespace plumbline::kube {
namespace {

constexpr const char* kService = R"({"metadata":{"name":"s"},"spec":{"selector":{"app":"x"},"ports":[{"port":8000}]}})";
constexpr const char* kPod = R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i:1"}]}})";

TEST_F(OperationsTest, Create_FillsInDefaults) {
  const ObjectPtr service = create(KindId::kService, "web", kService);
  EXPECT_EQ(service->value()["spec"]["type"], "ClusterIP");
  EXPECT_EQ(service->at("spec.ports")[0]["targetPort"], Value(8000));
  EXPECT_EQ(service->at("spec.ports")[0]["protocol"], "TCP");
  EXPECT_EQ(service->value()["spec"]["clusterIP"], "10.0.240.1");
  EXPECT_EQ(service->value()["metadata"]["namespace"], "web");
  EXPECT_EQ(service->value()["apiVersion"], "v1");
}

TEST_F(OperationsTest, Create_ObjectsThatAreAlikeAreOwnedAlikeAndOthersAreNot) {
  const auto made = [&](const char* name, Value labels, const char* manager) {
    WriteOptions options;
    options.manager = manager;
    Value pod = value_of(kPod);
    pod["metadata"]["name"] = name;
    pod["metadata"]["labels"] = std::move(labels);
    const auto created = operations_.create(KindId::kPod, "web", pod, options);
    EXPECT_TRUE(created.has_value());
    return (*created)->at("metadata.managedFields");
  };
  const Value first = made("a", {{"app", "x"}}, "m"), second = made("b", {{"app", "y"}}, "m");
  EXPECT_TRUE(second.same_as(first)) << "values do not matter";
  EXPECT_TRUE(first[0].at("fieldsV1.f:metadata.f:labels").contains("f:app"));
  now_ += std::chrono::seconds(1);
  EXPECT_NE(made("later", {{"app", "x"}}, "m").front()["time"], first.front()["time"]);
  EXPECT_EQ(made("c", {{"app", "x"}}, "n").front()["manager"], "n");
  const Value other = made("d", {{"tier", "y"}}, "n").front().at("fieldsV1.f:metadata.f:labels");
  EXPECT_TRUE(other.contains("f:tier"));
  EXPECT_FALSE(other.contains("f:app"));
}

TEST_F(OperationsTest, Create_OwnersAreThoseOfAnObjectMadeAlone) {
  // Pairs of which one was taken for the other, by their names alone: values count where something is always there, and
  // whatever a custom kind is sent may not be what its type says.
  const std::vector<std::pair<KindId, std::vector<const char*>>> alike{
      {KindId::kEvent,
       {R"({"metadata":{"name":"a"},"involvedObject":{"namespace":"web"},"reportingComponent":"","reportingInstance":""})",
        R"({"metadata":{"name":"b"},"involvedObject":{"namespace":"web"},"reportingComponent":"x","reportingInstance":""})",
        R"({"metadata":{"name":"c"},"involvedObject":{"namespace":"web"}})"}},
      {KindId::kConfigMap,
       {R"({"metadata":{"name":"a"},"data":{"x":"1"}})", R"({"metadata":{"name":"b"},"data":{"x":""}})",
        R"({"metadata":{"name":"c"},"data":{}})", R"({"metadata":{"name":"d","labels":{}},"data":null})"}}};
  const auto owners = [](Operations& operations, KindId kind, const char* text, bool dry_run) {
    WriteOptions options;
    options.manager = "m";
    options.dry_run = dry_run;
    const auto made = operations.create(kind, "web", value_of(text), options);
    EXPECT_TRUE(made) << made.error().message;
    return made ? to_text((*made)->at("metadata.managedFields")) : "";
  };
  for (const auto& [kind, objects] : alike)
    for (const char* first : objects)
      for (const char* second : objects) {
        Operations alone(store_, services_);
        const std::string expected = owners(alone, kind, second, true);
        (void)owners(operations_, kind, first, true);
        EXPECT_EQ(owners(operations_, kind, second, true), expected) << first << "\n" << second;
      }
}

TEST_F(OperationsTest, Create_RefusesMissingNamespace) {
  const Failure failure = refused(KindId::kService, "nowhere", kService);
  EXPECT_EQ(failure.code, 404);
  EXPECT_EQ(failure.message, "namespaces \"nowhere\" not found");
}

TEST_F(OperationsTest, Create_RefusesInvalidObjectsNamingTheField) {
  const Failure failure = refused(KindId::kService, "web", R"({"metadata":{"name":"S_"},"spec":{}})");
  EXPECT_EQ(failure.code, 422);
  EXPECT_EQ(std::as_const(failure.details)["causes"][0]["field"], "metadata.name");
  EXPECT_EQ(std::as_const(failure.details)["causes"][1]["field"], "spec.ports");
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
  EXPECT_EQ(std::as_const(failure.details)["causes"][0]["field"], "spec.template.metadata.labels");
}

TEST_F(OperationsTest, Service_KeepsItsAddressesAndGivesThemBack) {
  const ObjectPtr service = create(KindId::kService, "web", kService);
  const auto balanced = operations_.patch(service->key(), PatchType::kMerge, {{"spec", {{"type", "LoadBalancer"}}}});
  ASSERT_TRUE(balanced);
  EXPECT_EQ((*balanced)->value()["spec"]["clusterIP"], "10.0.240.1");
  EXPECT_EQ((*balanced)->at("status.loadBalancer.ingress")[0]["ip"], "10.0.252.1");
  const Value node_port = (*balanced)->at("spec.ports")[0]["nodePort"];
  EXPECT_GE(node_port.integer(), kNodePortMin);
  const auto labelled =
      operations_.patch(service->key(), PatchType::kMerge, {{"metadata", {{"labels", {{"a", "b"}}}}}});
  EXPECT_EQ((*labelled)->at("spec.ports")[0]["nodePort"], node_port);
  EXPECT_EQ((*labelled)->value()["status"], (*balanced)->value()["status"]);
  ASSERT_TRUE(operations_.remove(service->key()));
  const ObjectPtr again = create(KindId::kService, "web",
                                 R"({"metadata":{"name":"t"},"spec":{"clusterIP":"10.0.240.1","ports":[{"port":1}]}})");
  EXPECT_EQ(again->value()["spec"]["clusterIP"], "10.0.240.1");
  EXPECT_EQ(refused(KindId::kService, "web",
                    R"({"metadata":{"name":"u"},"spec":{"clusterIP":"10.0.240.1","ports":[{"port":1}]}})")
                .code,
            422);
}

TEST_F(OperationsTest, Service_HeadlessHasNoAddress) {
  const ObjectPtr service =
      create(KindId::kService, "web", R"({"metadata":{"name":"h"},"spec":{"clusterIP":"None","selector":{"a":"b"}}})");
  EXPECT_EQ(service->value()["spec"]["clusterIP"], "None");
}

TEST_F(OperationsTest, Update_RefusesStaleResourceVersion) {
  const ObjectPtr service = create(KindId::kService, "web", kService);
  ASSERT_TRUE(operations_.patch(service->key(), PatchType::kMerge, {{"metadata", {{"labels", {{"a", "b"}}}}}}));
  const auto stale = operations_.update(service->key(), service->value());
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().reason, "Conflict");
  Value unversioned = service->value();
  unversioned["metadata"].erase("resourceVersion");
  EXPECT_TRUE(operations_.update(service->key(), unversioned));
}

TEST_F(OperationsTest, Update_MainPartLeavesStatusAndStatusPartLeavesTheRest) {
  const ObjectPtr pod = create(KindId::kPod, "web", kPod);
  const Value both{{"metadata", {{"labels", {{"a", "b"}}}}}, {"status", {{"phase", "Running"}}}};
  const auto main = operations_.patch(pod->key(), PatchType::kMerge, both);
  EXPECT_EQ((*main)->value()["status"]["phase"], "Pending");
  EXPECT_EQ((*main)->labels(), (Value{{"a", "b"}}));
  WriteOptions status_only;
  status_only.part = Part::kStatus;
  const auto status =
      operations_.patch(pod->key(), PatchType::kMerge,
                        {{"metadata", {{"labels", {{"a", "c"}}}}}, {"status", {{"phase", "Running"}}}}, status_only);
  EXPECT_EQ((*status)->value()["status"]["phase"], "Running");
  EXPECT_EQ((*status)->labels(), (Value{{"a", "b"}}));
}

TEST_F(OperationsTest, Update_DryRunStoresNothing) {
  const ObjectPtr pod = create(KindId::kPod, "web", kPod);
  const std::uint64_t before = store_.resource_version();
  WriteOptions dry;
  dry.dry_run = true;
  ASSERT_TRUE(operations_.patch(pod->key(), PatchType::kMerge, {{"metadata", {{"labels", {{"a", "b"}}}}}}, dry));
  const auto tried = operations_.create(KindId::kService, "web", value_of(kService), dry);
  ASSERT_TRUE(tried);
  EXPECT_FALSE((*tried)->text("metadata.uid").empty());
  EXPECT_EQ(store_.resource_version(), before);
  EXPECT_EQ(create(KindId::kService, "web", kService)->text("spec.clusterIP"), "10.0.240.2")
      << "the address that was only tried is free, and its turn is over";
}

TEST_F(OperationsTest, Write_OwnsWhatDiffersAndIsNothingWhenNothingDoes) {
  const ObjectPtr pod = create(KindId::kPod, "web", kPod);
  Value next = pod->value();
  next["status"]["phase"] = "Running";
  const auto written = operations_.write(pod, next, "kubelet", "status");
  ASSERT_TRUE(written);
  const Value& entries = (*written)->at("metadata.managedFields");
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries.front()["manager"], "kubelet");
  EXPECT_EQ(entries.front()["subresource"], "status");
  EXPECT_EQ(entries.front()["fieldsV1"], value_of(R"({"f:status":{"f:phase":{}}})"));
  now_ += std::chrono::seconds(5);
  const auto again = operations_.write(*written, (*written)->value(), "kubelet", "status");
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *written);
  EXPECT_EQ(store_.resource_version(), (*written)->resource_version());
}

TEST_F(OperationsTest, Remove_PodOnANodeHasItsGracePeriod) {
  const ObjectPtr pod = create(KindId::kPod, "web", kPod);
  Value bound = pod->value();
  bound["spec"]["nodeName"] = "n1";
  ASSERT_TRUE(store_.replace(pod, bound));
  const auto removed = operations_.remove(pod->key());
  ASSERT_TRUE(removed);
  EXPECT_EQ((*removed)->value()["metadata"]["deletionTimestamp"], "2001-09-09T01:47:10Z");
  EXPECT_TRUE(store_.find(pod->key()));
  DeleteOptions at_once;
  at_once.grace_seconds = 0;
  ASSERT_TRUE(operations_.remove(pod->key(), at_once));
  EXPECT_FALSE(store_.find(pod->key()));
}

TEST_F(OperationsTest, Remove_GivesAPodNoMoreThanTheLongestGracePeriod) {
  const ObjectPtr pod = create(KindId::kPod, "web", kPod);
  Value bound = pod->value();
  bound["spec"]["nodeName"] = "n1";
  ASSERT_TRUE(store_.replace(pod, bound));
  DeleteOptions options;
  options.grace_seconds = INT64_MAX;
  const auto removed = operations_.remove(pod->key(), options);
  ASSERT_TRUE(removed);
  EXPECT_EQ((*removed)->at("metadata.deletionGracePeriodSeconds"), Value(kGraceSecondsMax));
  EXPECT_EQ((*removed)->at("metadata.deletionTimestamp"), "2033-05-18T03:33:20Z");
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
  EXPECT_EQ(
      operations_.remove(map->key(), other).error().message,
      "Operation cannot be fulfilled on ConfigMap \"m\": the UID in the precondition (another) does not match the "
      "UID in record (" +
          map->uid() + "). The object might have been deleted and then recreated");
  DeleteOptions old;
  old.resource_version = "1";
  EXPECT_EQ(operations_.remove(map->key(), old).error().code, 409);
  other.uid = map->uid();
  EXPECT_TRUE(operations_.remove(map->key(), other));
}

TEST_F(OperationsTest, Deployment_CountsGenerationsOfItsSpecOnly) {
  const ObjectPtr deployment = create(KindId::kDeployment, "web", R"({"metadata":{"name":"d"},"spec":{
    "selector":{"matchLabels":{"app":"x"}},
    "template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}})");
  EXPECT_EQ(deployment->at("metadata.generation"), Value(1));
  const auto labelled =
      operations_.patch(deployment->key(), PatchType::kMerge, {{"metadata", {{"labels", {{"a", "b"}}}}}});
  EXPECT_EQ((*labelled)->at("metadata.generation"), Value(1));
  const auto scaled = operations_.set_replicas(deployment->key(), 5);
  EXPECT_EQ((*scaled)->at("metadata.generation"), Value(2));
  EXPECT_EQ(operations_.set_replicas(deployment->key(), -1).error().code, 422);
  EXPECT_TRUE(operations_.set_replicas(deployment->key(), INT32_MAX));
  EXPECT_EQ(operations_.set_replicas(deployment->key(), std::int64_t{INT32_MAX} + 1).error().code, 422);
  const auto moved = operations_.patch(deployment->key(), PatchType::kMerge,
                                       {{"spec", {{"selector", {{"matchLabels", {{"b", "c"}}}}}}}});
  EXPECT_EQ(moved.error().code, 422);
}

TEST_F(OperationsTest, Secret_EncodesStringData) {
  const ObjectPtr secret = create(KindId::kSecret, "web", R"({"metadata":{"name":"s"},"stringData":{"a":"b"}})");
  EXPECT_EQ(secret->value()["data"]["a"], "Yg==");
  EXPECT_FALSE(secret->value().contains("stringData"));
}

}  // namespace
}  // namespace plumbline::kube
