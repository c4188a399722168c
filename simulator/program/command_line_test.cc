#include "simulator/program/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "wire/completion.h"

namespace plumbline::program {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(WithMark, PutsTheMarkBeforeTheCommandUnlessItIsThere) {
  EXPECT_THAT(with_mark({"vpc-1", "ls", "-l"}), ElementsAre("vpc-1", "--", "ls", "-l"));
  EXPECT_THAT(with_mark({"vpc-1", "--", "ls", "-l"}), ElementsAre("vpc-1", "--", "ls", "-l"));
  EXPECT_THAT(with_mark({"--world", "w", "vpc-1", "ls", "--world"}),
              ElementsAre("--world", "w", "vpc-1", "--", "ls", "--world"));
  EXPECT_THAT(with_mark({"--world=w", "vpc-1", "ls"}), ElementsAre("--world=w", "vpc-1", "--", "ls"));
  EXPECT_THAT(with_mark({"vpc-1", "--world", "w", "ls"}), ElementsAre("vpc-1", "--world", "w", "--", "ls"));
  EXPECT_THAT(with_mark({"vpc-1"}), ElementsAre("vpc-1"));
  EXPECT_THAT(with_mark({"--help"}), ElementsAre("--help"));
  EXPECT_THAT(with_mark({"--", "vpc-1", "ls"}), ElementsAre("--", "vpc-1", "ls"));
  EXPECT_THAT(with_mark({}), ElementsAre());
}

TEST(ChooseWorld, IsTheOnlyOneElseTheOneThatIsNamed) {
  EXPECT_EQ("a", *choose_world({}, {"a"}));
  EXPECT_EQ("b", *choose_world("b", {"a", "b"}));
}

TEST(ChooseWorld, SaysWhichAreUpAndHowToChoose) {
  const auto text = [](const std::optional<std::string>& wanted, const std::vector<std::string>& up) {
    const auto chosen = choose_world(wanted, up);
    return chosen ? "chosen" : chosen.error().text;
  };
  EXPECT_EQ("no world is up; start one with `plumbline sim up WORLD.yaml`", text({}, {}));
  EXPECT_EQ("no world a is up; start one with `plumbline sim up WORLD.yaml`", text("a", {}));
  EXPECT_EQ("2 worlds are up: a, b; choose one with --world, for example --world a", text({}, {"a", "b"}));
  EXPECT_EQ("no world c is up; a, b are", text("c", {"a", "b"}));
}

TEST(ParseSpeed, TakesFactorsAndMax) {
  std::optional<double> speed;
  EXPECT_TRUE(parse_speed("10x", speed));
  EXPECT_EQ(10, speed);
  EXPECT_TRUE(parse_speed("0.5x", speed));
  EXPECT_EQ(0.5, speed);
  EXPECT_TRUE(parse_speed("max", speed));
  EXPECT_FALSE(speed);
  for (const char* text : {"", "x", "10", "-1x", "0x", "0.001x", "1e9x", "nanx", "infx", "2xx", "2 x", "fast"})
    EXPECT_FALSE(parse_speed(text, speed)) << text;
}

TEST(CommandLine, SaysWhatMayFollowItsCommands) {
  const char* words[] = {"plumbline-sim", wire::kCompletionsOption, nullptr};
  ::testing::internal::CaptureStdout();
  CommandLine command_line;
  EXPECT_EQ(0, command_line.run(2, words));
  const auto completions = wire::parse_completions(::testing::internal::GetCapturedStdout());
  ASSERT_TRUE(completions);
  const auto of = [&](const std::string& command) {
    const auto found = std::find_if(completions->begin(), completions->end(),
                                    [&](const Completion& each) { return each.command == command; });
    return found == completions->end() ? Completion() : *found;
  };
  EXPECT_THAT(of("").words, ElementsAre("up", "exec", "fault", "heal", "node", "record", "replay", "status"));
  EXPECT_EQ(of("up").arguments, (Offer{{}, "yaml", false}));
  EXPECT_EQ(of("up").values.at("--kubeconfig-dir"), (Offer{{}, "", true}));
  EXPECT_THAT(of("up").options, Contains("--seed"));
  EXPECT_EQ(of("replay").arguments, (Offer{{}, "jsonl", false}));
  EXPECT_THAT(of("node").arguments.words, ElementsAre("ready", "notReady", "lost"));
}

TEST(CommandLine, AnythingThatCannotBeUnderstoodIsOneLineAndTwo) {
  const auto said = [](std::vector<const char*> words) {
    words.insert(words.begin(), "plumbline-sim");
    ::testing::internal::CaptureStderr();
    CommandLine command_line;
    EXPECT_EQ(2, command_line.run(static_cast<int>(words.size()), words.data()));
    return ::testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(
      "plumbline-sim: a command is missing; known: exec, fault, heal, node, record, replay, status, up (see "
      "`plumbline-sim "
      "--help`)\n",
      said({}));
  EXPECT_EQ("plumbline-sim: no command 'uq'; did you mean 'up'? (see `plumbline-sim --help`)\n", said({"uq"}));
  EXPECT_EQ("plumbline-sim: WORLD is required (see `plumbline-sim up --help`)\n", said({"up"}));
  EXPECT_EQ("plumbline-sim: no option '--sed'; did you mean '--seed'? (see `plumbline-sim up --help`)\n",
            said({"up", "w.yaml", "--sed=1"}));
  EXPECT_THAT(said({"up", "w.yaml", "--seed", "x"}), HasSubstr("--seed"));
  EXPECT_EQ("plumbline-sim: COMMAND is required (see `plumbline-sim exec --help`)\n", said({"exec", "vpc-1"}));
  EXPECT_EQ("plumbline-sim: PLACE is required (see `plumbline-sim exec --help`)\n", said({"exec"}));
  EXPECT_EQ("plumbline-sim: cannot read /nowhere/r.jsonl: No such file or directory\n",
            said({"replay", "/nowhere/r.jsonl"}));
  EXPECT_THAT(said({"fault", "cls-1", "refuse", "--verbs", "get,lits"}),
              HasSubstr("--verbs cannot be 'lits'; did you mean 'list'? (see"));
  EXPECT_EQ("plumbline-sim: WHAT cannot be 'dwon'; did you mean 'down'? (see `plumbline-sim fault --help`)\n",
            said({"fault", "cls-1", "dwon"}));
  EXPECT_EQ(
      "plumbline-sim: no command 'bogus'; known: exec, fault, heal, node, record, replay, status, up (see "
      "`plumbline-sim --help`)\n",
      said({"bogus", "--help"}));
  EXPECT_THAT(said({"fault", "cls-1", "down", "--for", "5"}),
              HasSubstr("--for: it is a time and needs a unit: 5ms or 5s?"));
  EXPECT_EQ(
      "plumbline-sim: --delay means nothing to refuse; it is for slow, clock-skew, watch-delay\n"
      "plumbline-sim: --share must be above 0% and at most 100%\n",
      said({"fault", "cls-1", "refuse", "--delay", "5s", "--share", "0%"}));
  EXPECT_EQ("plumbline-sim: --deletes takes RESOURCE/NAMESPACE/NAME\n",
            said({"fault", "cls-1", "delete-after-list", "--deletes", "web"}));
  EXPECT_EQ("plumbline-sim: --code means nothing to slow; it is for refuse\n",
            said({"fault", "cls-1", "slow", "--delay", "1s", "--code", "503"}));
  EXPECT_EQ("plumbline-sim: --retry-after means nothing to down; it is for refuse\n",
            said({"fault", "cls-1", "down", "--retry-after", "1s"}));
  EXPECT_EQ("plumbline-sim: --for means nothing to compact, which happens once\n",
            said({"fault", "cls-1", "compact", "--for", "1s"}));
  EXPECT_EQ("plumbline-sim: --delay must be given, and be longer than 0\n", said({"fault", "cls-1", "slow"}));
  EXPECT_EQ("plumbline-sim: --for must be longer than 0\n", said({"fault", "cls-1", "down", "--for", "0s"}));
  EXPECT_EQ("plumbline-sim: --share must be above 0% and at most 100%\n",
            said({"fault", "cls-1", "hang", "--share", "0%"}));
  EXPECT_EQ("plumbline-sim: / is no file that can be read twice, which a replay does\n", said({"replay", "/"}));
  EXPECT_THAT(said({"replay", "r.jsonl", "--speed", "10"}), HasSubstr("'10' is no speed: 10x, 0.5x, max"));
}

}  // namespace
}  // namespace plumbline::program
