// Carries out the steps in which users act: probes until a change has settled, traffic windows, exchanges, pauses.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "conformance/language/plan.h"
#include "conformance/runner/control_steps.h"
#include "conformance/runner/live_truth.h"
#include "conformance/runner/stage.h"
#include "conformance/runner/step_outcome.h"
#include "conformance/runner/users.h"

namespace plumbline::conformance {

/// So many requests in a row without any answer are the end of a window: a gateway that hangs is judged by what was
/// seen, not waited for.
inline constexpr int kPatience = 5;
/// How much longer than the failover deadline a user waits for an answer.
inline constexpr Duration kAnswerGrace{1000};

struct TrafficLimits {
  Duration propagation{5000};  ///< until a change must show
  Duration failover{3000};     ///< a probe is not waited for longer
  int workers = 1;             ///< that the candidate declares
  Cutoff cut;                  ///< of the scenario
};

/// Used by the executor's thread. Background windows run in the threads of `users`.
class TrafficSteps {
 public:
  TrafficSteps(const ControlSteps& apis, Users& users, Stage& stage, LiveTruth& truth, TrafficLimits limits);
  ~TrafficSteps();  ///< ends what still runs

  StepOutcome run(int index, const Step& step, const Settle& action);
  StepOutcome run(int index, const Step& step, const Send& action);
  StepOutcome run(int index, const Step& step, const Stop& action);
  StepOutcome run(int index, const Step& step, const Exchange& action);
  StepOutcome run(int index, const Step& step, const Pause& action);
  /// Ends every background window, in the order of their names. `cut`: before their time.
  void finish_all(bool cut);

 private:
  struct Running {
    nlohmann::json record;
    std::unique_ptr<Traffic> traffic;
    std::int64_t requests = 0;                            ///< that the step asks for; with a span none
    std::optional<Cutoff::Clock::time_point> until = {};  ///< end of its span
  };
  enum class End { kByItself, kStopped, kCut };
  nlohmann::json open_window(const std::string& as, const char* kind, const std::string& api,
                             const PublishedApi& target, const std::string& method, const std::string& path);
  void close_window(nlohmann::json record, std::int64_t requests);
  /// False when it was cut.
  bool close_window(Running running, End end);
  Duration timeout() const { return limits_.failover + kAnswerGrace; }
  int patience() const { return gave_up_ ? 1 : kPatience; }

  const ControlSteps& apis_;
  Users& users_;
  Stage& stage_;
  LiveTruth& truth_;
  TrafficLimits limits_;
  int windows_ = 0;
  bool gave_up_ = false;  ///< the last window ended because nothing answered; the next is left after one request
  std::map<std::string, Running> background_;
};

}  // namespace plumbline::conformance
