#include "simulator/kube/store/patch.h"

#include <gtest/gtest.h>

namespace plumbline::kube {
namespace {

Value strategic(const char* target, const char* patch) {
  auto result = patched(*read_text(target).value, PatchType::kStrategic, *read_text(patch).value);
  EXPECT_TRUE(result) << patch;
  return result ? *result : Value();
}

TEST(MergePatch, ReplacesAddsAndRemoves) {
  const auto result = patched(*read_text(R"({"a":1,"b":{"c":2,"d":3},"l":[1,2]})").value, PatchType::kMerge,
                              *read_text(R"({"a":null,"b":{"c":4},"l":[3]})").value);
  EXPECT_EQ(*result, *read_text(R"({"b":{"c":4,"d":3},"l":[3]})").value);
}

TEST(MergePatch, RefusesWhatIsNoObject) {
  EXPECT_EQ(patched(Value::object(), PatchType::kMerge, Value::array()).error().code, 400);
}

TEST(JsonPatch, AppliesInOrderAndTests) {
  const auto result =
      patched(*read_text(R"({"a":[1]})").value, PatchType::kJson,
              *read_text(R"([{"op":"test","path":"/a/0","value":1},{"op":"add","path":"/a/-","value":2}])").value);
  EXPECT_EQ(*result, *read_text(R"({"a":[1,2]})").value);
  const auto failed =
      patched(*read_text(R"({"a":[1]})").value, PatchType::kJson, *read_text(R"([{"op":"test","path":"/a/0","value":2}])").value);
  EXPECT_EQ(failed.error().code, 422);
}

TEST(StrategicMerge, MergesContainersByName) {
  EXPECT_EQ(
      strategic(R"({"containers":[{"name":"a","image":"x:1"},{"name":"b","image":"y:1"}]})",
                R"({"containers":[{"name":"b","image":"y:2"},{"name":"c","image":"z:1"}]})"),
      *read_text(
          R"({"containers":[{"name":"a","image":"x:1"},{"name":"b","image":"y:2"},{"name":"c","image":"z:1"}]})").value);
}

TEST(StrategicMerge, DeletesListItemsByDirective) {
  EXPECT_EQ(
      strategic(R"({"containers":[{"name":"a"},{"name":"b"}]})", R"({"containers":[{"name":"a","$patch":"delete"}]})"),
      *read_text(R"({"containers":[{"name":"b"}]})").value);
}

TEST(StrategicMerge, ReplacesWhereTold) {
  EXPECT_EQ(strategic(R"({"containers":[{"name":"a"}],"m":{"x":1}})",
                      R"({"containers":[{"name":"c"},{"$patch":"replace"}],"m":{"$patch":"replace","y":2}})"),
            *read_text(R"({"containers":[{"name":"c"}],"m":{"y":2}})").value);
}

TEST(StrategicMerge, MergesPortsByTheKeyOfTheirKind) {
  EXPECT_EQ(strategic(R"({"ports":[{"containerPort":80,"name":"a"}]})",
                      R"({"ports":[{"containerPort":80,"name":"b"},{"containerPort":81}]})"),
            *read_text(R"({"ports":[{"containerPort":80,"name":"b"},{"containerPort":81}]})").value);
  EXPECT_EQ(strategic(R"({"ports":[{"port":80,"targetPort":1}]})", R"({"ports":[{"port":80,"targetPort":2}]})"),
            *read_text(R"({"ports":[{"port":80,"targetPort":2}]})").value);
}

TEST(StrategicMerge, OrdersAsTold) {
  EXPECT_EQ(strategic(R"({"env":[{"name":"a","value":"1"}]})",
                      R"({"$setElementOrder/env":[{"name":"b"},{"name":"a"}],"env":[{"name":"b","value":"2"}]})"),
            *read_text(R"({"env":[{"name":"b","value":"2"},{"name":"a","value":"1"}]})").value);
}

TEST(StrategicMerge, TreatsTolerationsAndRulesAsOneValue) {
  EXPECT_EQ(strategic(R"({"tolerations":[{"key":"a"}],"rules":[{"verbs":["get"]}]})",
                      R"({"tolerations":[{"key":"b"}],"rules":[]})"),
            *read_text(R"({"tolerations":[{"key":"b"}],"rules":[]})").value);
}

TEST(StrategicMerge, UnitesFinalizersAndDeletesPrimitives) {
  EXPECT_EQ(strategic(R"({"finalizers":["a","b"]})", R"({"finalizers":["c","a"]})"),
            *read_text(R"({"finalizers":["a","b","c"]})").value);
  EXPECT_EQ(strategic(R"({"finalizers":["a","b"]})", R"({"$deleteFromPrimitiveList/finalizers":["a"]})"),
            *read_text(R"({"finalizers":["b"]})").value);
}

TEST(StrategicMerge, RetainsOnlyNamedKeys) {
  EXPECT_EQ(strategic(R"({"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}})",
                      R"({"strategy":{"$retainKeys":["type"],"type":"Recreate"}})"),
            *read_text(R"({"strategy":{"type":"Recreate"}})").value);
}

TEST(StrategicMerge, RefusesItemsWithoutTheirKey) {
  EXPECT_EQ(
      patched(Value::object(), PatchType::kStrategic, *read_text(R"({"containers":[{"image":"x"}]})").value).error().code,
      400);
}

TEST(Patch, RefusesWhatIsNestedTooDeeply) {
  Value deep = 1;
  for (std::size_t i = 0; i < kPatchDepthMax + 1; ++i) deep = Value{{"a", deep}};
  EXPECT_EQ(patched(Value::object(), PatchType::kMerge, deep).error().code, 400);
  EXPECT_TRUE(patched(Value::object(), PatchType::kMerge, deep["a"]));
}

}  // namespace
}  // namespace plumbline::kube
