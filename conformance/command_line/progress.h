// What people see on stderr while a suite runs: a line a scenario, and on a terminal a live line with what runs now.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "conformance/runner/suite.h"

namespace plumbline::conformance {

/// Used by one thread.
class Progress : public SuiteWatch {
 public:
  /// `terminal`: stderr is one, so the live line and colours make sense.
  explicit Progress(bool terminal);
  ~Progress() override;  ///< takes the live line away

  void introduced(const wire::HelloResult& candidate) override;
  void started(const std::string& scenario) override;
  void finished(const ScenarioRun& run, std::size_t done, std::size_t all) override;
  void tick() override;

 private:
  void erase_live_line();

  bool terminal_;
  bool live_ = false;
  std::size_t done_ = 0, all_ = 0;
  std::vector<std::string> running_;
};

/// Whether stderr is a terminal.
bool stderr_is_terminal();

}  // namespace plumbline::conformance
