#include "simulator/kube/controllers/garbage_collector.h"

#include "simulator/kube/controllers/fixture.h"

namespace plumbline::kube {
namespace {

class GarbageCollectorTest : public ControllersTest {};

const ObjectKey kDeployment{KindId::kDeployment, "web", "d"};

TEST_F(GarbageCollectorTest, DeletingADeploymentRemovesWhatItOwns) {
  create_deployment(3);
  remove(kDeployment);
  EXPECT_EQ(store_.count(KindId::kReplicaSet), 0U);
  EXPECT_EQ(store_.count(KindId::kPod), 0U);
  EXPECT_TRUE(runtime_.running.empty());
}

TEST_F(GarbageCollectorTest, OrphansStay) {
  create_deployment(3);
  DeleteOptions orphan;
  orphan.propagation = Propagation::kOrphan;
  ASSERT_TRUE(operations_.remove(kDeployment, orphan));
  settle();
  EXPECT_FALSE(store_.find(kDeployment));
  ASSERT_EQ(store_.count(KindId::kReplicaSet), 1U);
  EXPECT_TRUE(store_.list(KindId::kReplicaSet)[0]->owners().empty());
  EXPECT_EQ(store_.count(KindId::kPod), 3U);
}

TEST_F(GarbageCollectorTest, ForegroundDeletionKeepsTheOwnerUntilItsDependentsAreGone) {
  runtime_.stops_at_once = false;
  create_deployment(2);
  DeleteOptions foreground;
  foreground.propagation = Propagation::kForeground;
  ASSERT_TRUE(operations_.remove(kDeployment, foreground));
  settle();
  ASSERT_TRUE(store_.find(kDeployment));
  EXPECT_EQ(runtime_.terminating.size(), 2U);
  for (auto& [_, stop] : runtime_.terminating) stop();
  settle();
  EXPECT_FALSE(store_.find(kDeployment));
  EXPECT_EQ(store_.count(KindId::kPod), 0U);
}

TEST_F(GarbageCollectorTest, WhatIsCreatedForAnAbsentOwnerGoes) {
  create(KindId::kConfigMap, "web",
         {{"metadata",
           {{"name", "m"},
            {"ownerReferences",
             Value::array({{{"apiVersion", "v1"}, {"kind", "Pod"}, {"uid", "nobody"}, {"name", "n"}}})}}}});
  settle();
  EXPECT_FALSE(find(KindId::kConfigMap, "m"));
}

TEST_F(GarbageCollectorTest, NamespaceGoesWhenItsContentsAreGone) {
  runtime_.stops_at_once = false;
  create_deployment(2);
  create(KindId::kService, "web",
         {{"metadata", {{"name", "s"}}},
          {"spec", {{"selector", {{"app", "x"}}}, {"ports", Value::array({{{"port", 1}}})}}}});
  settle();
  const ObjectKey space{KindId::kNamespace, "", "web"};
  remove(space);
  ASSERT_TRUE(store_.find(space));
  EXPECT_EQ(store_.find(space)->value()["status"]["phase"], "Terminating");
  EXPECT_EQ(operations_.create(KindId::kConfigMap, "web", {{"metadata", {{"name", "m"}}}}).error().code, 403);
  for (auto& [_, stop] : runtime_.terminating) stop();
  settle();
  EXPECT_FALSE(store_.find(space));
  for (const Kind* kind : store_.registry().served())
    EXPECT_FALSE(kind->namespaced && store_.holds(kind->id, "web")) << kind->name;
}

class ServiceAccountsTest : public ControllersTest {};

TEST_F(ServiceAccountsTest, EveryNamespaceHasItsDefaultAccount) {
  EXPECT_TRUE(find(KindId::kServiceAccount, "default"));
  remove({KindId::kServiceAccount, "web", "default"});
  EXPECT_TRUE(find(KindId::kServiceAccount, "default"));
  EXPECT_EQ(find(KindId::kConfigMap, "kube-root-ca.crt")->value()["data"]["ca.crt"], "the CA");
}

TEST_F(ServiceAccountsTest, TokenSecretsAreFilledInAndGoWithTheirAccount) {
  const Value secret{{"metadata", {{"name", "t"}, {"annotations", {{"kubernetes.io/service-account.name", "robot"}}}}},
                     {"type", "kubernetes.io/service-account-token"}};
  create(KindId::kSecret, "web", secret);
  settle();
  EXPECT_FALSE(find(KindId::kSecret, "t")->value().contains("data"));
  create(KindId::kServiceAccount, "web", {{"metadata", {{"name", "robot"}}}});
  settle();
  EXPECT_EQ(find(KindId::kSecret, "t")->value()["data"]["token"], "dG9rZW4gb2Ygcm9ib3QgaW4gdA==");
  remove({KindId::kServiceAccount, "web", "robot"});
  EXPECT_FALSE(find(KindId::kSecret, "t"));
}

TEST_F(GarbageCollectorTest, NamespacesWaitForFinalizersOfOthers) {
  create(KindId::kNamespace, "",
         {{"metadata", {{"name", "held"}, {"finalizers", Value::array({"example.com/hold"})}}}});
  remove({KindId::kNamespace, "", "held"});
  ASSERT_NE(store_.find(KindId::kNamespace, "", "held"), nullptr);
  EXPECT_EQ(store_.find(KindId::kNamespace, "", "held")->at("status.phase"), "Terminating");
  patch({KindId::kNamespace, "", "held"}, {{"metadata", {{"finalizers", nullptr}}}});
  EXPECT_EQ(store_.find(KindId::kNamespace, "", "held"), nullptr);
}

TEST_F(GarbageCollectorTest, ForegroundLeavesWhatIsSomebodyElsesToo) {
  const auto owner = [&](const char* name) {
    const ObjectPtr map = create(KindId::kConfigMap, "web", {{"metadata", {{"name", name}}}});
    return Value{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"name", name}, {"uid", map->uid()}};
  };
  const Value first = owner("first"), second = owner("second");
  create(KindId::kSecret, "web",
         {{"metadata", {{"name", "child"}, {"ownerReferences", Value::array({first, second})}}}});
  DeleteOptions foreground;
  foreground.propagation = Propagation::kForeground;
  ASSERT_TRUE(operations_.remove({KindId::kConfigMap, "web", "first"}, foreground));
  settle();
  EXPECT_EQ(find(KindId::kConfigMap, "first"), nullptr);
  ASSERT_NE(find(KindId::kSecret, "child"), nullptr);
  EXPECT_EQ(find(KindId::kSecret, "child")->at("metadata.ownerReferences"), Value::array({second}));
}

}  // namespace
}  // namespace plumbline::kube
