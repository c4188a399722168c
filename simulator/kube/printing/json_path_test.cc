// Expectations were read off tables of a kube-apiserver 1.34.
#include "simulator/kube/printing/json_path.h"

#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {
namespace {

const Value& object() {
  static const Value kObject = value_of(R"({
    "metadata":{"labels":{"app.kubernetes.io/name":"web"}},
    "spec":{"size":3,"list":[{"name":"x","v":1},{"name":"y"}],"flag":true,"nul":null,"odd[key]":"o",
      "conditions":[{"type":"Ready","status":"True","n":1,"ok":true},
                    {"type":"No","status":"False","n":2,"deep":{"x":5}}]}})");
  return kObject;
}

std::string found(std::string_view path) {
  const Value* result = json_path(object(), path);
  return result == nullptr ? "nothing" : to_text(*result);
}

TEST(JsonPath, FollowsFields) {
  EXPECT_EQ(found(".spec.size"), "3");
  EXPECT_EQ(found("spec.size"), "3");
  EXPECT_EQ(found(".spec.nul"), "null");
  EXPECT_EQ(found(".spec['size']"), "3");
  EXPECT_EQ(found(".spec[\"odd[key]\"]"), "\"o\"");
  EXPECT_EQ(found(R"(.metadata.labels.app\.kubernetes\.io/name)"), "\"web\"");
}

TEST(JsonPath, FindsNothingWhereNothingIs) {
  for (const char* path : {".spec.missing", ".spec.size.x", ".spec.list.name", ".", "..", ".spec.", ".spec.list[5]",
                           ".spec.list[-3]", ".spec.list[x]", ".spec.list[0", ".spec.size[0]", ".spec[0]"})
    EXPECT_EQ(found(path), "nothing") << path;
}

TEST(JsonPath, TakesItemsOfLists) {
  EXPECT_EQ(found(".spec.list[0].name"), "\"x\"");
  EXPECT_EQ(found(".spec.list[-1]"), R"({"name":"y"})");
  EXPECT_EQ(found(".spec.list[*].name"), "\"x\"");
  EXPECT_EQ(found(".spec.list[1:2].name"), "\"y\"");
  EXPECT_EQ(found(".spec.list[:]"), R"({"name":"x","v":1})");
  EXPECT_EQ(found(".spec.list[1:1]"), "nothing");
  EXPECT_EQ(found(".spec.conditions[*].deep.x"), "5");
}

TEST(JsonPath, ChoosesItemsByTheirFields) {
  EXPECT_EQ(found(R"(.spec.conditions[?(@.type=="Ready")].status)"), "\"True\"");
  EXPECT_EQ(found(R"(.spec.conditions[?( @.type == 'No' )].status)"), "\"False\"");
  EXPECT_EQ(found(R"(.spec.conditions[?(@.type!="Ready")].status)"), "\"False\"");
  EXPECT_EQ(found(".spec.conditions[?(@.n==2)].type"), "\"No\"");
  EXPECT_EQ(found(".spec.conditions[?(@.n>1)].type"), "\"No\"");
  EXPECT_EQ(found(".spec.conditions[?(@.n<=1)].type"), "\"Ready\"");
  EXPECT_EQ(found(".spec.conditions[?(@.ok==true)].type"), "\"Ready\"");
  EXPECT_EQ(found(".spec.conditions[?(@.deep.x>=5)].type"), "\"No\"");
  EXPECT_EQ(found(".spec.conditions[?(@.deep)].type"), "\"No\"");
  EXPECT_EQ(found(R"(.spec.conditions[?(@.type=="Other")].type)"), "nothing");
  EXPECT_EQ(found(".spec.conditions[?(@.type<5)].type"), "nothing");
}

TEST(JsonPath, SearchesAtEveryDepth) {
  EXPECT_EQ(found("..size"), "3");
  EXPECT_EQ(found("..deep.x"), "5");
  EXPECT_EQ(found("..nowhere"), "nothing");
}

TEST(JsonPath, EndsAtItsLimitOfSteps) {
  std::string path;
  for (int i = 0; i < 100; ++i) path += ".a";
  Value deep = Value::object();
  for (int i = 0; i < 50; ++i) deep = Value{{"a", deep}};
  EXPECT_EQ(json_path(deep, path), nullptr);
}

}  // namespace
}  // namespace plumbline::kube
