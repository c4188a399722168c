#include "conformance/command_line/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline::conformance {
namespace {

using ::testing::HasSubstr;

const std::vector<Completion> kCommands{
    {"", {"conform", "candidate"}}, {"conform", {"--seed"}}, {"candidate check", {"--help"}}};

TEST(Completion, OffersWhatMayFollowEachCommand) {
  const std::string script = completion_script("bash", kCommands);
  EXPECT_THAT(script, HasSubstr("\"\") COMPREPLY=($(compgen -W \"conform candidate\""));
  EXPECT_THAT(script, HasSubstr("\"candidate check\") COMPREPLY=($(compgen -W \"--help\""));
}

TEST(Completion, ZshLoadsBashsCompletionFirst) {
  EXPECT_THAT(completion_script("zsh", kCommands), ::testing::StartsWith("#compdef plumbline\n"));
}

}  // namespace
}  // namespace plumbline::conformance
