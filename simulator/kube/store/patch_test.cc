#include "simulator/kube/store/patch.h"

#include <gtest/gtest.h>

#include "simulator/kube/store/object.h"

namespace plumbline::kube {
namespace {

Json strategic(const char* target, const char* patch) {
  auto result = patched(Json::parse(target), PatchType::kStrategic, Json::parse(patch));
  EXPECT_TRUE(result) << patch;
  return result ? *result : Json();
}

TEST(MergePatch, ReplacesAddsAndRemoves) {
  const auto result = patched(Json::parse(R"({"a":1,"b":{"c":2,"d":3},"l":[1,2]})"), PatchType::kMerge,
                              Json::parse(R"({"a":null,"b":{"c":4},"l":[3]})"));
  EXPECT_EQ(*result, Json::parse(R"({"b":{"c":4,"d":3},"l":[3]})"));
}

TEST(MergePatch, RefusesWhatIsNoObject) {
  EXPECT_EQ(patched(Json::object(), PatchType::kMerge, Json::array()).error().code, 400);
}

TEST(JsonPatch, NestsNoDeeperThanAnObjectMay) {
  Json target = Json::object();
  std::string path;
  for (std::size_t depth = 1; depth <= kObjectDepthMax; ++depth) {
    path += "/a";
    auto deeper =
        patched(target, PatchType::kJson, Json::array({{{"op", "add"}, {"path", path}, {"value", Json::object()}}}));
    ASSERT_TRUE(deeper) << depth;
    target = std::move(*deeper);
  }
  const auto beyond =
      patched(target, PatchType::kJson, Json::array({{{"op", "add"}, {"path", path + "/a"}, {"value", 1}}}));
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, 422);
}

TEST(JsonPatch, AppliesInOrderAndTests) {
  const auto result =
      patched(Json::parse(R"({"a":[1]})"), PatchType::kJson,
              Json::parse(R"([{"op":"test","path":"/a/0","value":1},{"op":"add","path":"/a/-","value":2}])"));
  EXPECT_EQ(*result, Json::parse(R"({"a":[1,2]})"));
  const auto failed =
      patched(Json::parse(R"({"a":[1]})"), PatchType::kJson, Json::parse(R"([{"op":"test","path":"/a/0","value":2}])"));
  EXPECT_EQ(failed.error().code, 422);
}

TEST(StrategicMerge, MergesContainersByName) {
  EXPECT_EQ(
      strategic(R"({"containers":[{"name":"a","image":"x:1"},{"name":"b","image":"y:1"}]})",
                R"({"containers":[{"name":"b","image":"y:2"},{"name":"c","image":"z:1"}]})"),
      Json::parse(
          R"({"containers":[{"name":"a","image":"x:1"},{"name":"b","image":"y:2"},{"name":"c","image":"z:1"}]})"));
}

TEST(StrategicMerge, DeletesListItemsByDirective) {
  EXPECT_EQ(
      strategic(R"({"containers":[{"name":"a"},{"name":"b"}]})", R"({"containers":[{"name":"a","$patch":"delete"}]})"),
      Json::parse(R"({"containers":[{"name":"b"}]})"));
}

TEST(StrategicMerge, ReplacesWhereTold) {
  EXPECT_EQ(strategic(R"({"containers":[{"name":"a"}],"m":{"x":1}})",
                      R"({"containers":[{"name":"c"},{"$patch":"replace"}],"m":{"$patch":"replace","y":2}})"),
            Json::parse(R"({"containers":[{"name":"c"}],"m":{"y":2}})"));
}

TEST(StrategicMerge, MergesPortsByTheKeyOfTheirKind) {
  EXPECT_EQ(strategic(R"({"ports":[{"containerPort":80,"name":"a"}]})",
                      R"({"ports":[{"containerPort":80,"name":"b"},{"containerPort":81}]})"),
            Json::parse(R"({"ports":[{"containerPort":80,"name":"b"},{"containerPort":81}]})"));
  EXPECT_EQ(strategic(R"({"ports":[{"port":80,"targetPort":1}]})", R"({"ports":[{"port":80,"targetPort":2}]})"),
            Json::parse(R"({"ports":[{"port":80,"targetPort":2}]})"));
}

TEST(StrategicMerge, OrdersAsTold) {
  EXPECT_EQ(strategic(R"({"env":[{"name":"a","value":"1"}]})",
                      R"({"$setElementOrder/env":[{"name":"b"},{"name":"a"}],"env":[{"name":"b","value":"2"}]})"),
            Json::parse(R"({"env":[{"name":"b","value":"2"},{"name":"a","value":"1"}]})"));
}

TEST(StrategicMerge, TreatsTolerationsAndRulesAsOneValue) {
  EXPECT_EQ(strategic(R"({"tolerations":[{"key":"a"}],"rules":[{"verbs":["get"]}]})",
                      R"({"tolerations":[{"key":"b"}],"rules":[]})"),
            Json::parse(R"({"tolerations":[{"key":"b"}],"rules":[]})"));
}

TEST(StrategicMerge, UnitesFinalizersAndDeletesPrimitives) {
  EXPECT_EQ(strategic(R"({"finalizers":["a","b"]})", R"({"finalizers":["c","a"]})"),
            Json::parse(R"({"finalizers":["a","b","c"]})"));
  EXPECT_EQ(strategic(R"({"finalizers":["a","b"]})", R"({"$deleteFromPrimitiveList/finalizers":["a"]})"),
            Json::parse(R"({"finalizers":["b"]})"));
}

TEST(StrategicMerge, RetainsOnlyNamedKeys) {
  EXPECT_EQ(strategic(R"({"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}})",
                      R"({"strategy":{"$retainKeys":["type"],"type":"Recreate"}})"),
            Json::parse(R"({"strategy":{"type":"Recreate"}})"));
}

TEST(StrategicMerge, RefusesItemsWithoutTheirKey) {
  EXPECT_EQ(
      patched(Json::object(), PatchType::kStrategic, Json::parse(R"({"containers":[{"image":"x"}]})")).error().code,
      400);
}

TEST(Patch, RefusesWhatIsNestedTooDeeply) {
  Json deep = 1;
  for (std::size_t i = 0; i < kPatchDepthMax + 1; ++i) deep = Json{{"a", deep}};
  EXPECT_EQ(patched(Json::object(), PatchType::kMerge, deep).error().code, 400);
  EXPECT_TRUE(patched(Json::object(), PatchType::kMerge, deep["a"]));
}

}  // namespace
}  // namespace plumbline::kube
