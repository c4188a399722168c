#include "conformance/contract/descriptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

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
  EXPECT_EQ(parsed->known_failures, (std::vector<KnownFailure>{{RuleId("HTTP-06"), "no upgrades yet"}}));
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
  EXPECT_THAT(text, HasSubstr("mine.yaml:6:3: spec: unknown field 'comand'; did you mean 'command'?"));
  EXPECT_THAT(text, HasSubstr("mine.yaml:7:14: features: unknown feature 'wieghts'; did you mean 'weights'?"));
  EXPECT_THAT(text, HasSubstr("mine.yaml:8:22: deadlines.start: '30' has no unit; write 30ms, 30s or 30m"));
  EXPECT_THAT(text, HasSubstr("exactly one of command and attach"));
}

TEST(Descriptor, SaysThatTencentCloudIsNotOfferedYet) {
  EXPECT_THAT(mistakes_of("apiVersion: plumbline/v1\nkind: Candidate\nmetadata: {name: m}\n"
                          "spec: {driver: tencentcloud, command: [x]}\n"),
              HasSubstr("mine.yaml:4:16: driver: 'tencentcloud' is not offered yet"));
}

TEST(Descriptor, RefusesCommandAndAttachTogether) {
  EXPECT_THAT(mistakes_of("apiVersion: plumbline/v1\nkind: Candidate\nmetadata: {name: m}\n"
                          "spec: {driver: jsonrpc, command: [x], attach: 'unix:/s'}\n"),
              HasSubstr("exactly one of command and attach"));
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
              HasSubstr("mine.yaml:4:33: attach: a world has a /dev/shm of its own"));
  EXPECT_THAT(mistakes_of(text("unix:")), HasSubstr("attach: a file's path follows unix:"));
  EXPECT_THAT(mistakes_of(text("tcp:1")), HasSubstr("attach: expected unix:/path/of/socket"));
}

TEST(Descriptor, BrokenYamlHasAPlace) { EXPECT_THAT(mistakes_of("spec: [\n"), HasSubstr("mine.yaml:2:")); }

TEST(Descriptor, EmptyFileIsAMistakeNotACrash) { EXPECT_THAT(mistakes_of(""), HasSubstr("mine.yaml:")); }

TEST(Descriptor, MissingFileIsNotFound) {
  const auto parsed = load_descriptor("/nonexistent/descriptor.yaml");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().reason, Reason::kNotFound);
}

TEST(Descriptor, AFileIsReadToItsLimit) {
  const auto file = std::filesystem::path(testing::TempDir()) / ("plumbline-descriptor-" + std::to_string(::getpid()));
  std::ofstream(file) << std::string(kDescriptorBytesMax, '#');
  EXPECT_THAT(load_descriptor(file.string()).error().text, HasSubstr("expected a mapping of fields"));
  std::ofstream(file, std::ios::app) << '#';
  EXPECT_EQ(load_descriptor(file.string()).error().text, file.string() + ": larger than 1048576 bytes");
  std::filesystem::remove(file);
}

TEST(Duration, NeedsAUnit) {
  EXPECT_EQ(*parse_duration("250ms"), std::chrono::milliseconds(250));
  EXPECT_FALSE(parse_duration("250"));
  EXPECT_FALSE(parse_duration("-1s"));
  EXPECT_FALSE(parse_duration("99999999999999999999s"));
  EXPECT_FALSE(parse_duration("5 parsecs"));
}

}  // namespace
}  // namespace plumbline::conformance
