#include "simulator/kube/access/authorizer.h"

#include "simulator/kube/access/fixture.h"

namespace plumbline::kube {
namespace {

class AuthorizerTest : public AccessTest {
 protected:
  AuthorizerTest() {
    for (auto& [kind, object] : Authorizer::bootstrap_objects()) EXPECT_TRUE(store_.create(kind, std::move(object)));
  }
  bool may(const std::string& user, const std::string& verb, const std::string& resource, const std::string& space,
           const std::string& name = "", const std::string& group = "") {
    Attributes asked;
    asked.verb = verb;
    asked.group = group;
    asked.resource = resource;
    asked.space = space;
    asked.name = name;
    return authorizer_.allowed({user, {"system:authenticated"}}, asked);
  }
};

TEST_F(AuthorizerTest, NobodyMayAnythingUntilBound) {
  EXPECT_FALSE(may("joe", "list", "pods", "web"));
  EXPECT_FALSE(may("joe", "list", "pods", ""));
}

TEST_F(AuthorizerTest, MastersMayEverything) {
  Attributes asked;
  asked.verb = "delete";
  asked.resource = "nodes";
  EXPECT_TRUE(authorizer_.allowed({"root", {"system:masters"}}, asked));
}

TEST_F(AuthorizerTest, AdminRoleOfTkeCoversEverythingOnceBoundAndNothingAfter) {
  add(KindId::kClusterRoleBinding, R"({"metadata":{"name":"b"},"roleRef":{"kind":"ClusterRole","name":"tke:admin"},
    "subjects":[{"kind":"User","name":"joe"}]})");
  EXPECT_TRUE(may("joe", "create", "clusterroles", "", "", "rbac.authorization.k8s.io"));
  EXPECT_FALSE(may("ann", "create", "clusterroles", "", "", "rbac.authorization.k8s.io"));
  ASSERT_TRUE(store_.erase({KindId::kClusterRoleBinding, "", "b"}));
  EXPECT_FALSE(may("joe", "list", "pods", ""));
}

TEST_F(AuthorizerTest, RoleBindingCountsInItsNamespaceOnly) {
  add(KindId::kRole, R"({"metadata":{"name":"reader","namespace":"web"},
    "rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get","list"]}]})");
  add(KindId::kRoleBinding, R"({"metadata":{"name":"b","namespace":"web"},"roleRef":{"kind":"Role","name":"reader"},
    "subjects":[{"kind":"ServiceAccount","name":"robot","namespace":"ops"}]})");
  const std::string robot = "system:serviceaccount:ops:robot";
  EXPECT_TRUE(may(robot, "list", "pods", "web"));
  EXPECT_FALSE(may(robot, "watch", "pods", "web"));
  EXPECT_FALSE(may(robot, "list", "pods", "other"));
  EXPECT_FALSE(may(robot, "list", "pods", ""));
  EXPECT_FALSE(may(robot, "list", "pods", "web", "", "apps"));
  EXPECT_FALSE(may(robot, "get", "pods/log", "web", "a"));
}

TEST_F(AuthorizerTest, RulesNameSubresourcesAndObjects) {
  add(KindId::kClusterRole, R"({"metadata":{"name":"r"},"rules":[
    {"apiGroups":["apps"],"resources":["*/scale"],"verbs":["*"]},
    {"apiGroups":[""],"resources":["secrets"],"resourceNames":["mine"],"verbs":["get"]}]})");
  add(KindId::kClusterRoleBinding, R"({"metadata":{"name":"b"},"roleRef":{"kind":"ClusterRole","name":"r"},
    "subjects":[{"kind":"Group","name":"system:authenticated"}]})");
  EXPECT_TRUE(may("joe", "update", "deployments/scale", "web", "d", "apps"));
  EXPECT_FALSE(may("joe", "update", "deployments", "web", "d", "apps"));
  EXPECT_TRUE(may("joe", "get", "secrets", "web", "mine"));
  EXPECT_FALSE(may("joe", "get", "secrets", "web", "yours"));
  EXPECT_FALSE(may("joe", "list", "secrets", "web"));
}

TEST_F(AuthorizerTest, EverybodyMayDiscoverAndAskForHealth) {
  Attributes asked;
  asked.resource_request = false;
  asked.verb = "get";
  asked.path = "/apis/apps/v1";
  EXPECT_TRUE(authorizer_.allowed({"joe", {"system:authenticated"}}, asked));
  EXPECT_FALSE(authorizer_.allowed({"system:anonymous", {"system:unauthenticated"}}, asked));
  asked.path = "/healthz";
  EXPECT_TRUE(authorizer_.allowed({"system:anonymous", {"system:unauthenticated"}}, asked));
}

TEST_F(AuthorizerTest, RefusesInTheWordsOfKubernetes) {
  Attributes asked;
  asked.verb = "list";
  asked.resource = "pods";
  EXPECT_EQ(Authorizer::refusal({"joe", {}}, asked),
            "User \"joe\" cannot list resource \"pods\" in API group \"\" at the cluster scope");
  asked.space = "web";
  EXPECT_EQ(Authorizer::refusal({"joe", {}}, asked),
            "User \"joe\" cannot list resource \"pods\" in API group \"\" in the namespace \"web\"");
}

}  // namespace
}  // namespace plumbline::kube
