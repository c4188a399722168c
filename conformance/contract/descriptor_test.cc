#include "conformance/contract/descriptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace plumbline::conformance {
namespace {

using ::testing::HasSubstr;

constexpr const char* kGood = R"(apiVersion: plumbline/v1
kind: Candidate
metadata: {name: mine}
spec:
  driver: jsonrpc
  command: [./adapter.py, --fast]
  deadlines: {start: 30s, control: 1m, propagation: 250ms}
  features: [weights, host-header]
  knownFailures: [{rule: HTTP-06, reason: "no upgrades yet"}]
)";

std::string mistakes_of(const std::string& text) {
  const auto parsed = parse_descriptor(text, "mine.yaml");
  return parsed ? "" : parsed.error().text;
}

TEST(Descriptor, ReadsEveryField) {
  const auto parsed = parse_descriptor(kGood, "/some/folder/mine.yaml");
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_EQ(parsed->name, "mine");
  EXPECT_EQ(parsed->folder, "/some/folder");
  EXPECT_EQ(parsed->command, (std::vector<std::string>{"./adapter.py", "--fast"}));
  EXPECT_EQ(parsed->deadlines.propagation, std::chrono::milliseconds(250));
  EXPECT_EQ(parsed->deadlines.control, std::chrono::minutes(1));
  EXPECT_EQ(parsed->deadlines.failover, Deadlines{}.failover);
  EXPECT_EQ(parsed->features, (std::vector<std::string>{"weights", "host-header"}));
  ASSERT_EQ(parsed->known_failures.size(), 1U);
  EXPECT_EQ(parsed->known_failures[0].rule, RuleId("HTTP-06"));
  EXPECT_EQ(parsed->known_failures[0].reason, "no upgrades yet");
  EXPECT_EQ(to_string(parsed->known_failures[0].place), "/some/folder/mine.yaml:9:26");
}

TEST(Descriptor, ReportsEveryMistakeWithItsPlaceInOnePass) {
  const std::string text = mistakes_of(R"(apiVersion: plumbline/v1
kind: Candidate
metadata: {name: mine}
spec:
  driver: jsonrpc
  comand: [./adapter.py]
  features: [wieghts]
  deadlines: {start: 30}
)");
  EXPECT_EQ(text,
            "mine.yaml:6:3: a Candidate's spec has no field 'comand'; did you mean 'command'?\n"
            "mine.yaml:7:14: no feature 'wieghts'; did you mean 'weights'?\n"
            "mine.yaml:8:22: 'start' is a time and needs a unit: 30ms or 30s?");
}

TEST(Descriptor, SaysThatTencentCloudIsNotOfferedYet) {
  EXPECT_THAT(mistakes_of("apiVersion: plumbline/v1\nkind: Candidate\nmetadata: {name: m}\n"
                          "spec: {driver: tencentcloud, command: [x]}\n"),
              HasSubstr("mine.yaml:4:16: driver 'tencentcloud' is not offered yet"));
}

TEST(Descriptor, RefusesCommandAndAttachTogether) {
  EXPECT_THAT(mistakes_of("apiVersion: plumbline/v1\nkind: Candidate\nmetadata: {name: m}\n"
                          "spec: {driver: jsonrpc, command: [x], attach: 'unix:/s'}\n"),
              HasSubstr("mine.yaml:4:47: a Candidate's spec has 'command' or 'attach', not both"));
}

TEST(Descriptor, AttachLosesItsPrefix) {
  const auto parsed = parse_descriptor(
      "apiVersion: plumbline/v1\nkind: Candidate\nmetadata: {name: m}\nspec: {driver: jsonrpc, attach: "
      "'unix:/run/s'}\n",
      "mine.yaml");
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_EQ(parsed->attach, "/run/s");
}

TEST(Descriptor, AttachIsRelativeToTheFileAndWhereAWorldCanSeeIt) {
  const auto text = [](const std::string& attach) {
    return "apiVersion: plumbline/v1\nkind: Candidate\nmetadata: {name: m}\nspec: {driver: jsonrpc, attach: '" +
           attach + "'}\n";
  };
  const auto parsed = parse_descriptor(text("unix:../run/s"), "/some/folder/mine.yaml");
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_EQ(parsed->attach, "/some/run/s");
  EXPECT_EQ(parsed->start_place, "/some/folder/mine.yaml:4:33");
  EXPECT_THAT(mistakes_of(text("unix:/dev/shm/s")),
              HasSubstr("mine.yaml:4:33: 'attach': a world has a /dev/shm of its own"));
  EXPECT_THAT(mistakes_of(text("unix:")), HasSubstr("'attach': a file's path follows unix:"));
  EXPECT_THAT(mistakes_of(text("tcp:1")), HasSubstr("'attach' is unix:/path/of/socket"));
}

TEST(Descriptor, BrokenYamlHasAPlace) { EXPECT_THAT(mistakes_of("spec: [\n"), HasSubstr("mine.yaml:2:")); }

TEST(Descriptor, EmptyFileIsAMistakeNotACrash) { EXPECT_THAT(mistakes_of(""), HasSubstr("mine.yaml:")); }

TEST(Descriptor, MissingFileIsNotFound) {
  const auto parsed = load_descriptor("/nonexistent/descriptor.yaml");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().reason, Reason::kNotFound);
}

TEST(Descriptor, AnotherKindOfFileIsSaidOnce) {
  EXPECT_EQ(mistakes_of("apiVersion: plumbline/v1\nkind: World\nmetadata: {name: w}\nspec: {regions: [r]}\n"),
            "mine.yaml:2:7: kind is Candidate here, not 'World'");
}

TEST(Descriptor, EveryFieldHasAForm) {
  const auto spec = [](const std::string& fields) {
    return mistakes_of("apiVersion: plumbline/v1\nkind: Candidate\nmetadata: {name: m}\nspec: {driver: jsonrpc, " +
                       fields + "}\n");
  };
  EXPECT_EQ(spec("command: x"), "mine.yaml:4:34: 'command' takes a list, not a word");
  EXPECT_EQ(spec("command: [[x]]"), "mine.yaml:4:35: 'command' takes a list of words, not a list");
  EXPECT_EQ(spec("command: []"), "mine.yaml:4:34: 'command' is a program and its arguments, not an empty list");
  EXPECT_EQ(spec("command: {a: b}"), "mine.yaml:4:34: 'command' takes a list, not a map");
  EXPECT_EQ(spec("features: []"), "mine.yaml:4:7: a Candidate's spec needs 'command' or 'attach'");
  EXPECT_EQ(spec("command: [x], features: weights"), "mine.yaml:4:49: 'features' takes a list, not a word");
  EXPECT_EQ(spec("command: [x], deadlines: {start: 0s}"), "mine.yaml:4:58: 'start' must be longer than 0");
  EXPECT_EQ(spec("command: [x], errorCodes: {A: Strange}"), "mine.yaml:4:55: 'Strange' is no reason of the contract");
  EXPECT_EQ(spec("command: [x], errorCodes: {A: InUse}"), "");
  EXPECT_EQ(spec("command: [x], knownFailures: [{rule: A-1}]"), "mine.yaml:4:55: a known failure needs 'reason'");
  EXPECT_EQ(spec("command: [x], knownFailures: [{rul: A-1, reason: x}]"),
            "mine.yaml:4:56: a known failure has no field 'rul'; did you mean 'rule'?");
  EXPECT_EQ(spec("command: [x], knownFailures: [{rule: A-1, reason: ''}]"), "mine.yaml:4:75: 'reason' is empty");
  EXPECT_EQ(spec("command: [x], errorCodes: {A: }"), "mine.yaml:4:55: '' is no reason of the contract");
  EXPECT_EQ(mistakes_of("apiVersion: plumbline/v1\nkind: Candidate\nmetadata: {name: ''}\nspec: {command: [x]}\n"),
            "mine.yaml:3:18: 'name' is empty\nmine.yaml:4:7: a Candidate's spec needs 'driver'");
  EXPECT_EQ(
      mistakes_of("apiVersion: plumbline/v1\nkind: Candidate\nmetadata: {name: a}\nspec: {driver: x, command: [x]}\n"),
      "mine.yaml:4:16: 'driver' cannot be 'x'; use jsonrpc");
}

TEST(Features, AreAllExplained) {
  std::ifstream file(std::string(PLUMBLINE_SOURCE_DIR) + "/docs/candidate-contract.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  for (const std::string& feature : contract_features()) EXPECT_THAT(text, HasSubstr("\n| `" + feature + "` | "));
}

}  // namespace
}  // namespace plumbline::conformance
