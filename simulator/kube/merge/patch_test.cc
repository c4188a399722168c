#include "simulator/kube/merge/patch.h"

#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {
namespace {

Outcome<Value> merged(std::string_view target, std::string_view patch) {
  return patched(value_of(target), PatchType::kMerge, value_of(patch), nullptr);
}

TEST(MergePatch, ReplacesAddsAndRemoves) {
  EXPECT_EQ(*merged(R"({"a":1,"b":{"c":2,"d":3},"l":[1,2]})", R"({"a":null,"b":{"c":4},"l":[3]})"),
            value_of(R"({"b":{"c":4,"d":3},"l":[3]})"));
}

TEST(MergePatch, MakesObjectsWithoutTheirNulls) {
  EXPECT_EQ(*merged(R"({"a":1})", R"({"a":{"b":null,"c":{"d":null}}})"), value_of(R"({"a":{"c":{}}})"));
}

TEST(MergePatch, NullsOfObjectsInsideOfListsAreLeftOut) {
  EXPECT_EQ(*merged("{}", R"({"l":[null,{"a":null,"b":[{"c":null}]}]})"), value_of(R"({"l":[null,{"b":[{}]}]})"));
}

TEST(MergePatch, LeavesWhatItDoesNotNameShared) {
  const Value target = value_of(R"({"spec":{"deep":{"x":1}},"status":{"y":2}})");
  const auto result = patched(target, PatchType::kMerge, value_of(R"({"status":{"y":3}})"), nullptr);
  EXPECT_TRUE((*result)["spec"].same_as(target["spec"]));
  EXPECT_EQ(target.at("status.y"), Value(2));
}

TEST(MergePatch, RefusesWhatIsNoObject) {
  EXPECT_EQ(merged("{}", "[]").error().code, 400);
  EXPECT_EQ(merged("{}", "[]").error().message,
            "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}");
  EXPECT_EQ(merged("{}", "null").error().message, "Invalid JSON Patch");
}

TEST(Patch, IsCarriedOutInItsFormat) {
  const Value target = value_of(R"({"l":["a"]})");
  EXPECT_EQ(*patched(target, PatchType::kJson, value_of(R"([{"op":"add","path":"/l/-","value":"b"}])"), nullptr),
            value_of(R"({"l":["a","b"]})"));
  EXPECT_EQ(*patched(target, PatchType::kStrategic, value_of(R"({"l":["b"]})"), nullptr), value_of(R"({"l":["b"]})"));
}

}  // namespace
}  // namespace plumbline::kube
