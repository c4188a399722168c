// What a kube-apiserver 1.34 refuses, in its words.
#include "simulator/kube/validation/fixture.h"

namespace plumbline::kube {
namespace {

class AccessValidation : public ValidationTest {};

TEST_F(AccessValidation, RulesOfRoles) {
  expect_refused(
      KindId::kRole,
      {
          {R"({"rules":[{}]})",
           R"(rules[0].verbs: Required value: verbs must contain at least one value, rules[0].apiGroups: Required value: resource rules must supply at least one api group, rules[0].resources: Required value: resource rules must supply at least one resource)"},
          {R"({"rules":[{"verbs":["get"]}]})",
           R"(rules[0].apiGroups: Required value: resource rules must supply at least one api group, rules[0].resources: Required value: resource rules must supply at least one resource)"},
          {R"({"rules":[{"verbs":["get"],"apiGroups":[""],"resources":[]}]})",
           R"(rules[0].resources: Required value: resource rules must supply at least one resource)"},
          {R"({"rules":[{"verbs":["get"],"nonResourceURLs":["/x"]}]})",
           R"(rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs)"},
      });
}

TEST_F(AccessValidation, RulesOfClusterRoles) {
  expect_refused(
      KindId::kClusterRole,
      {
          {R"({"rules":[{"verbs":["get"],"nonResourceURLs":["/x"],"resources":["a"]}]})",
           R"(rules[0].nonResourceURLs: Invalid value: ["/x"]: rules cannot apply to both regular resources and non-resource URLs)"},
          {R"({"rules":[{"verbs":[],"nonResourceURLs":["/x"]}]})",
           R"(rules[0].verbs: Required value: verbs must contain at least one value)"},
      });
}

TEST_F(AccessValidation, BindingsNameARoleAndSubjects) {
  expect_refused(
      KindId::kRoleBinding,
      {
          {R"({})",
           R"(roleRef.kind: Unsupported value: "": supported values: "Role", "ClusterRole", roleRef.name: Required value)"},
          {R"({"roleRef":{"kind":"Role"}})", R"(roleRef.name: Required value)"},
          {R"({"roleRef":{"kind":"x","name":"n"}})",
           R"(roleRef.kind: Unsupported value: "x": supported values: "Role", "ClusterRole")"},
          {R"({"roleRef":{"kind":"Role","name":"n","apiGroup":"x"}})",
           R"(roleRef.apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io")"},
          {R"({"roleRef":{"kind":"Role","name":"a/b"}})", R"(roleRef.name: Invalid value: "a/b": may not contain '/')"},
          {R"({"roleRef":{"kind":"Role","name":"n"},"subjects":[{}]})",
           R"(subjects[0].name: Required value, subjects[0].kind: Unsupported value: "": supported values: "ServiceAccount", "User", "Group")"},
          {R"({"roleRef":{"kind":"Role","name":"n"},"subjects":[{"kind":"x","name":"n"}]})",
           R"(subjects[0].kind: Unsupported value: "x": supported values: "ServiceAccount", "User", "Group")"},
          {R"({"roleRef":{"kind":"Role","name":"n"},"subjects":[{"kind":"ServiceAccount","name":"A_","namespace":"n"}]})",
           R"(subjects[0].name: Invalid value: "A_": <subdomain>)"},
          {R"({"roleRef":{"kind":"Role","name":"n"},"subjects":[{"kind":"User"}]})",
           R"(subjects[0].name: Required value)"},
          {R"({"roleRef":{"kind":"Role","name":"n"},"subjects":[{"kind":"User","name":"x","apiGroup":"y"}]})",
           R"(subjects[0].apiGroup: Unsupported value: "y": supported values: "rbac.authorization.k8s.io")"},
          {R"({"roleRef":{"kind":"Role","name":"n"},"subjects":[{"kind":"ServiceAccount","name":"n","namespace":"n","apiGroup":"y"}]})",
           R"(subjects[0].apiGroup: Unsupported value: "y": supported values: "")"},
      });
}

TEST_F(AccessValidation, KeysAndTypesOfSecrets) {
  expect_refused(
      KindId::kSecret,
      {
          {R"({"data":{"a b":"YQ=="}})", R"(data[a b]: Invalid value: "a b": <key>)"},
          {R"({"data":{"..":"YQ=="}})", R"(data[..]: Invalid value: "..": must not be '..')"},
          {R"({"type":"kubernetes.io/tls"})", R"(data[tls.crt]: Required value, data[tls.key]: Required value)"},
          {R"({"type":"kubernetes.io/dockerconfigjson","data":{}})", R"(data[.dockerconfigjson]: Required value)"},
          {R"({"type":"kubernetes.io/service-account-token"})",
           R"(metadata.annotations[kubernetes.io/service-account.name]: Required value)"},
          {R"({"type":"kubernetes.io/basic-auth"})",
           R"(data[username]: Required value, data[password]: Required value)"},
          {R"({"data":{"":"YQ=="}})", R"(data[]: Invalid value: "": <key>)"},
      });
}

TEST_F(AccessValidation, KeysOfConfigMaps) {
  expect_refused(
      KindId::kConfigMap,
      {
          {R"({"data":{"a":"x"},"binaryData":{"a":"YQ=="}})",
           R"(data[a]: Invalid value: "a": duplicate of key present in binaryData)"},
          {R"({"data":{"a/b":"x"}})", R"(data[a/b]: Invalid value: "a/b": <key>)"},
          {R"({"data":{"...":"x","..x":"y"}})",
           R"(data[...]: Invalid value: "...": must not start with '..', data[..x]: Invalid value: "..x": must not start with '..')"},
      });
}

TEST_F(AccessValidation, BindingsOfTheWholeClusterNameClusterRolesAndWholeAccounts) {
  expect_refused(
      KindId::kClusterRoleBinding,
      {
          {R"({"roleRef":{"kind":"Role","name":"n"},"subjects":[{"kind":"ServiceAccount","name":"n"}]})",
           R"(roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole", subjects[0].namespace: Required value)"},
      });
  EXPECT_EQ(causes(KindId::kRoleBinding, object(KindId::kRoleBinding, R"({"roleRef":{"kind":"Role","name":"n"},
    "subjects":[{"kind":"ServiceAccount","name":"n"}]})")),
            "");
}

TEST_F(AccessValidation, ARoleReferenceNeverChanges) {
  EXPECT_EQ(
      changed(KindId::kRoleBinding, R"({"roleRef":{"kind":"Role","name":"n"}})",
              R"({"roleRef":{"kind":"Role","name":"m"}})"),
      R"(roleRef: Invalid value: {"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"m"}: cannot change roleRef)");
}

TEST_F(AccessValidation, FrozenSecretsAndMapsStayAsTheyAre) {
  EXPECT_EQ(
      changed(KindId::kSecret, R"({"immutable":true,"data":{"a":"YQ=="}})", R"({"data":{"a":"Yg=="}})"),
      "immutable: Forbidden: field is immutable when `immutable` is set, data: Forbidden: field is immutable when "
      "`immutable` is set");
  EXPECT_EQ(
      changed(KindId::kConfigMap, R"({"immutable":true,"data":{"a":"b"}})", R"({"immutable":true,"data":{"a":"b"}})"),
      "");
  EXPECT_EQ(changed(KindId::kSecret, R"({"type":"a"})", R"({"type":"b"})"),
            R"(type: Invalid value: "b": field is immutable)");
}

TEST_F(AccessValidation, DataHasALimit) {
  const auto with = [this](std::size_t bytes) {
    return causes(KindId::kConfigMap, Value{{"metadata", {{"name", "n"}}}, {"data", {{"a", std::string(bytes, 'x')}}}});
  };
  EXPECT_EQ(with(1'048'576), "");
  EXPECT_EQ(with(1'048'577), "[]: Too long: may not be more than 1048576 bytes");
}

}  // namespace
}  // namespace plumbline::kube
