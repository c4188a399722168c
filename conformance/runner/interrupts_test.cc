#include "conformance/runner/interrupts.h"

#include <gtest/gtest.h>

#include "model/verdict.h"

namespace plumbline::conformance {
namespace {

constexpr int kInterrupted = static_cast<int>(ExitCode::kInconclusive);

class InterruptsBy : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Signals, InterruptsBy, testing::Values(SIGINT, SIGTERM));

TEST_P(InterruptsBy, AreHeldBackAndStayKnown) {
  Interrupts interrupts;
  EXPECT_FALSE(interrupts.came());
  ::raise(GetParam());
  EXPECT_TRUE(interrupts.came());
  EXPECT_TRUE(interrupts.came());
  ::raise(GetParam());  // the same wish: this test's process goes on
}

TEST_P(InterruptsBy, OneThatNobodyAskedForTakesEffectInTheEnd) {
  const auto run = [] {
    end_when_interrupted();
    {
      const Interrupts interrupts;
      ::raise(GetParam());
    }
    ::_exit(0);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(kInterrupted), "plumbline: interrupted; nothing runs any more");
}

TEST_P(InterruptsBy, EndTheProcessWithTheExitCodeOfAnInterruptedRun) {
  const auto run = [] {
    end_when_interrupted();
    ::raise(GetParam());
    ::_exit(0);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(kInterrupted), "interrupted");
}

TEST_P(InterruptsBy, ChildrenForgetThem) {
  const auto run = [] {
    end_when_interrupted();
    const Interrupts interrupts;
    interrupts.forget_in_child();
    ::raise(GetParam());
    ::_exit(0);
  };
  EXPECT_EXIT(run(), testing::KilledBySignal(GetParam()), "");
}

}  // namespace
}  // namespace plumbline::conformance
