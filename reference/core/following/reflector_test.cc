#include "reference/core/following/reflector.h"

#include <gtest/gtest.h>

namespace plumbline::gateway {
namespace {

using std::chrono::milliseconds;
using Step = Reflector::Step;

constexpr BackoffOptions kOptions{milliseconds(100), milliseconds(1000)};

Reflector reflector(std::uint64_t seed = 1) { return {kOptions, Random(seed, "pods")}; }

TEST(Reflector, ListsThenWatchesFromTheListsVersion) {
  Reflector machine = reflector();
  EXPECT_EQ(machine.start().step, Step::kList);
  EXPECT_EQ(machine.listed("7"), (Reflector::Next{Step::kWatch, "7", {}}));
}

TEST(Reflector, AWatchThatEndsIsTakenUpWhereItStopped) {
  for (const WatchEnd end : {WatchEnd::kClosed, WatchEnd::kFailed}) {
    Reflector machine = reflector();
    machine.listed("7");
    machine.seen("9");
    EXPECT_EQ(machine.watch_ended(end).step, Step::kWait);
    EXPECT_EQ(machine.waited(), (Reflector::Next{Step::kWatch, "9", {}}));
  }
}

TEST(Reflector, GoneMeansListAgain) {
  Reflector machine = reflector();
  machine.listed("7");
  EXPECT_EQ(machine.watch_ended(WatchEnd::kGone).step, Step::kWait);
  EXPECT_EQ(machine.waited(), (Reflector::Next{Step::kList, "", {}}));
}

TEST(Reflector, AFailedListIsTriedAgain) {
  Reflector machine = reflector();
  EXPECT_EQ(machine.list_failed().step, Step::kWait);
  EXPECT_EQ(machine.waited().step, Step::kList);
}

TEST(Reflector, PausesGrowToTheirLimitAndStartAnewAfterAnEvent) {
  Reflector machine = reflector();
  milliseconds longest = kOptions.first;
  for (int i = 0; i < 12; ++i) {
    const milliseconds pause = machine.list_failed().pause;
    EXPECT_LE(pause, longest) << i;
    EXPECT_GE(pause, longest / 2) << i;
    longest = std::min(longest * 2, kOptions.last);
  }
  machine.seen("1");
  EXPECT_LE(machine.watch_ended(WatchEnd::kFailed).pause, kOptions.first);
}

TEST(Reflector, SameSeedSamePauses) {
  Reflector a = reflector(5);
  Reflector b = reflector(5);
  Reflector c = reflector(6);
  bool differs = false;
  for (int i = 0; i < 10; ++i) {
    const auto pause = a.list_failed().pause;
    EXPECT_EQ(pause, b.list_failed().pause);
    differs = differs || pause != c.list_failed().pause;
  }
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace plumbline::gateway
