#include "conformance/runner/executor.h"

#include <fmt/format.h>

#include "simulator/yaml/problems.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;
using Kind = StepOutcome::Kind;

/// Steps of one kind go to the part that knows them.
template <class Part, class Action>
concept Runs = requires(Part part, const Step& step, const Action& action) {
  part.run(0, step, action);
};

bool waits_for_candidate(const Step& step) {
  return std::visit(
      []<class Action>(const Action&) { return !Runs<WorldSteps, Action> && !std::is_same_v<Action, Pause>; },
      step.action);
}

}  // namespace

Executor::Executor(const Plan& plan, Stage& stage, Users& users, CandidateSession& candidate, LiveTruth& truth,
                   TrafficLimits limits)
    : plan_(plan),
      cut_(limits.cut),
      stage_(stage),
      truth_(truth),
      control_(plan, candidate, stage.instance_address()),
      world_(stage, truth),
      traffic_(control_, users, stage, truth, limits) {}

Ending Executor::run() {
  Ending ending;
  std::int64_t awaited_us = 0;
  for (std::size_t i = 0; i < plan_.steps.size() && ending.reason.empty(); ++i) {
    const Step& step = plan_.steps[i];
    const int index = static_cast<int>(i);
    if (cut_.passed()) {
      ending = ending_of(step, StepOutcome::cut("not begun"));
      break;
    }
    const std::int64_t begun = stage_.now_us();
    const StepOutcome outcome = std::visit(
        [&]<class Action>(const Action& action) {
          if constexpr (Runs<ControlSteps, Action>)
            return control_.run(index, step, action);
          else if constexpr (Runs<WorldSteps, Action>)
            return world_.run(index, step, action);
          else
            return traffic_.run(index, step, action);
        },
        step.action);
    record(index, step, begun, outcome);
    ending = ending_of(step, outcome);
    if (waits_for_candidate(step)) awaited_us += stage_.now_us() - begun;
  }
  traffic_.finish_all(ending.cut);
  ending.awaited = std::chrono::duration_cast<Duration>(std::chrono::microseconds(awaited_us));
  return ending;
}

Ending Executor::ending_of(const Step& step, const StepOutcome& outcome) const {
  const bool goes_on = outcome.kind == Kind::kDone || outcome.kind == Kind::kSkipped ||
                       (outcome.kind == Kind::kRefused && step.may_be_refused);
  if (goes_on) return {};
  Ending ending;
  ending.ours = outcome.kind == Kind::kBroken;
  ending.cut = outcome.kind == Kind::kCut;
  ending.mistake = outcome.kind == Kind::kMistaken;
  ending.reason = fmt::format("{}: {} '{}': {}", to_string(step.place), step.verb, step.as, outcome.error);
  return ending;
}

void Executor::record(int index, const Step& step, std::int64_t begun, const StepOutcome& outcome) {
  json record{{"type", "step"},
              {"t", begun},
              {"t1", stage_.now_us()},
              {"index", index},
              {"verb", step.verb},
              {"as", step.as},
              {"ok", outcome.kind == Kind::kDone}};
  if (outcome.kind == Kind::kRefused) record["refused"] = true;
  if (outcome.kind == Kind::kSkipped) record["skipped"] = true;
  if (!outcome.error.empty()) record["error"] = outcome.error;
  if (outcome.settled) record["settled"] = *outcome.settled;
  if (outcome.probes) record["probes"] = *outcome.probes;
  truth_.write(record);
}

}  // namespace plumbline::conformance
