#include "conformance/runner/schedule.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>

namespace plumbline::conformance {
namespace {

/// A plain child instead of an isolated one: scheduling is the same.
Result<pid_t> fork_plainly(const std::function<int()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(body());
  return pid;
}

int forever() {
  while (true) ::pause();
}

TEST(Schedule, EveryJobFinishesOnceWithItsExitCode) {
  Interrupts interrupts;
  std::vector<Job> jobs;
  jobs.reserve(7);
  for (int i = 0; i < 7; ++i) jobs.push_back({"job", [i] { return i; }});
  std::vector<int> codes(jobs.size(), -1);
  Schedule schedule(jobs, 3, fork_plainly, interrupts);
  const auto end = schedule.run({{}, [&](const FinishedJob& job) { codes[job.index] = job.exit_code; }, {}});
  ASSERT_TRUE(end) << end.error();
  EXPECT_EQ(*end, Schedule::End::kAllDone);
  EXPECT_EQ(codes, (std::vector<int>{0, 1, 2, 3, 4, 5, 6}));
}

TEST(Schedule, NoMoreRunThanAreAllowedSideBySide) {
  Interrupts interrupts;
  std::vector<Job> jobs(6, {"job", [] { return 0; }});
  int running = 0;
  int running_max = 0;
  Schedule schedule(jobs, 2, fork_plainly, interrupts);
  ASSERT_TRUE(schedule.run({[&](std::size_t) { running_max = std::max(running_max, ++running); },
                            [&](const FinishedJob&) { --running; },
                            {}}));
  EXPECT_EQ(running_max, 2);
}

TEST(Schedule, JobPastItsCapIsKilledAndSaysSo) {
  Interrupts interrupts;
  Schedule schedule({{"stuck", forever, std::chrono::milliseconds(10)}}, 1, fork_plainly, interrupts);
  std::vector<FinishedJob> finished;
  ASSERT_TRUE(schedule.run({{}, [&](const FinishedJob& job) { finished.push_back(job); }, {}}));
  ASSERT_EQ(finished.size(), 1u);
  EXPECT_TRUE(finished[0].capped);
  EXPECT_EQ(finished[0].exit_code, 128 + SIGKILL);
}

TEST(Schedule, CrashedJobCarriesItsSignal) {
  Interrupts interrupts;
  Schedule schedule({{"crash",
                      [] {
                        ::signal(SIGTERM, SIG_DFL);
                        ::raise(SIGTERM);
                        return 0;
                      }}},
                    1, fork_plainly, interrupts);
  int code = 0;
  ASSERT_TRUE(schedule.run({{}, [&](const FinishedJob& job) { code = job.exit_code; }, {}}));
  EXPECT_EQ(code, 128 + SIGTERM);
}

TEST(Schedule, InterruptKillsEverythingThatRuns) {
  Interrupts interrupts;
  std::vector<pid_t> pids;
  const auto spawn = [&](const std::function<int()>& body) {
    auto pid = fork_plainly(body);
    pids.push_back(*pid);
    return pid;
  };
  Schedule schedule(std::vector<Job>(2, {"stuck", forever}), 2, spawn, interrupts);
  const auto end = schedule.run({[](std::size_t job) {
                                   if (job == 1) ::raise(SIGINT);
                                 },
                                 {},
                                 {}});
  ASSERT_TRUE(end) << end.error();
  EXPECT_EQ(*end, Schedule::End::kInterrupted);
  ASSERT_EQ(pids.size(), 2u);
  for (const pid_t pid : pids) EXPECT_EQ(::kill(pid, 0), -1) << "child " << pid << " still runs";
}

TEST(Schedule, InterruptWhileTheLastJobIsTakenInIsNotLost) {
  Interrupts interrupts;
  Schedule schedule({{"job", [] { return 0; }}}, 1, fork_plainly, interrupts);
  const auto end = schedule.run({{}, [](const FinishedJob&) { ::raise(SIGINT); }, {}});
  ASSERT_TRUE(end) << end.error();
  EXPECT_EQ(*end, Schedule::End::kInterrupted);
}

TEST(Schedule, InterruptBetweenTwoSchedulesStartsNothingOfTheSecond) {
  Interrupts interrupts;
  Schedule first({{"job", [] { return 0; }}}, 1, fork_plainly, interrupts);
  ASSERT_TRUE(first.run({}));
  ::raise(SIGTERM);
  bool started = false;
  Schedule second({{"job", [] { return 0; }}}, 1, fork_plainly, interrupts);
  const auto end = second.run({[&](std::size_t) { started = true; }, {}, {}});
  ASSERT_TRUE(end) << end.error();
  EXPECT_EQ(*end, Schedule::End::kInterrupted);
  EXPECT_FALSE(started);
}

TEST(Schedule, SpawnerThatFailsEndsTheRunWithItsError) {
  Interrupts interrupts;
  Schedule schedule(
      {{"job", [] { return 0; }}}, 1,
      [](const std::function<int()>&) -> Result<pid_t> {
        return Error{Reason::kUnavailable, "no room", "", ""};
      },
      interrupts);
  const auto end = schedule.run({});
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().text, "no room");
}

}  // namespace
}  // namespace plumbline::conformance
