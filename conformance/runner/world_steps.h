// Carries out the steps that change the world: manifests, scaling, labels, deletions, faults.
// Waits for facts of the world only; never for the candidate.
#pragma once

#include "conformance/language/plan.h"
#include "conformance/runner/stage.h"
#include "conformance/runner/step_outcome.h"
#include "wire/history.h"

namespace plumbline::conformance {

/// How long the world may take for a change of its own; a world that needs longer is our failure.
inline constexpr std::chrono::milliseconds kWorldDeadline{30000};

/// Used by the executor's thread. Each step that was done writes one `world` record.
class WorldSteps {
 public:
  WorldSteps(Stage& stage, wire::HistorySink& sink) : stage_(stage), sink_(sink) {}

  StepOutcome run(int index, const Step& step, const Apply& action);
  StepOutcome run(int index, const Step& step, const DeleteObject& action);
  StepOutcome run(int index, const Step& step, const Scale& action);
  StepOutcome run(int index, const Step& step, const LabelPods& action);
  StepOutcome run(int index, const Step& step, const DeletePods& action);
  StepOutcome run(int index, const Step& step, const FaultPods& action);
  StepOutcome run(int index, const Step& step, const FaultApi& action);
  StepOutcome run(int index, const Step& step, const HealApi& action);
  StepOutcome run(int index, const Step& step, const SetNode& action);
  StepOutcome run(int index, const Step& step, const TamperEndpoints& action);

 private:
  StepOutcome done(int index, const Step& step, const Result<void>& result, nlohmann::json details);

  Stage& stage_;
  wire::HistorySink& sink_;
};

}  // namespace plumbline::conformance
