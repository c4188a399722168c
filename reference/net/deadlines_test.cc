#include "reference/net/deadlines.h"

#include <gtest/gtest.h>

namespace plumbline::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Moment kStart = Moment(seconds(1000));

TEST(Deadlines, FireWithinOneTickAndNeverEarly) {
  Deadlines deadlines(kStart);
  for (const int after : {0, 1, 4, 5, 6, 99, 20479, 20480, 20481, 100000}) {
    int fired = 0;
    Moment fired_at{}, now = deadlines.now();
    const Moment due = now + milliseconds(after);
    Deadlines::Entry entry([&] {
      ++fired;
      fired_at = now;
    });
    deadlines.set(entry, due);
    while (now < due + seconds(1)) deadlines.advance(now += milliseconds(1));
    EXPECT_EQ(fired, 1) << after;
    EXPECT_GE(fired_at, due) << after;
    EXPECT_LE(fired_at, due + 2 * Deadlines::kTick) << after;
  }
}

TEST(Deadlines, SettingAgainReplaces) {
  Deadlines deadlines(kStart);
  int fired = 0;
  Deadlines::Entry entry([&] { ++fired; });
  deadlines.set(entry, kStart + milliseconds(20));
  deadlines.set(entry, kStart + milliseconds(500));
  deadlines.advance(kStart + milliseconds(400));
  EXPECT_EQ(fired, 0);
  deadlines.set(entry, kStart + milliseconds(410));
  deadlines.advance(kStart + milliseconds(450));
  EXPECT_EQ(fired, 1);
  deadlines.advance(kStart + seconds(60));
  EXPECT_EQ(fired, 1);
}

TEST(Deadlines, UnsetAndDestroyedEntriesStaySilent) {
  Deadlines deadlines(kStart);
  int fired = 0;
  Deadlines::Entry kept([&] { ++fired; });
  deadlines.set(kept, kStart + milliseconds(10));
  {
    Deadlines::Entry gone([&] { ++fired; });
    deadlines.set(gone, kStart + milliseconds(10));
  }
  kept.unset();
  deadlines.advance(kStart + seconds(1));
  EXPECT_EQ(fired, 0);
}

TEST(Deadlines, AnExpiryMayUnsetAndSetOthers) {
  Deadlines deadlines(kStart);
  int fired = 0;
  Deadlines::Entry other([&] { fired += 100; });
  Deadlines::Entry again([&] { ++fired; });
  Deadlines::Entry first([&] {
    other.unset();
    deadlines.set(again, kStart + milliseconds(30));
  });
  deadlines.set(first, kStart + milliseconds(10));
  deadlines.set(other, kStart + milliseconds(10));
  deadlines.advance(kStart + milliseconds(20));
  EXPECT_EQ(fired, 0);
  deadlines.advance(kStart + milliseconds(40));
  EXPECT_EQ(fired, 1);
}

TEST(Deadlines, ALongSleepLosesNothing) {
  Deadlines deadlines(kStart);
  int fired = 0;
  Deadlines::Entry near([&] { ++fired; });
  Deadlines::Entry far([&] { ++fired; });
  deadlines.set(near, kStart + milliseconds(10));
  deadlines.set(far, kStart + seconds(100));
  deadlines.advance(kStart + seconds(3600));
  EXPECT_EQ(fired, 2);
}

}  // namespace
}  // namespace plumbline::gateway
