#include "simulator/world/world_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

namespace plumbline::world {
namespace {

using nlohmann::json;
using testing::ElementsAre;

constexpr const char* kGood = R"(apiVersion: plumbline/v1
kind: World
metadata: {name: one}
spec:
  regions: [r-1]
  foreignUnreachable: true
  vpcs:
    - {name: vpc-1, region: r-1, cidr: 10.0.0.0/16}
  clusters:
    - name: cls-1
      vpc: vpc-1
      nodes: [{name: a, labels: {zone: "1"}}]
      manifests:
        - {apiVersion: v1, kind: Namespace, metadata: {name: web}}
  instances:
    - {name: i-1, kind: dedicated, region: r-1, vpc: vpc-1, attached: true}
    - {name: i-2, kind: shared, region: r-1}
  principals:
    - {name: owner, adminOf: [cls-1]}
)";

WorldReading read(const std::string& text) { return read_world(YAML::Load(text), "worlds/x.yaml"); }

/// `kGood` with `from` replaced by `to`.
std::vector<std::string> problems_of(const std::string& from, const std::string& to) {
  std::string text = kGood;
  const std::size_t at = text.find(from);
  EXPECT_NE(std::string::npos, at) << from;
  text.replace(at, from.size(), to);
  std::vector<std::string> lines;
  for (const FileProblem& problem : read(text).problems) lines.push_back(problem.str());
  return lines;
}

TEST(WorldFile, ReadsEveryField) {
  const WorldReading reading = read(kGood);
  EXPECT_TRUE(reading.problems.empty());
  const WorldSpec& spec = reading.spec;
  EXPECT_EQ("one", spec.name);
  EXPECT_EQ(std::vector<RegionId>{RegionId("r-1")}, spec.regions);
  EXPECT_TRUE(spec.foreign_unreachable);
  EXPECT_EQ(VpcId("vpc-1"), spec.vpcs.at(0).name);
  EXPECT_EQ((Labels{{"zone", "1"}}), spec.clusters.at(0).nodes.at(0).labels);
  EXPECT_EQ("web", spec.clusters.at(0).manifests.at(0)["metadata"]["name"]);
  EXPECT_TRUE(spec.instances.at(0).attached);
  EXPECT_EQ(InstanceKind::kShared, spec.instances.at(1).kind);
  EXPECT_EQ(std::vector<ClusterId>{ClusterId("cls-1")}, spec.principals.at(0).admin_of);
}

TEST(WorldFile, MisspeltFieldHasPlaceAndSuggestion) {
  EXPECT_THAT(problems_of("adminOf", "adminof"),
              ElementsAre("worlds/x.yaml:19:21: a principal has no field 'adminof'; did you mean 'adminOf'?"));
  EXPECT_THAT(
      problems_of("kind: dedicated", "kind: dedcated"),
      ElementsAre(
          "worlds/x.yaml:16:25: 'kind' must be dedicated or shared, not 'dedcated'; did you mean 'dedicated'?"));
}

TEST(WorldFile, EveryMistakeIsReportedAtOnce) {
  std::string text = kGood;
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"kind: World", "kind: Worlds"},
                                 {"foreignUnreachable: true", "foreignUnreachable: perhaps"},
                                 {"vpc: vpc-1\n", "vpc: vpc-7\n"},
                                 {"attached: true", "attached: false"}}) {
    text.replace(text.find(from), from.size(), to);
  }
  std::vector<int> lines;
  for (const FileProblem& problem : read(text).problems) lines.push_back(problem.line);
  EXPECT_THAT(lines, ElementsAre(2, 6, 11, 16));
}

TEST(WorldFile, MistakesOfMeaningStandWhereTheyWereMade) {
  EXPECT_THAT(problems_of("cidr: 10.0.0.0/16", "cidr: 10.0.0.0/24"),
              ElementsAre("worlds/x.yaml:8:40: 10.0.0.0/24 is too small: at least a /16"));
  EXPECT_THAT(problems_of("      vpc: vpc-1\n", "      vpc: vpc-1\n      podCidr: 10.0.252.0/24\n"),
              ElementsAre("worlds/x.yaml:12:16: 10.0.252.0/24 overlaps 10.0.252.0/22, which the simulator uses"));
  EXPECT_THAT(problems_of("name: i-2", "name: i-1"),
              ElementsAre("worlds/x.yaml:17:14: there are two instances of this name"));
  EXPECT_THAT(problems_of("adminOf: [cls-1]", "adminOf: [cls-2]"),
              ElementsAre("worlds/x.yaml:19:30: there is no cluster 'cls-2' in `clusters`"));
  EXPECT_THAT(problems_of("kind: Namespace, ", ""),
              ElementsAre("worlds/x.yaml:14:11: a manifest needs 'kind' and 'metadata'"));
  EXPECT_THAT(problems_of("- {apiVersion: v1, kind: Namespace, metadata: {name: web}}", "- nope.yaml"),
              ElementsAre("worlds/x.yaml:14:11: there is no file worlds/nope.yaml"));
}

TEST(WorldFile, TreesOwnWorldsAreGood) {
  const auto folder = std::filesystem::path(PLUMBLINE_SOURCE_DIR) / "scenarios/worlds";
  int read = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const WorldReading reading = read_world_file(entry.path());
    for (const FileProblem& problem : reading.problems) ADD_FAILURE() << problem.str();
    EXPECT_EQ(entry.path().stem(), reading.spec.name);
    ++read;
  }
  EXPECT_GE(read, 5);
}

TEST(WorldFile, AManifestThatHoldsItselfIsAProblem) {
  EXPECT_THAT(problems_of("metadata: {name: web}}", "metadata: &m {name: web, self: *m}}"),
              ElementsAre("worlds/x.yaml:14:11: nested too deeply, or too many values"));
}

TEST(WorldFile, AManifestThatAliasesBlowUpIsAProblem) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]";
  for (int i = 1; i < 8; ++i) {
    bomb += fmt::format(", a{}: &a{} [", i, i);
    for (int k = 0; k < 10; ++k) bomb += fmt::format("{}*a{}", k == 0 ? "" : ", ", i - 1);
    bomb += "]";
  }
  const auto problems = problems_of("metadata: {name: web}}", "metadata: {name: web, " + bomb + "}}");
  EXPECT_THAT(problems, ElementsAre(testing::HasSubstr("nested too deeply, or too many values")));
}

TEST(WorldFile, BrokenYamlHasAPlace) {
  const WorldReading reading = read_world_file("/nowhere.yaml");
  ASSERT_EQ(1U, reading.problems.size());
  EXPECT_EQ("/nowhere.yaml: there is no such file", reading.problems[0].str());
}

TEST(YamlToJson, ScalarsHaveTheTypesOfTheCoreSchema) {
  EXPECT_EQ(
      (json{{"a", 1}, {"b", "1"}, {"c", true}, {"d", nullptr}, {"e", 1.5}, {"f", "1.5.2"}, {"g", "yes"}, {"h", -3}}),
      to_json(YAML::Load("{a: 1, b: '1', c: true, d: , e: 1.5, f: 1.5.2, g: yes, h: -3}")));
  EXPECT_EQ(json::array({json::array(), json::object(), "~", nullptr}), to_json(YAML::Load("[[], {}, '~', ~]")));
}

}  // namespace
}  // namespace plumbline::world
