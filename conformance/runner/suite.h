// A run of many plans against one candidate: learns what the candidate declares, runs what that allows, judges each
// history. The parent's side; uses one thread, because workers are forked.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "conformance/checks/judge.h"
#include "conformance/contract/descriptor.h"
#include "conformance/language/plan.h"
#include "conformance/runner/schedule.h"
#include "wire/contract.h"

namespace plumbline::conformance {

struct SuiteOptions {
  Descriptor descriptor;
  std::vector<Plan> plans;
  /// For runs of many variants of one candidate: the descriptor of each plan, and what all of them declare, so that
  /// none is introduced. Both or neither.
  std::vector<Descriptor> descriptors;
  std::optional<wire::HelloResult> known;
  std::optional<std::set<std::string>> allowed;        ///< that a verdict is about (profile); unset: all
  std::map<std::string, std::string> interpretations;  ///< the defaults, by name
  std::string programs;                                ///< folder of sibling binaries
  unsigned jobs = 1;
  std::uint64_t seed = 1;
  std::string history_dir;  ///< every history is written there; "" keeps none but those of failures
  bool keep_on_fail = false;
  std::chrono::milliseconds cap{120000};  ///< of one scenario; longer ones are cut short and judged by what there is
};

inline constexpr std::size_t kLastWordsMax = 20;

/// One plan and what became of it.
struct ScenarioRun {
  std::string name;  ///< "scenario" or "scenario/case"
  Judgement judgement;
  std::string history;           ///< path when it was kept
  std::set<std::string> events;  ///< names of the candidate's notifications
  std::chrono::milliseconds took{0};
};

/// Called from run(), in the order of events.
class SuiteWatch {
 public:
  virtual ~SuiteWatch() = default;
  virtual void introduced(const wire::HelloResult& candidate) = 0;
  virtual void started(const std::string& scenario) = 0;
  virtual void finished(const ScenarioRun& run, std::size_t done, std::size_t all) = 0;
  virtual void tick() = 0;
};

struct SuiteResult {
  wire::HelloResult candidate;
  std::vector<ScenarioRun> runs;  ///< in the order of the plans
  std::string not_introduced;     ///< why no scenario could run; every rule of the plans FAILs. "" when introduced
  /// With not_introduced: the last lines of the candidate's stderr, at most kLastWordsMax.
  std::vector<std::string> last_words;
  bool interrupted = false;  ///< what is missing did not run
  std::string kept_in;       ///< folder of kept histories; "" when none was
};

/// SIGINT or SIGTERM at any moment until it returns ends the run: SuiteResult::interrupted.
/// kUnavailable: the host does not let us isolate a worker. kInternal: our failure. A candidate that cannot be
/// introduced is a result, too: see SuiteResult::not_introduced.
Result<SuiteResult> run_suite(const SuiteOptions& options, SuiteWatch& watch);

/// "scenario" or "scenario/case".
std::string name_of(const Plan& plan);

}  // namespace plumbline::conformance
