// Expectations were read off k8s.io/apimachinery/pkg/util/strategicpatch 0.34, with the types of k8s.io/api.
#include "simulator/kube/merge/strategic.h"

#include "simulator/kube/schema/builtin.h"
#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {
namespace {

Value merged(std::string_view type, std::string_view target, std::string_view patch) {
  EXPECT_TRUE(builtin_type(type)) << type;
  const auto result = strategically_merged(value_of(target), value_of(patch), builtin_type(type));
  EXPECT_TRUE(result) << patch << ": " << result.error().message;
  return result ? *result : Value();
}

Failure refused(std::string_view type, std::string_view target, std::string_view patch) {
  const auto result = strategically_merged(value_of(target), value_of(patch), builtin_type(type));
  EXPECT_FALSE(result) << patch;
  return result ? Failure{} : result.error();
}

/// The names of the containers of `spec`.
std::string names(const Value& spec) {
  std::string all;
  for (const Value& container : spec["containers"]) all += container["name"].string();
  return all;
}

constexpr const char* kThree = R"({"containers":[{"name":"a"},{"name":"b"},{"name":"c"}]})";

TEST(StrategicMerge, MergesContainersByName) {
  EXPECT_EQ(
      merged("PodSpec", R"({"containers":[{"name":"a","image":"x:1"},{"name":"b","image":"y:1"}]})",
             R"({"containers":[{"name":"b","image":"y:2"},{"name":"c","image":"z:1"}]})"),
      value_of(R"({"containers":[{"name":"a","image":"x:1"},{"name":"b","image":"y:2"},{"name":"c","image":"z:1"}]})"));
}

TEST(StrategicMerge, ItemsOfThePatchComeInItsOrderAmongTheOthers) {
  EXPECT_EQ(names(merged("PodSpec", kThree, R"({"containers":[{"name":"c"},{"name":"a"}]})")), "bca");
  EXPECT_EQ(names(merged("PodSpec", kThree, R"({"containers":[{"name":"d"},{"name":"b"}]})")), "dabc");
  EXPECT_EQ(names(merged("PodSpec", kThree, R"({"containers":[{"name":"b"},{"name":"d"}]})")), "abdc");
}

TEST(StrategicMerge, DeletesListItemsByDirective) {
  EXPECT_EQ(merged("PodSpec", R"({"containers":[{"name":"a"},{"name":"b"}]})",
                   R"({"containers":[{"name":"a","$patch":"delete"}]})"),
            value_of(R"({"containers":[{"name":"b"}]})"));
  EXPECT_EQ(names(merged("PodSpec", kThree, R"({"containers":[{"name":"x","$patch":"delete"},{"name":"d"}]})")),
            "dabc");
}

TEST(StrategicMerge, ReplacesWhereTold) {
  EXPECT_EQ(merged("PodSpec", R"({"containers":[{"name":"a"}],"nodeSelector":{"x":"1"}})",
                   R"({"containers":[{"name":"c"},{"$patch":"replace"}],"nodeSelector":{"$patch":"replace","y":"2"}})"),
            value_of(R"({"containers":[{"name":"c"}],"nodeSelector":{"y":"2"}})"));
  EXPECT_EQ(merged("PodSpec", R"({"nodeSelector":{"x":"1"}})", R"({"nodeSelector":{"$patch":"delete"}})"),
            value_of(R"({"nodeSelector":{}})"));
  EXPECT_EQ(merged("PodSpec", R"({"nodeSelector":{"x":"1"}})", R"({"$patch":"replace","hostNetwork":true})"),
            value_of(R"({"hostNetwork":true})"));
}

TEST(StrategicMerge, MergesPortsByTheKeyOfTheirKind) {
  EXPECT_EQ(merged("Container", R"({"ports":[{"containerPort":80,"name":"a"}]})",
                   R"({"ports":[{"containerPort":80,"name":"b"},{"containerPort":81}]})"),
            value_of(R"({"ports":[{"containerPort":80,"name":"b"},{"containerPort":81}]})"));
  EXPECT_EQ(
      merged("ServiceSpec", R"({"ports":[{"port":80,"targetPort":1}]})", R"({"ports":[{"port":80,"targetPort":2}]})"),
      value_of(R"({"ports":[{"port":80,"targetPort":2}]})"));
}

TEST(StrategicMerge, MergesAtEveryDepth) {
  EXPECT_EQ(merged("Deployment",
                   R"({"spec":{"template":{"spec":{"containers":[{"name":"c","env":[{"name":"A","value":"1"}]}]}}}})",
                   R"({"spec":{"template":{"spec":{"containers":[{"name":"c","env":[{"name":"B","value":"2"},
                     {"name":"A","value":null}]}]}}}})"),
            value_of(R"({"spec":{"template":{"spec":{"containers":[{"name":"c",
              "env":[{"name":"B","value":"2"},{"name":"A"}]}]}}}})"));
}

TEST(StrategicMerge, NullRemovesAndLeavesNothingWhereNothingWas) {
  EXPECT_EQ(
      merged("PodSpec", R"({"hostNetwork":true,"nodeName":"n"})", R"({"hostNetwork":null,"nodeSelector":{"x":null}})"),
      value_of(R"({"nodeName":"n","nodeSelector":{}})"));
}

TEST(StrategicMerge, OrdersAsTold) {
  EXPECT_EQ(merged("Container", R"({"env":[{"name":"a","value":"1"}]})",
                   R"({"$setElementOrder/env":[{"name":"b"},{"name":"a"}],"env":[{"name":"b","value":"2"}]})"),
            value_of(R"({"env":[{"name":"b","value":"2"},{"name":"a","value":"1"}]})"));
  EXPECT_EQ(names(merged("PodSpec", kThree, R"({"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]})")), "bac");
  EXPECT_EQ(names(merged("PodSpec", kThree, R"({"$setElementOrder/containers":[{"name":"c"},{"name":"z"},{"name":"a"}],
      "containers":[{"name":"z"}]})")),
            "bcza");
  EXPECT_EQ(names(merged("PodSpec", "{}", R"({"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],
      "containers":[{"name":"b"},{"name":"a"},{"name":"x","$patch":"delete"}]})")),
            "ba");
}

TEST(StrategicMerge, TreatsTolerationsAndRulesAsOneValue) {
  EXPECT_EQ(merged("PodSpec", R"({"tolerations":[{"key":"a"}]})", R"({"tolerations":[{"key":"b"}]})"),
            value_of(R"({"tolerations":[{"key":"b"}]})"));
  EXPECT_EQ(merged("Role", R"({"rules":[{"verbs":["get"]}]})", R"({"rules":[]})"), value_of(R"({"rules":[]})"));
}

TEST(StrategicMerge, UnitesFinalizersAndDeletesPrimitives) {
  EXPECT_EQ(merged("ObjectMeta", R"({"finalizers":["a","b"]})", R"({"finalizers":["c","a"]})"),
            value_of(R"({"finalizers":["c","a","b"]})"));
  EXPECT_EQ(merged("ObjectMeta", R"({"finalizers":["a","b"]})", R"({"$deleteFromPrimitiveList/finalizers":["a","x"]})"),
            value_of(R"({"finalizers":["b"]})"));
  EXPECT_EQ(merged("ObjectMeta", "{}", R"({"$deleteFromPrimitiveList/finalizers":["a"]})"), Value::object());
  EXPECT_EQ(merged("ObjectMeta", R"({"finalizers":["a","b"]})",
                   R"({"$setElementOrder/finalizers":["b","a","c"],"finalizers":["c"]})"),
            value_of(R"({"finalizers":["b","a","c"]})"));
}

TEST(StrategicMerge, RetainsOnlyNamedKeys) {
  EXPECT_EQ(merged("DeploymentSpec", R"({"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}})",
                   R"({"strategy":{"$retainKeys":["type"],"type":"Recreate"}})"),
            value_of(R"({"strategy":{"type":"Recreate"}})"));
  EXPECT_EQ(merged("PodSpec", R"({"volumes":[{"name":"v","emptyDir":{}}]})",
                   R"({"volumes":[{"name":"v","$retainKeys":["name","hostPath"],"hostPath":{"path":"/x"}}]})"),
            value_of(R"({"volumes":[{"name":"v","hostPath":{"path":"/x"}}]})"));
}

TEST(StrategicMerge, RefusesKeysThatItDoesNotRetain) {
  const auto failure = refused("DeploymentSpec", "{\"strategy\":{}}",
                               R"({"strategy":{"$retainKeys":["rollingUpdate"],"type":"Recreate"}})");
  EXPECT_EQ(failure.code, 400);
  EXPECT_EQ(failure.message, "invalid patch format of retainKeys");
  EXPECT_EQ(refused("DeploymentSpec", "{\"strategy\":{}}", R"({"strategy":{"$retainKeys":"type"}})").code, 400);
}

TEST(StrategicMerge, RefusesItemsWithoutTheirKey) {
  const auto failure = refused("PodSpec", kThree, R"({"containers":[{"image":"x"}]})");
  EXPECT_EQ(failure.code, 500);
  EXPECT_EQ(failure.message, "map: map[image:x] does not contain declared merge key: name");
  EXPECT_EQ(refused("PodSpec", kThree, R"({"containers":[{"$patch":"delete"}]})").message,
            "map: map[$patch:delete] does not contain declared merge key: name");
}

TEST(StrategicMerge, RefusesUnknownDirectives) {
  EXPECT_EQ(refused("PodSpec", "{}", R"({"$patch":"what"})").message,
            "unknown patch type: what in map: map[$patch:what]");
  EXPECT_EQ(refused("PodSpec", kThree, R"({"containers":[{"$patch":"what","name":"a"}]})").message,
            "unknown patch type: what in map: map[$patch:what name:a]");
  EXPECT_EQ(refused("PodSpec", kThree, R"({"containers":[{"$patch":"merge","name":"a"}]})").message,
            "merging lists cannot yet be specified in the patch");
}

TEST(StrategicMerge, RefusesOrdersThatAreNone) {
  EXPECT_EQ(refused("PodSpec", kThree, R"({"$setElementOrder/containers":"x"})").message,
            "expected a []interface {}, but received a string");
  EXPECT_EQ(refused("PodSpec", kThree, R"({"$setElementOrder/containers":[{"name":"b"}],"containers":[{"name":"z"}]})")
                .message,
            "The order in patch list:\n[map[name:z]]\n doesn't match $setElementOrder list:\n[map[name:b]]\n");
}

TEST(StrategicMerge, RefusesItemsOfAnotherForm) {
  EXPECT_EQ(refused("PodSpec", R"({"containers":[{"name":"a"}]})", R"({"containers":["x"]})").message,
            "list element types are not identical: [[map[name:a]] [x]]");
  EXPECT_EQ(refused("PodSpec", "{}", "[]").message,
            "json: cannot unmarshal array into Go value of type map[string]interface {}");
  EXPECT_EQ(refused("PodSpec", "{}", "[]").code, 400);
}

TEST(StrategicMerge, TakesAnotherFormOfAFieldAsItIs) {
  EXPECT_EQ(merged("PodSpec", kThree, R"({"containers":{"a":"b"}})"), value_of(R"({"containers":{"a":"b"}})"));
}

TEST(StrategicMerge, WithoutATypeReplacesLists) {
  EXPECT_EQ(*strategically_merged(value_of(R"({"l":[{"name":"a"}],"m":{"x":1}})"),
                                  value_of(R"({"l":[{"name":"b"}],"m":{"y":2}})"), nullptr),
            value_of(R"({"l":[{"name":"b"}],"m":{"x":1,"y":2}})"));
}

}  // namespace
}  // namespace plumbline::kube
