// Where RFC 6902 is silent, or is not followed, the expectations were read off a kube-apiserver 1.34.
#include "simulator/kube/merge/json_patch.h"

#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {
namespace {

Value changed(std::string_view target, std::string_view patch) {
  const auto result = json_patched(value_of(target), value_of(patch));
  EXPECT_TRUE(result) << patch;
  return result ? *result : Value();
}

int refused(std::string_view target, std::string_view patch) {
  const auto result = json_patched(value_of(target), value_of(patch));
  EXPECT_FALSE(result) << patch;
  return result ? 0 : result.error().code;
}

TEST(JsonPatch, AppliesInOrderAndTests) {
  EXPECT_EQ(changed(R"({"a":[1]})", R"([{"op":"test","path":"/a/0","value":1},{"op":"add","path":"/a/-","value":2}])"),
            value_of(R"({"a":[1,2]})"));
  EXPECT_EQ(refused(R"({"a":[1]})", R"([{"op":"test","path":"/a/0","value":2}])"), 422);
}

TEST(JsonPatch, AddsToObjectsAndLists) {
  EXPECT_EQ(changed(R"({"a":1})", R"([{"op":"add","path":"/b","value":{"c":2}},{"op":"add","path":"/a","value":3}])"),
            value_of(R"({"a":3,"b":{"c":2}})"));
  EXPECT_EQ(changed(R"({"l":[1,3]})", R"([{"op":"add","path":"/l/1","value":2},{"op":"add","path":"/l/3","value":4}])"),
            value_of(R"({"l":[1,2,3,4]})"));
  for (const char* path : {"/l/3", "/l/x", "/l/-4", "/l/", "/no/b", "/a/b"})
    EXPECT_EQ(refused(R"({"l":[1,2],"a":1})", R"([{"op":"add","path":")" + std::string(path) + R"(","value":1}])"), 422)
        << path;
}

TEST(JsonPatch, NegativeIndicesCountFromTheEnd) {
  EXPECT_EQ(changed(R"({"l":["a","b"]})", R"([{"op":"add","path":"/l/-1","value":"c"}])"),
            value_of(R"({"l":["a","b","c"]})"));
  EXPECT_EQ(changed(R"({"l":["a","b"]})", R"([{"op":"remove","path":"/l/-1"}])"), value_of(R"({"l":["a"]})"));
  EXPECT_EQ(changed(R"({"l":["a","b"]})", R"([{"op":"replace","path":"/l/-2","value":"c"}])"),
            value_of(R"({"l":["c","b"]})"));
  EXPECT_EQ(changed(R"({"l":["a","b"]})", R"([{"op":"remove","path":"/l/01"}])"), value_of(R"({"l":["a"]})"));
}

TEST(JsonPatch, RemovesOnlyWhatIsThere) {
  EXPECT_EQ(changed(R"({"a":1,"l":[1,2]})", R"([{"op":"remove","path":"/a"},{"op":"remove","path":"/l/0"}])"),
            value_of(R"({"l":[2]})"));
  for (const char* path : {"/b", "/l/2", "/l/-", ""})
    EXPECT_EQ(refused(R"({"l":[1,2]})", R"([{"op":"remove","path":")" + std::string(path) + R"("}])"), 422) << path;
}

TEST(JsonPatch, AReplacedFieldNeedNotBeThereAReplacedItemMust) {
  EXPECT_EQ(changed(R"({"a":1})", R"([{"op":"replace","path":"/b","value":2}])"), value_of(R"({"a":1,"b":2})"));
  EXPECT_EQ(refused(R"({"l":[1]})", R"([{"op":"replace","path":"/l/1","value":2}])"), 422);
  EXPECT_EQ(refused("{}", R"([{"op":"replace","path":"/a/b","value":2}])"), 422);
}

TEST(JsonPatch, ReplacesTheWhole) {
  EXPECT_EQ(changed(R"({"a":1})", R"([{"op":"replace","path":"","value":{"b":2}}])"), value_of(R"({"b":2})"));
  EXPECT_EQ(changed(R"({"a":1})", R"([{"op":"replace","path":"","value":5}])"), value_of(R"({"a":1})"));
  EXPECT_EQ(refused("{}", R"([{"op":"add","path":"","value":{}}])"), 422);
}

TEST(JsonPatch, MovesAndCopies) {
  EXPECT_EQ(changed(R"({"l":[1,2],"a":{}})", R"([{"op":"move","from":"/l/0","path":"/l/-"},
      {"op":"copy","from":"/l","path":"/a/m"},{"op":"move","from":"/l","path":"/n"}])"),
            value_of(R"({"a":{"m":[2,1]},"n":[2,1]})"));
  EXPECT_EQ(changed(R"({"a":1})", R"([{"op":"move","from":"/a","path":"/a"}])"), value_of(R"({"a":1})"));
  EXPECT_EQ(changed("{}", R"([{"op":"copy","from":"/a","path":"/b"}])"), value_of(R"({"b":null})"));
  EXPECT_EQ(refused(R"({"a":{}})", R"([{"op":"move","from":"/a","path":"/a/b"}])"), 422) << "into itself";
  EXPECT_EQ(refused("{}", R"([{"op":"move","from":"/a","path":"/b"}])"), 422);
  EXPECT_EQ(refused("{}", R"([{"op":"copy","path":"/b"}])"), 422);
}

TEST(JsonPatch, TestsWhatIsNotThereAsNull) {
  EXPECT_EQ(changed("{}", R"([{"op":"test","path":"/a","value":null}])"), Value::object());
  EXPECT_EQ(changed(R"({"a":{"b":[1,{"c":null}]}})", R"([{"op":"test","path":"/a","value":{"b":[1,{"c":null}]}}])"),
            value_of(R"({"a":{"b":[1,{"c":null}]}})"));
  EXPECT_EQ(refused("{}", R"([{"op":"test","path":"/a/b","value":null}])"), 422);
  EXPECT_EQ(refused(R"({"a":"x"})", R"([{"op":"test","path":"/a/b","value":null}])"), 422);
  EXPECT_EQ(refused(R"({"l":[]})", R"([{"op":"test","path":"/l/0","value":null}])"), 422);
  EXPECT_EQ(changed(R"({"a":1})", R"([{"op":"test","path":"","value":{"a":1}}])"), value_of(R"({"a":1})"));
}

TEST(JsonPatch, UndoesTheEscapesOfPointers) {
  EXPECT_EQ(changed(R"({"a/b":1,"c~d":2,"~1":3})", R"([{"op":"replace","path":"/a~1b","value":"x"},
      {"op":"remove","path":"/c~0d"},{"op":"replace","path":"/~01","value":"y"},{"op":"add","path":"/e~","value":4}])"),
            value_of(R"({"a/b":"x","~1":"y","e~":4})"));
  EXPECT_EQ(changed("{}", R"([{"op":"add","path":"/","value":1}])"), value_of(R"({"":1})"));
}

TEST(JsonPatch, RefusesWhatIsNoOperation) {
  for (const char* patch : {R"([{"op":"what","path":"/a"}])", R"([{"path":"/a"}])", R"([{"op":"add","value":1}])",
                            R"([{"op":"add","path":5,"value":1}])", "[null]"})
    EXPECT_EQ(refused(R"({"a":1})", patch), 422) << patch;
  const auto message = [](std::string_view patch) {
    return json_patched(Value::object(), value_of(patch)).error().message;
  };
  EXPECT_EQ(refused("{}", "{}"), 400);
  EXPECT_EQ(message("{}"),
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp");
  EXPECT_EQ(message("[1]"),
            "error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp");
  EXPECT_EQ(changed(R"({"a":1})", "[]"), value_of(R"({"a":1})"));
  EXPECT_EQ(changed(R"({"a":1})", "null"), value_of(R"({"a":1})"));
}

TEST(JsonPatch, HasALimitOfOperations) {
  Value patch = Value::array();
  for (std::size_t i = 0; i < kJsonPatchOperationsMax; ++i)
    patch.push_back({{"op", "test"}, {"path", "/a"}, {"value", 1}});
  EXPECT_TRUE(json_patched(Value{{"a", 1}}, patch));
  patch.push_back(patch.front());
  const auto refused = json_patched(Value{{"a", 1}}, patch);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, 413);
  EXPECT_EQ(refused.error().message, "The allowed maximum operations in a JSON patch is 10000, got 10001");
}

TEST(JsonPatch, HasALimitOfWhatItCopies) {
  const std::string text(kJsonPatchCopiedMax - 2, 'x');
  const Value copy = value_of(R"([{"op":"copy","from":"/a","path":"/b"}])");
  EXPECT_TRUE(json_patched(Value{{"a", text}}, copy));
  EXPECT_EQ(json_patched(Value{{"a", text + "x"}}, copy).error().code, 422);
  Value doubling = Value::array();
  for (int i = 0; i < 100; ++i) doubling.push_back({{"op", "copy"}, {"from", "/a"}, {"path", "/a/-"}});
  EXPECT_EQ(json_patched(value_of(R"({"a":[[1,2,3]]})"), doubling).error().code, 422);
}

TEST(JsonPatch, RefusesWhatWouldNestTooDeeply) {
  std::string path;
  Value patch = Value::array();
  for (int i = 0; i < kTextDepthMax - 1; ++i) {
    path += "/a";
    patch.push_back({{"op", "add"}, {"path", path}, {"value", Value::object()}});
  }
  const auto deepest = json_patched(Value::object(), patch);
  ASSERT_TRUE(deepest);
  EXPECT_TRUE(read_text(to_text(*deepest)).value) << "what was patched can be read again";
  patch.push_back({{"op", "add"}, {"path", path + "/a"}, {"value", Value::object()}});
  EXPECT_EQ(json_patched(Value::object(), patch).error().code, 422);
}

}  // namespace
}  // namespace plumbline::kube
