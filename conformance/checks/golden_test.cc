// Each noun on a history that keeps it and on histories that break it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "conformance/checks/golden_histories.h"

namespace plumbline::conformance {
namespace {

using ::testing::HasSubstr;

TEST(Golden, EachHistoryIsJudgedAsItWas) {
  for (const Golden& golden : goldens()) {
    const Finding finding = golden.builder.finding();
    EXPECT_EQ(to_string(finding.verdict), to_string(golden.verdict))
        << golden.name << ": " << finding.sentence << " | " << finding.seen;
    EXPECT_THAT(finding.sentence + " | " + finding.seen, HasSubstr(golden.says)) << golden.name;
    if (golden.verdict == Verdict::kFail) {
      EXPECT_FALSE(finding.expected.empty()) << golden.name;
      EXPECT_FALSE(finding.seen.empty()) << golden.name;
      EXPECT_FALSE(finding.evidence.empty()) << golden.name;
      const std::string text = golden.builder.text();
      const auto lines = std::count(text.begin(), text.end(), '\n');
      for (const Evidence& one : finding.evidence) {
        EXPECT_FALSE(one.text.empty()) << golden.name;
        EXPECT_TRUE(one.line > 0 && one.line <= lines) << golden.name << " line " << one.line;
      }
    }
  }
}

TEST(Golden, EveryNounHasOneThatPassesAndOneThatFails) {
  std::set<std::string> names;
  for (const Golden& golden : goldens()) names.insert(golden.name);
  for (const Noun& noun : nouns()) {
    const std::string name(noun.name);
    const auto starts = [&](const std::string& prefix) {
      const auto found = names.lower_bound(prefix);
      return found != names.end() && found->rfind(prefix, 0) == 0;
    };
    EXPECT_TRUE(starts(name + "-pass")) << name;
    EXPECT_TRUE(starts(name + "-fail")) << name;
  }
}

/// The same histories as files: what is stored must still be judged so by later versions.
TEST(Golden, StoredHistoriesAreJudgedAsTheirNamesSay) {
  const std::filesystem::path folder = std::filesystem::path(PLUMBLINE_SOURCE_DIR) / "conformance/checks/golden";
  if (const char* write = std::getenv("PLUMBLINE_WRITE_GOLDEN"); write != nullptr) {
    for (const Golden& golden : goldens()) std::ofstream(folder / (golden.name + ".jsonl")) << golden.builder.text();
  }
  int judged = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".jsonl") continue;
    const std::string name = entry.path().stem().string();
    const Verdict expected = name.find("-pass") != std::string::npos ? Verdict::kPass : Verdict::kFail;
    EXPECT_EQ(to_string(judge_file(entry.path().string()).verdict), to_string(expected)) << name;
    ++judged;
  }
  EXPECT_GE(judged, static_cast<int>(2 * nouns().size()));
}

}  // namespace
}  // namespace plumbline::conformance
