#include "wire/completion.h"

#include <gtest/gtest.h>

namespace plumbline::wire {
namespace {

TEST(Completions, ComeBackAsTheyWere) {
  std::vector<Completion> list(2);
  list[0].words = {"up", "exec"};
  list[1].command = "sim up";
  list[1].options = {"--seed", "--kubeconfig-dir"};
  list[1].values["--kubeconfig-dir"] = {{}, "", true};
  list[1].arguments = {{"a", "b"}, "yaml", false};
  const std::string text = completions_text(list);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const auto back = parse_completions(text);
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, list);
}

TEST(Completions, AreNothingElse) {
  for (const char* text : {"", "[", "{}x", "[1]", R"([{"command": "x"}])",
                           R"([{"command":1,"words":[],"options":[],"values":{},"arguments":{}}])"}) {
    const auto parsed = parse_completions(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().reason, Reason::kInvalidValue);
  }
}

}  // namespace
}  // namespace plumbline::wire
