// Runs jobs side by side, each in a process of its own, from one thread. Knows nothing of scenarios.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "conformance/runner/interrupts.h"
#include "model/error.h"

namespace plumbline::conformance {

struct Job {
  std::string name;
  std::function<int()> body;              ///< runs in the child; its exit code
  std::chrono::milliseconds cap{120000};  ///< after that it is killed
};

struct FinishedJob {
  std::size_t index = 0;
  int exit_code = 0;  ///< 128 + signal when it was killed
  bool capped = false;
  std::chrono::milliseconds took{0};
};

/// Requires a process with one thread (children are forked). Used once.
class Schedule {
 public:
  using Spawn = std::function<Result<pid_t>(const std::function<int()>&)>;

  /// `side_by_side` >= 1 children at a time.
  Schedule(std::vector<Job> jobs, unsigned side_by_side, Spawn spawn, Interrupts& interrupts);
  ~Schedule();  ///< kills what still runs

  struct Watch {
    std::function<void(std::size_t job)> started;      ///< may be empty
    std::function<void(const FinishedJob&)> finished;  ///< may be empty
    std::function<void()> tick;                        ///< about every 100 ms; may be empty
  };
  enum class End { kAllDone, kInterrupted };
  /// Starts jobs in their order and returns when all have finished, or at once on an interrupt, after killing what
  /// runs; one that had come before starts none. An error is the spawner's.
  Result<End> run(const Watch& watch);

 private:
  struct Running {
    std::size_t index;
    std::chrono::steady_clock::time_point since;
    bool capped = false;
  };
  Result<void> start_next(const Watch& watch);
  void reap(const Watch& watch);
  void kill_all();

  std::vector<Job> jobs_;
  unsigned side_by_side_;
  Spawn spawn_;
  Interrupts& interrupts_;
  std::size_t next_ = 0;
  std::map<pid_t, Running> running_;
};

}  // namespace plumbline::conformance
