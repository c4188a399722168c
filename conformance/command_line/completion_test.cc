#include "conformance/command_line/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline::conformance {
namespace {

using ::testing::HasSubstr;

std::vector<Completion> commands() {
  std::vector<Completion> list(3);
  list[0].words = {"conform", "candidate"};
  list[1].command = "conform";
  list[1].options = {"--candidate", "--json"};
  list[1].values["--candidate"] = {{"reference", "mutant:x"}, "yaml", false};
  list[1].values["--json"] = {{}, "*", false};
  list[2].command = "candidate check";
  list[2].arguments = {{"reference"}, "yaml", false};
  return list;
}

TEST(Completion, OffersWhatMayFollowEachCommandAndOption) {
  for (const char* shell : {"bash", "zsh"}) {
    const std::string script = completion_script(shell, commands());
    EXPECT_THAT(script, HasSubstr("*) _plumbline_words \"conform candidate\""));
    EXPECT_THAT(
        script,
        HasSubstr("\"conform --candidate\") _plumbline_words \"reference mutant:x\"; _plumbline_files 'yaml';"));
    EXPECT_THAT(script, HasSubstr("\"conform --json\") _plumbline_files '*';"));
    EXPECT_THAT(script, HasSubstr("-*) _plumbline_words \"--candidate --json\""));
    EXPECT_THAT(script, HasSubstr("*) _plumbline_words \"reference\"; _plumbline_files 'yaml';"));
  }
}

TEST(Completion, ZshKnowsWhatItIsFor) {
  EXPECT_THAT(completion_script("zsh", commands()), ::testing::StartsWith("#compdef plumbline plumbline-sim\n"));
}

}  // namespace
}  // namespace plumbline::conformance
