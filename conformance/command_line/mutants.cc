#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "conformance/command_line/candidates.h"
#include "conformance/command_line/commands.h"
#include "conformance/command_line/progress.h"
#include "conformance/command_line/suite_choice.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

constexpr std::string_view kHarmless = "harmless";
constexpr std::string_view kControl = "control";
constexpr std::string_view kIdentity = "identity";
constexpr std::string_view kReached = "mutant.reached";

bool must_pass(const MutantName& mutant) { return mutant.rule == kHarmless || mutant.name == kIdentity; }

/// What a variant has to show, and whether it did.
struct Trial {
  MutantName mutant;
  std::vector<std::size_t> runs;       ///< positions in the suite
  std::vector<std::string> killed_by;  ///< scenarios in which its rule (a control: any rule) failed
  bool reached = false;
  std::vector<Verdict> verdicts;

  bool is_void() const { return mutant.rule != kControl && !must_pass(mutant) && !reached && killed_by.empty(); }
  bool good() const {
    if (must_pass(mutant)) return worst(verdicts) == Verdict::kPass;
    return !killed_by.empty() && (reached || mutant.rule == kControl);
  }
};

/// The plans that a variant is run against: those of its rule with just that rule, or all of them.
std::vector<Plan> plans_for(const MutantName& mutant, const std::vector<Plan>& plans) {
  if (must_pass(mutant) || mutant.rule == kControl) return plans;
  auto mine = only_rules(plans, mutant.rule);
  return mine ? *mine : std::vector<Plan>{};
}

void look_at(const ScenarioRun& run, Trial& trial) {
  trial.verdicts.push_back(run.judgement.verdict);
  trial.reached = trial.reached || run.events.contains(std::string(kReached));
  const bool any_rule = trial.mutant.rule == kControl;
  const bool failed =
      std::any_of(run.judgement.rules.begin(), run.judgement.rules.end(), [&](const RuleResult& result) {
        return result.verdict == Verdict::kFail && (any_rule || result.rule.str() == trial.mutant.rule);
      });
  if (failed) trial.killed_by.push_back(run.name.substr(run.name.find(' ') + 1));
}

json to_json(const std::vector<Trial>& trials) {
  json mutants = json::array();
  json harmless = json::array();
  for (const Trial& trial : trials) {
    if (must_pass(trial.mutant)) {
      harmless.push_back({{"name", trial.mutant.name}, {"verdict", to_string(worst(trial.verdicts))}});
    } else {
      mutants.push_back({{"name", trial.mutant.name},
                         {"rule", trial.mutant.rule},
                         {"killed_by", trial.killed_by},
                         {"reached", trial.reached || trial.mutant.rule == kControl},
                         {"void", trial.is_void()}});
    }
  }
  return {{"schema", "plumbline.mutants/v1"}, {"mutants", mutants}, {"harmless", harmless}};
}

}  // namespace

ExitCode run_mutants(const MutantsOptions& options, const InstalledAt& at) {
  const auto names = list_mutants(at);
  if (!names) return fail(ExitCode::kOurFailure, names.error().text);
  const auto chosen = read_suite({}, at);
  if (!chosen) return fail(ExitCode::kOurFailure, chosen.error().text);
  const auto first = find_candidate("mutant:" + std::string(kIdentity), at);
  if (!first) return fail(ExitCode::kOurFailure, first.error().text);

  SuiteOptions suite;
  suite.interpretations = default_interpretations(chosen->rules);
  suite.programs = at.programs.string();
  suite.jobs = options.jobs > 0 ? options.jobs : std::max(1u, std::thread::hardware_concurrency());
  suite.seed = options.seed;
  suite.known.emplace();
  suite.known->features = contract_features();
  std::vector<Trial> trials;
  for (const auto& mutant : *names) {
    const bool wanted = options.rules.empty() || ::fnmatch(options.rules.c_str(), mutant.rule.c_str(), 0) == 0;
    if (!wanted) continue;
    const auto descriptor = find_candidate("mutant:" + mutant.name, at);
    if (!descriptor) return fail(ExitCode::kOurFailure, descriptor.error().text);
    Trial trial;
    trial.mutant = mutant;
    for (Plan& plan : plans_for(mutant, chosen->plans)) {
      trial.runs.push_back(suite.plans.size());
      suite.plans.push_back(std::move(plan));
      suite.descriptors.push_back(*descriptor);
    }
    trials.push_back(std::move(trial));
  }
  if (trials.empty())
    return fail(ExitCode::kUsage, fmt::format("no mutant breaks a rule that matches '{}'", options.rules));

  Progress progress(stderr_is_terminal());
  const auto result = run_suite(suite, progress);
  if (!result) return fail_for_host(result.error().text);
  if (result->interrupted) return fail(ExitCode::kInconclusive, "interrupted; nothing runs any more");
  std::size_t good = 0;
  for (Trial& trial : trials) {
    for (const std::size_t index : trial.runs) look_at(result->runs[index], trial);
    good += trial.good() ? 1 : 0;
    const char* word = must_pass(trial.mutant) ? (trial.good() ? "passes" : "FAILS THOUGH HARMLESS")
                       : trial.is_void()       ? "VOID"
                       : trial.good()          ? "killed"
                                               : "ALIVE";
    fmt::print("{:<8} {:<34} {:<10} {}\n", word, trial.mutant.name, trial.mutant.rule,
               fmt::join(trial.killed_by, ", "));
  }
  fmt::print("{} of {} variants as they should be\n", good, trials.size());
  if (!options.json_file.empty()) {
    std::ofstream out(options.json_file);
    out << to_json(trials).dump(2) << "\n";
    if (!out.flush()) return fail(ExitCode::kOurFailure, options.json_file + " could not be written");
  }
  return good == trials.size() ? ExitCode::kGood : ExitCode::kSubjectFailed;
}

}  // namespace plumbline::conformance
