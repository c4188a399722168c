// What a kube-apiserver 1.34 lets give, and its words.
#include "simulator/kube/access/escalation.h"

#include "simulator/kube/access/fixture.h"

namespace plumbline::kube {
namespace {

class EscalationTest : public AccessTest {
 protected:
  EscalationTest() {
    add(KindId::kRole, R"({"metadata":{"name":"reader","namespace":"web"},"rules":[
      {"apiGroups":[""],"resources":["pods","*/scale"],"verbs":["get","list"]},
      {"apiGroups":[""],"resources":["configmaps"],"resourceNames":["mine"],"verbs":["get"]}]})");
    bind("reader");
  }
  void bind(const std::string& role) {
    add(KindId::kRoleBinding, R"({"metadata":{"name":")" + role +
                                  R"(","namespace":"web"},"roleRef":{"kind":"Role","name":")" + role +
                                  R"("},"subjects":[{"kind":"User","name":"jane"}]})");
  }
  /// "" or the refusal of what jane writes in namespace web.
  std::string refusal(KindId kind, const std::string& fields, const Object* current = nullptr,
                      const std::string& group = "devs", const std::string& name = "x") {
    const bool spaced = kind == KindId::kRole || kind == KindId::kRoleBinding;
    const Value object = value_of(std::string(R"({"metadata":{"name":"x")") + (spaced ? R"(,"namespace":"web")" : "") +
                                  "}," + fields + "}");
    const auto done =
        check_escalation(authorizer_, store_, {"jane", {group}}, store_.kind(kind), name, object, current);
    return done ? "" : done.error().message;
  }
  static std::string missing(const std::string& lines, const std::string& kind = "roles") {
    return kind +
           ".rbac.authorization.k8s.io \"x\" is forbidden: user \"jane\" (groups=[\"devs\"]) is attempting to grant "
           "RBAC permissions not currently held:\n" +
           lines;
  }
};

TEST_F(EscalationTest, WhatOneHasOneMayGive) {
  EXPECT_EQ("", refusal(KindId::kRole, R"("rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["list","get"]}])"));
  EXPECT_EQ("", refusal(KindId::kRole, R"("rules":[{"apiGroups":[""],"resources":["web/scale"],"verbs":["get"]}])"));
  EXPECT_EQ(
      "",
      refusal(KindId::kRole,
              R"("rules":[{"apiGroups":[""],"resources":["configmaps"],"resourceNames":["mine"],"verbs":["get"]}])"));
  EXPECT_EQ("", refusal(KindId::kRole, R"("rules":[])"));
  EXPECT_EQ("", refusal(KindId::kRoleBinding, R"("roleRef":{"kind":"Role","name":"reader"})"));
}

TEST_F(EscalationTest, MoreIsRefusedAndNamed) {
  EXPECT_EQ(
      missing("{APIGroups:[\"\"], Resources:[\"configmaps\"], ResourceNames:[\"mine\"], Verbs:[\"update\"]}\n"
              "{APIGroups:[\"\"], Resources:[\"configmaps\"], ResourceNames:[\"yours\"], Verbs:[\"get\" \"update\"]}\n"
              "{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"watch\" \"delete\" \"watch\"]}\n"
              "{APIGroups:[\"apps\"], Resources:[\"*\"], Verbs:[\"*\"]}"),
      refusal(KindId::kRole, R"("rules":[
              {"apiGroups":[""],"resources":["pods"],"verbs":["watch","get","delete","watch"]},
              {"apiGroups":[""],"resources":["configmaps"],"resourceNames":["mine","yours"],"verbs":["get","update"]},
              {"apiGroups":["apps"],"resources":["*"],"verbs":["*"]}])"));
  EXPECT_EQ(missing("{APIGroups:[\"\"], Resources:[\"configmaps\"], Verbs:[\"get\"]}"),
            refusal(KindId::kRole, R"("rules":[{"apiGroups":[""],"resources":["configmaps"],"verbs":["get"]}])"))
      << "of one object is not of all";
}

TEST_F(EscalationTest, ARightInANamespaceIsNoneInTheCluster) {
  EXPECT_EQ(missing("{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"get\"]}", "clusterroles"),
            refusal(KindId::kClusterRole, R"("rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}])"));
  EXPECT_EQ(missing("{NonResourceURLs:[\"/metrics\"], Verbs:[\"get\"]}", "clusterroles"),
            refusal(KindId::kClusterRole, R"("rules":[{"nonResourceURLs":["/metrics"],"verbs":["get"]}])"));
}

TEST_F(EscalationTest, BindingNeedsWhatIsBound) {
  add(KindId::kClusterRole, R"({"metadata":{"name":"deleter"},"rules":[
    {"apiGroups":[""],"resources":["pods"],"verbs":["delete"]}]})");
  const std::string binding = R"("roleRef":{"kind":"ClusterRole","name":"deleter"})";
  EXPECT_EQ(missing("{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"delete\"]}", "rolebindings"),
            refusal(KindId::kRoleBinding, binding));
  EXPECT_EQ("rolebindings.rbac.authorization.k8s.io \"nothing\" not found",
            refusal(KindId::kRoleBinding, R"("roleRef":{"kind":"Role","name":"nothing"})"));
  add(KindId::kRole, R"({"metadata":{"name":"binder","namespace":"web"},"rules":[
    {"apiGroups":["rbac.authorization.k8s.io"],"resources":["clusterroles"],"resourceNames":["deleter"],"verbs":["bind"]}]})");
  bind("binder");
  EXPECT_EQ("", refusal(KindId::kRoleBinding, binding));
}

TEST_F(EscalationTest, TheVerbEscalateAndTheMastersMay) {
  const std::string more = R"("rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}])";
  EXPECT_EQ("", refusal(KindId::kRole, more, nullptr, "system:masters"));
  EXPECT_NE("", refusal(KindId::kRole, more));
  add(KindId::kRole, R"({"metadata":{"name":"climber","namespace":"web"},"rules":[
    {"apiGroups":["rbac.authorization.k8s.io"],"resources":["roles"],"verbs":["escalate"]}]})");
  bind("climber");
  EXPECT_EQ("", refusal(KindId::kRole, more));
  EXPECT_NE("", refusal(KindId::kClusterRole, more));
}

TEST_F(EscalationTest, ARightToOneNameIsOneToThatPathOnly) {
  add(KindId::kRole, R"({"metadata":{"name":"climber","namespace":"web"},"rules":[
    {"apiGroups":["rbac.authorization.k8s.io"],"resources":["roles"],"resourceNames":["x"],"verbs":["escalate"]}]})");
  bind("climber");
  const std::string more = R"("rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}])";
  EXPECT_EQ("", refusal(KindId::kRole, more, nullptr, "devs", "x"));
  EXPECT_NE("", refusal(KindId::kRole, more, nullptr, "devs", "")) << "a POST has no name in its path";
}

TEST_F(EscalationTest, AnEmptyNameIsNotEveryName) {
  add(KindId::kRole, R"({"metadata":{"name":"odd","namespace":"web"},"rules":[
    {"apiGroups":[""],"resources":["secrets"],"resourceNames":[""],"verbs":["get"]}]})");
  bind("odd");
  EXPECT_NE("", refusal(KindId::kRole, R"("rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}])"));
}

TEST_F(EscalationTest, WhoGathersRolesHasAllRights) {
  const std::string gathers = R"("rules":[],"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"a":"b"}}]})";
  const std::string refused =
      "clusterroles.rbac.authorization.k8s.io \"x\" is forbidden: must have cluster-admin privileges to use the "
      "aggregationRule";
  EXPECT_EQ(refused, refusal(KindId::kClusterRole, gathers));
  add(KindId::kClusterRole, R"({"metadata":{"name":"x"},)" + gathers + "}");
  const ObjectPtr current = store_.find(KindId::kClusterRole, "", "x");
  EXPECT_EQ(refused, refusal(KindId::kClusterRole, R"("rules":[])", current.get())) << "nor may he end it";
  add(KindId::kClusterRole, R"({"metadata":{"name":"all"},"rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]},
    {"nonResourceURLs":["*"],"verbs":["*"]}]})");
  add(KindId::kClusterRoleBinding, R"({"metadata":{"name":"all"},"roleRef":{"kind":"ClusterRole","name":"all"},
    "subjects":[{"kind":"User","name":"jane"}]})");
  EXPECT_EQ("", refusal(KindId::kClusterRole, gathers));
}

TEST_F(EscalationTest, OnlyWhatGarbageCollectionChangesIsFree) {
  const std::string more = R"("rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}])";
  add(KindId::kRole, R"({"metadata":{"name":"x","namespace":"web","finalizers":["a.io/f"]},)" + more + "}");
  const ObjectPtr current = store_.find(KindId::kRole, "web", "x");
  const auto may = [this](const Value& object, const ObjectPtr& before) {
    const Kind& kind = store_.kind(before->kind());
    return check_escalation(authorizer_, store_, {"jane", {}}, kind, "x", object, before.get()).has_value();
  };
  Value freed = current->value();
  freed["metadata"]["finalizers"] = Value::array();
  freed["metadata"]["ownerReferences"] = Value::array({{{"name", "o"}}});
  EXPECT_TRUE(may(freed, current));
  EXPECT_NE("", refusal(KindId::kRole, more, current.get())) << "without its uid it is another";
  EXPECT_NE(
      "", refusal(KindId::kRole, R"("rules":[{"apiGroups":["*"],"resources":["pods"],"verbs":["*"]}])", current.get()));
  for (const char* field : {"labels", "annotations"}) {
    Value changed = current->value();
    changed["metadata"][field]["a"] = "b";
    EXPECT_FALSE(may(changed, current));
  }
  const std::string binding = R"("roleRef":{"kind":"ClusterRole","name":"none"},"subjects":[)";
  add(KindId::kClusterRoleBinding, R"({"metadata":{"name":"x"},)" + binding + "]}");
  const ObjectPtr bound = store_.find(KindId::kClusterRoleBinding, "", "x");
  EXPECT_TRUE(may(bound->value(), bound));
  Value more_subjects = bound->value();
  more_subjects["subjects"] = Value::array({{{"kind", "User"}, {"name", "joe"}}});
  EXPECT_FALSE(may(more_subjects, bound));
}

}  // namespace
}  // namespace plumbline::kube
