// Carries out the steps of a plan, one after the other, and records each. Decides no verdict.
#pragma once

#include "conformance/runner/control_steps.h"
#include "conformance/runner/traffic_steps.h"
#include "conformance/runner/world_steps.h"

namespace plumbline::conformance {

/// How far a plan came.
struct Ending {
  bool ours = false;     ///< the world or the harness failed: nothing can be said about the candidate
  bool cut = false;      ///< time was up
  bool mistake = false;  ///< a step asks for what the world does not have: nothing either, and the author must mend it
  std::string reason;    ///< why the plan ended early, with the step's place; "" when every step was carried out
  std::chrono::milliseconds awaited{0};  ///< time in steps that wait for the candidate's answers
};

/// Used by one thread.
class Executor {
 public:
  /// All must outlive it. `candidate` has been introduced.
  Executor(const Plan& plan, Stage& stage, Users& users, CandidateSession& candidate, LiveTruth& truth,
           TrafficLimits limits);

  /// Runs the steps in order. Ends early when the candidate is silent, when it refuses what it may not refuse
  /// (Step::may_be_refused), when the world cannot do what a step says, and when `limits.cut` has passed.
  Ending run();

 private:
  Ending ending_of(const Step& step, const StepOutcome& outcome) const;
  void record(int index, const Step& step, std::int64_t begun, const StepOutcome& outcome);

  const Plan& plan_;
  const Cutoff cut_;
  Stage& stage_;
  LiveTruth& truth_;
  ControlSteps control_;
  WorldSteps world_;
  TrafficSteps traffic_;
};

}  // namespace plumbline::conformance
