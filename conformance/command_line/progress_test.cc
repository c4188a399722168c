#include "conformance/command_line/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace plumbline::conformance {
namespace {

using ::testing::HasSubstr;

std::string said(const std::function<void()>& work) {
  testing::internal::CaptureStderr();
  work();
  return testing::internal::GetCapturedStderr();
}

TEST(Progress, CountsWhatIsDoneOnceSomethingIs) {
  Progress progress(true);
  progress.started("a");
  progress.started("b");
  EXPECT_EQ("\r\x1b[Krunning a, b", said([&] { progress.tick(); }));
  ScenarioRun run;
  run.name = "a";
  run.judgement.verdict = Verdict::kPass;
  EXPECT_THAT(said([&] { progress.finished(run, 1, 2); }), HasSubstr("PASS"));
  EXPECT_EQ("\r\x1b[K1/2 done; running b", said([&] { progress.tick(); }));
}

TEST(Progress, HasNoLiveLineWithoutATerminal) {
  Progress progress(false);
  progress.started("a");
  EXPECT_EQ("", said([&] { progress.tick(); }));
}

TEST(Progress, IntroducesOneWorkerAsOne) {
  Progress progress(false);
  wire::HelloResult candidate;
  candidate.name = "g";
  candidate.version = "1";
  candidate.features = {"tags"};
  candidate.workers = 1;
  EXPECT_EQ("candidate g 1: 1 feature, 1 worker\n", said([&] { progress.introduced(candidate); }));
}

}  // namespace
}  // namespace plumbline::conformance
