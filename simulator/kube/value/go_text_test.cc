#include "simulator/kube/value/go_text.h"

#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {
namespace {

TEST(GoText, IsWhatSprintPrints) {
  EXPECT_EQ(go_text(value_of(R"({"b":[1,"x y",null,true,[]],"a":{"c":{}},"d":0.5})")),
            "map[a:map[c:map[]] b:[1 x y <nil> true []] d:0.5]");
  EXPECT_EQ(go_text("x"), "x");
}

TEST(GoText, NamesTypes) {
  const std::tuple<const char*, const char*, const char*> names[] = {{"null", "<nil>", "null"},
                                                                     {"true", "bool", "bool"},
                                                                     {"1", "int64", "number"},
                                                                     {"0.5", "float64", "number"},
                                                                     {"\"x\"", "string", "string"},
                                                                     {"[]", "[]interface {}", "array"},
                                                                     {"{}", "map[string]interface {}", "object"}};
  for (const auto& [text, go, json] : names) {
    EXPECT_EQ(go_type(value_of(text)), go);
    EXPECT_EQ(json_type(value_of(text)), json);
  }
}

}  // namespace
}  // namespace plumbline::kube
