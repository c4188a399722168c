#include "simulator/kube/http/yaml_body.h"

#include <gtest/gtest.h>

namespace plumbline::kube {
namespace {

std::string as_json(std::string_view yaml) {
  const Reading reading = read_yaml(yaml);
  return reading.value ? to_text(*reading.value) : "mistake: " + reading.mistake;
}

TEST(YamlBody, ReadsScalarsAsGoDoes) {
  EXPECT_EQ(as_json("[yes, 'yes', off, ~, '', 010, 0x1f, -3, 1.5, 1e3, v1, '1', 1.2.3, +4]"),
            R"([true,"yes",false,null,"",8,31,-3,1.5,1000.0,"v1","1","1.2.3",4])");
}

TEST(YamlBody, ReadsObjectsAndTellsWhatStandsTwice) {
  const Reading reading = read_yaml("a:\n  b: [{c: 1, c: 2}]\n");
  ASSERT_TRUE(reading.value);
  EXPECT_EQ(to_text(*reading.value), R"({"a":{"b":[{"c":2}]}})");
  EXPECT_EQ(reading.duplicates, std::vector<std::string>{"a.b[0].c"});
}

TEST(YamlBody, SaysWhereItIsNone) {
  EXPECT_EQ(as_json("a: b\n c: d").substr(0, 21), "mistake: yaml: line 2");
  EXPECT_EQ(as_json("? [a]\n: b").substr(0, 9), "mistake: ");
}

TEST(YamlBody, DoesNotGrowBeyondBounds) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string older = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) text += (k ? ", " : "") + older;
    text += "]\n";
  }
  EXPECT_EQ(as_json(text), "mistake: yaml: document contains excessive aliasing");
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') + "x" + std::string(static_cast<std::size_t>(depth), ']');
  };
  EXPECT_TRUE(read_text(as_json(nested(kTextDepthMax))).value);
  EXPECT_EQ(as_json(nested(kTextDepthMax + 1)), "mistake: yaml: exceeded max depth of 128");
  EXPECT_EQ(as_json(nested(500)).substr(0, 9), "mistake: ");
}

}  // namespace
}  // namespace plumbline::kube
