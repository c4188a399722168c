#include "simulator/yaml/value.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace plumbline::yaml {
namespace {

using nlohmann::json;

json json_of(const std::string& text) {
  Problems problems;
  const auto documents = read_yaml(text, "x.yaml", problems);
  EXPECT_EQ("", problems.text());
  return documents.size() == 1 ? to_json(documents[0]) : json();
}

std::string problems_of(const std::string& text) {
  Problems problems;
  read_yaml(text, "x.yaml", problems);
  return problems.text();
}

TEST(YamlValue, ScalarsHaveTheTypesOfTheCoreSchema) {
  EXPECT_EQ(
      (json{{"a", 1}, {"b", "1"}, {"c", true}, {"d", nullptr}, {"e", 1.5}, {"f", "1.5.2"}, {"g", "yes"}, {"h", -3}}),
      json_of("{a: 1, b: '1', c: true, d: , e: 1.5, f: 1.5.2, g: yes, h: -3}"));
  EXPECT_EQ(json::array({json::array(), json::object(), "~", nullptr, nullptr}), json_of("[[], {}, '~', ~, NULL]"));
  EXPECT_EQ((json::array({7, "inf", "-", "+", "", "0x1f", "1e999"})), json_of("[+7, inf, -, +, '', 0x1f, 1e999]"));
}

TEST(YamlValue, EverythingKnowsItsPlace) {
  Problems problems;
  const auto documents = read_yaml("a: 1\n---\nb:\n  - {c: 2}\n", "x.yaml", problems);
  ASSERT_EQ(2u, documents.size());
  const Value* list = documents[1].find("b");
  ASSERT_NE(nullptr, list);
  EXPECT_EQ("x.yaml:4:9", to_string(list->items[0].find("c")->place));
}

TEST(YamlValue, MistakesOfYamlHaveTheirPlace) {
  EXPECT_EQ("x.yaml:2:1: 'a' is given twice\n", problems_of("a: 1\na: 2\n"));
  EXPECT_EQ("x.yaml:1:1: a key must be a word\n", problems_of("[a]: 1\n"));
  EXPECT_EQ(0u, problems_of("a: [\n").find("x.yaml:2:1: not YAML: "));
  EXPECT_EQ("x.yaml:2:3: a tab indents this line; YAML is indented with spaces\n", problems_of("a:\n\tb: 1\n"));
  EXPECT_EQ("x.yaml:3:2: not YAML: end of map not found; is this line indented as those that it belongs with?\n",
            problems_of("a:\n  b: 1\n c: 1\n"));
}

TEST(YamlValue, WhatBreachesALimitHasNoDocuments) {
  Problems problems;
  EXPECT_TRUE(read_yaml("a: &a [*a]\n", "x.yaml", problems).empty());
  EXPECT_NE(std::string::npos, problems.text().find("nested too deeply, or too many values"));
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
  };
  EXPECT_EQ("", problems_of(nested(kYamlDepthMax + 1)));
  EXPECT_NE("", problems_of(nested(kYamlDepthMax + 2)));
  EXPECT_EQ("x.yaml: larger than 4194304 bytes\n", problems_of(std::string(kYamlBytesMax + 1, '#')));
}

TEST(YamlValue, FilesAreReadToTheirEndOrToTheLimit) {
  const auto file = std::filesystem::path(testing::TempDir()) / ("plumbline-yaml-" + std::to_string(::getpid()));
  std::ofstream(file) << "";
  Problems problems;
  EXPECT_TRUE(read_yaml_file(file, {"x.yaml", 1, 2}, problems).empty());
  EXPECT_EQ("", problems.text()) << "an empty file is readable";
  std::filesystem::remove(file);
  read_yaml_file(file, {"x.yaml", 1, 2}, problems);
  read_yaml_file("/tmp", {"x.yaml", 1, 3}, problems);
  read_yaml_file("/dev/zero", {"x.yaml", 1, 4}, problems);
  EXPECT_EQ("/dev/zero: larger than 4194304 bytes\nx.yaml:1:2: cannot read " + file.string() +
                ": No such file or directory\nx.yaml:1:3: cannot read /tmp: Is a directory\n",
            problems.text());
}

TEST(YamlValue, MergingGoesKeyByKeyAndNameByName) {
  const auto one = [](const std::string& text) {
    Problems problems;
    return read_yaml(text, "x.yaml", problems).at(0);
  };
  const Value merged_value = merged(one("{a: {b: 1, c: 2}, l: [{name: x, v: 1}, {name: y}], p: [1, 2]}"),
                                    one("{a: {c: 3}, l: [{name: x, v: 2}, {name: z}], p: [9]}"));
  EXPECT_EQ(
      json::parse(R"({"a": {"b": 1, "c": 3}, "l": [{"name": "x", "v": 2}, {"name": "y"}, {"name": "z"}], "p": [9]})"),
      to_json(merged_value));
  EXPECT_EQ(json::parse(R"({"spec": {"c": 3}})"), to_json(map_of("spec", one("{c: 3}"))));
}

}  // namespace
}  // namespace plumbline::yaml
