#include "simulator/yaml/fields.h"

#include <gtest/gtest.h>

namespace plumbline::yaml {
namespace {

/// What reading `text`, one map, with `read` finds wrong.
template <class Read>
std::string mistakes(const std::string& text, const Read& read) {
  Problems problems;
  const auto documents = read_yaml(text, "x.yaml", problems);
  Fields fields(documents.at(0), "scale", problems);
  read(fields);
  fields.finish();
  return problems.text();
}

TEST(Fields, AMisspeltOneIsNotAlsoMissing) {
  const auto read = [](Fields& fields) {
    fields.text("deployment", true);
    fields.count("replicas", 0, true);
  };
  EXPECT_EQ("x.yaml:1:2: scale has no field 'replcas'; did you mean 'replicas'?\n",
            mistakes("{replcas: 3, deployment: web}", read));
  EXPECT_EQ("x.yaml:1:1: scale needs 'deployment'\n", mistakes("{replicas: 3}", read));
  EXPECT_EQ(
      "x.yaml:1:1: scale needs 'deployment'\n"
      "x.yaml:1:1: scale needs 'replicas'\n"
      "x.yaml:1:2: scale has no field 'colour'; known: deployment, replicas\n",
      mistakes("{colour: red}", read));
}

TEST(Fields, OneOfTwoIsToBeThere) {
  const auto read = [](Fields& fields) { fields.one_of("command", "attach"); };
  EXPECT_EQ("", mistakes("{command: x}", read));
  EXPECT_EQ("", mistakes("{attach: x}", read));
  EXPECT_EQ("x.yaml:1:1: scale needs 'command' or 'attach'\n", mistakes("{}", read));
  EXPECT_EQ("x.yaml:1:24: scale has 'command' or 'attach', not both\n", mistakes("{command: x, attach:   y}", read));
  for (const std::string key : {"comand", "attatch"}) {
    EXPECT_EQ(0u, mistakes("{" + key + ": x}", read).find("x.yaml:1:2: scale has no field '" + key + "'"));
    EXPECT_EQ(std::string::npos, mistakes("{" + key + ": x}", read).find("needs"));
  }
  EXPECT_EQ("x.yaml:1:1: scale takes a map of fields, not a list\n", mistakes("[x]", read));
}

TEST(Fields, AMisspellingIsOfTheNearestName) {
  Problems problems;
  const auto documents = read_yaml("{setpu: x, steps: y, colour: z}", "x.yaml", problems);
  Fields fields(documents.at(0), "spec", problems);
  for (const char* name : {"setup", "steps"}) fields.find(name);
  EXPECT_TRUE(fields.misspelt("setup"));
  EXPECT_FALSE(fields.misspelt("steps"));
}

TEST(Fields, SayWhyANumberIsNone) {
  const auto count = [](const std::string& text) {
    return mistakes("{n: " + text + "}", [](Fields& fields) { fields.count("n", 0); });
  };
  EXPECT_EQ("", count("999999999"));
  EXPECT_EQ("x.yaml:1:5: 'n' is at most 999999999; '1000000000' is more\n", count("1000000000"));
  EXPECT_EQ("x.yaml:1:5: 'n' is a count, a bare number; '5s' is none\n", count("5s"));
  EXPECT_EQ("x.yaml:1:5: 'n' is a count, a bare number; '-1' is none\n", count("-1"));
}

TEST(Fields, SayWhyATimeIsNone) {
  const auto time = [](const std::string& text) {
    return mistakes("{t: " + text + "}", [](Fields& fields) { fields.duration("t"); });
  };
  EXPECT_EQ("", time("1440m"));
  EXPECT_EQ("x.yaml:1:5: 't' is at most a day, 1440m; '1441m' is more\n", time("1441m"));
  EXPECT_EQ("x.yaml:1:5: 't' has the unit 'h'; times are in ms, s or m\n", time("1h"));
  EXPECT_EQ("x.yaml:1:5: 't' is a time and needs a unit: 250ms or 250s?\n", time("250"));
  EXPECT_EQ("x.yaml:1:5: 't' is a time such as 250ms or 5s; 'soon' is none\n", time("soon"));
}

}  // namespace
}  // namespace plumbline::yaml
