#include "simulator/world/world_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulator/yaml/document.h"

namespace plumbline::world {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

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

struct Reading {
  WorldSpec spec;
  std::vector<std::string> problems;  ///< in the order of the file
};

Reading read(const std::string& text) {
  const std::string file = "worlds/x.yaml";
  yaml::Problems problems;
  std::vector<std::string> files;
  Reading reading;
  reading.spec =
      read_world(yaml::one_document(yaml::read_yaml(text, file, problems), file, "World", problems), problems, files);
  std::istringstream lines(problems.text());
  for (std::string line; std::getline(lines, line);) reading.problems.push_back(line);
  return reading;
}

/// `kGood` with `from` replaced by `to`.
std::vector<std::string> problems_of(const std::string& from, const std::string& to) {
  std::string text = kGood;
  const std::size_t at = text.find(from);
  EXPECT_NE(std::string::npos, at) << from;
  text.replace(at, from.size(), to);
  return read(text).problems;
}

TEST(WorldFile, ReadsEveryField) {
  const Reading reading = read(kGood);
  EXPECT_THAT(reading.problems, ElementsAre());
  const WorldSpec& spec = reading.spec;
  EXPECT_EQ("one", spec.name);
  EXPECT_EQ(std::vector<RegionId>{RegionId("r-1")}, spec.regions);
  EXPECT_TRUE(spec.foreign_unreachable);
  EXPECT_EQ(VpcId("vpc-1"), spec.vpcs.at(0).name);
  EXPECT_EQ((Labels{{"zone", "1"}}), spec.clusters.at(0).nodes.at(0).labels);
  EXPECT_EQ("web", spec.clusters.at(0).manifests.at(0).object["metadata"]["name"]);
  EXPECT_TRUE(spec.instances.at(0).attached);
  EXPECT_EQ(InstanceKind::kShared, spec.instances.at(1).kind);
  EXPECT_EQ(std::vector<ClusterId>{ClusterId("cls-1")}, spec.principals.at(0).admin_of);
}

TEST(WorldFile, MisspeltFieldHasPlaceAndSuggestion) {
  EXPECT_THAT(problems_of("adminOf", "adminof"),
              ElementsAre("worlds/x.yaml:19:21: a principal has no field 'adminof'; did you mean 'adminOf'?"));
  EXPECT_THAT(problems_of("kind: dedicated", "kind: dedcated"),
              ElementsAre("worlds/x.yaml:16:25: 'kind' cannot be 'dedcated'; did you mean 'dedicated'?"));
}

TEST(WorldFile, EveryMistakeIsReportedAtOnce) {
  std::string text = kGood;
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"kind: World", "kind: Worlds"},
                                 {"foreignUnreachable: true", "foreignUnreachable: perhaps"},
                                 {"vpc: vpc-1\n", "vpc: vpc-7\n"},
                                 {"attached: true", "attached: false"}}) {
    text.replace(text.find(from), from.size(), to);
  }
  EXPECT_THAT(read(text).problems,
              ElementsAre(StartsWith("worlds/x.yaml:2:7: "), StartsWith("worlds/x.yaml:6:23: "),
                          StartsWith("worlds/x.yaml:11:12: "), StartsWith("worlds/x.yaml:16:7: ")));
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
              ElementsAre("worlds/x.yaml:14:11: cannot read worlds/nope.yaml: No such file or directory"));
}

TEST(WorldFile, TreesOwnWorldsAreGood) {
  const auto folder = std::filesystem::path(PLUMBLINE_SOURCE_DIR) / "scenarios/worlds";
  int read = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    yaml::Problems problems;
    EXPECT_EQ(entry.path().stem(), read_world_file(entry.path(), problems).name);
    EXPECT_EQ("", problems.text());
    ++read;
  }
  EXPECT_GE(read, 5);
}

TEST(WorldFile, AManifestThatHoldsItselfIsAProblem) {
  EXPECT_THAT(problems_of("metadata: {name: web}}", "metadata: &m {name: web, self: *m}}"),
              ElementsAre(testing::HasSubstr("nested too deeply, or too many values")));
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

TEST(WorldFile, AFileThatCannotBeReadIsAProblem) {
  const auto said = [](const char* file) {
    yaml::Problems problems;
    read_world_file(file, problems);
    return problems.text();
  };
  EXPECT_EQ("/nowhere.yaml: cannot be read: No such file or directory\n", said("/nowhere.yaml"));
  EXPECT_EQ("/tmp: cannot be read: Is a directory\n", said("/tmp"));
  EXPECT_EQ("/dev/null: one document of kind World expected\n", said("/dev/null"));
}

TEST(WorldFile, WhatIsNoWorldIsAProblemAtItsPlace) {
  EXPECT_THAT(read("[").problems, ElementsAre(StartsWith("worlds/x.yaml:1:1: not YAML: ")));
  EXPECT_THAT(read("").problems, ElementsAre("worlds/x.yaml: one document of kind World expected"));
  EXPECT_THAT(read("a\n---\nb\n").problems, ElementsAre("worlds/x.yaml: one document of kind World expected"));
  EXPECT_THAT(problems_of("metadata: {name: one}", "metadata: {nom: one}"),
              ElementsAre("worlds/x.yaml:3:11: metadata needs 'name'",
                          "worlds/x.yaml:3:12: metadata has no field 'nom'; known: name"));
}

TEST(WorldFile, ManifestsSayWhatTheyAre) {
  const auto mistakes = [](const std::string& manifest) {
    yaml::Problems problems;
    std::vector<std::string> files;
    const auto documents = yaml::read_yaml("- " + manifest, "x.yaml", problems);
    const auto manifests = read_manifests({&documents.at(0).items.at(0)}, problems, files);
    EXPECT_EQ(problems.empty(), manifests.size() == 1) << manifest;
    return problems.text();
  };
  EXPECT_EQ("", mistakes("{kind: Pod, metadata: {name: web}}"));
  EXPECT_EQ("", mistakes("{kind: Pod, metadata: {generateName: web-}}"));
  EXPECT_EQ("x.yaml:1:3: a manifest needs 'kind' and 'metadata'\n", mistakes("{kind: Pod}"));
  EXPECT_EQ("x.yaml:1:10: 'kind' is a word such as Deployment\n", mistakes("{kind: 7, metadata: {name: web}}"));
  EXPECT_EQ("x.yaml:1:25: 'metadata' takes a map of fields, not a word\n", mistakes("{kind: Pod, metadata: web}"));
  EXPECT_EQ("x.yaml:1:25: a manifest needs 'metadata.name'\n", mistakes("{kind: Pod, metadata: {}}"));
  EXPECT_EQ("x.yaml:1:32: 'name' is text: write \"7\"\n", mistakes("{kind: Pod, metadata: {name: 7}}"));
  EXPECT_EQ("x.yaml:1:48: 'namespace' takes a word, not a list\n",
            mistakes("{kind: Pod, metadata: {name: web, namespace: [a]}}"));
}

TEST(WorldFile, NodesAndNamesAreGoodOnes) {
  const auto said = [](const std::string& cluster) {
    yaml::Problems problems;
    std::vector<std::string> files;
    const std::string text =
        "apiVersion: plumbline/v1\nkind: World\nmetadata: {name: w}\nspec:\n  regions: [r]\n"
        "  vpcs: [{name: vpc-1, region: r}]\n  clusters: [" +
        cluster + "]\n  instances: [{name: i, region: r, vpc: vpc-1, attached: true}]\n  principals: [{name: owner}]\n";
    const auto documents = yaml::read_yaml(text, "x.yaml", problems);
    read_world(documents.at(0), problems, files);
    return problems.text();
  };
  EXPECT_EQ("", said("{name: cls-1, vpc: vpc-1, nodes: [{name: n1, labels: {a: b}}, {name: n2}]}"));
  EXPECT_EQ("x.yaml:7:47: there are two Nodes 'n1'\n",
            said("{name: cls-1, vpc: vpc-1, nodes: [{name: n1}, {name: n1}]}"));
  EXPECT_THAT(said("{name: cls-1, vpc: vpc-1, nodes: [{name: n 1}]}"),
              testing::HasSubstr("a Node cannot be called 'n 1'"));
  EXPECT_THAT(said("{name: cls-1, vpc: vpc-1, nodes: [{name: n1, labels: {\"a b\": c}}]}"),
              testing::HasSubstr("'a b' is no label of a Node"));
  EXPECT_THAT(said("{name: cls-1, vpc: vpc-1, nodes: [{name: n1, labels: {a: b c}}]}"),
              testing::HasSubstr("'b c' is no label's value"));
  EXPECT_THAT(said("{name: west/x, vpc: vpc-1}"), testing::HasSubstr("x.yaml:7:21: 'west/x' is no name"));
}

}  // namespace
}  // namespace plumbline::world
