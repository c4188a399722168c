#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "conformance/command_line/candidates.h"
#include "conformance/command_line/commands.h"
#include "conformance/command_line/outputs.h"
#include "conformance/command_line/progress.h"
#include "conformance/command_line/suite_choice.h"
#include "conformance/runner/interrupts.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

constexpr std::string_view kHarmless = "harmless";
constexpr std::string_view kControl = "control";
constexpr std::string_view kIdentity = "identity";
constexpr std::string_view kReached = "mutant.reached";

bool must_pass(const MutantName& mutant) { return mutant.rule == kHarmless || mutant.name == kIdentity; }

/// Whoever is no gateway at all must fail nearly everywhere, not just somewhere.
constexpr double kControlFailsMin = 0.9;

enum class Outcome { kKilled, kAlive, kVoid, kUnclear, kPasses, kFailsThoughHarmless };

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::kKilled:
      return "killed";
    case Outcome::kAlive:
      return "ALIVE";
    case Outcome::kVoid:
      return "VOID";
    case Outcome::kUnclear:
      return "UNCLEAR";
    case Outcome::kPasses:
      return "passes";
    case Outcome::kFailsThoughHarmless:
      return "FAILS THOUGH HARMLESS";
  }
  return "";
}

/// What a variant has to show, and whether it did.
struct Trial {
  MutantName mutant;
  std::vector<std::size_t> runs;       ///< positions in the suite
  std::vector<std::string> killed_by;  ///< scenarios in which its rule (a control: any rule) failed
  bool reached = false;                ///< it said that its wrong decision was made
  std::vector<Verdict> verdicts;

  Outcome outcome() const {
    const bool unclear = std::any_of(verdicts.begin(), verdicts.end(), [](Verdict verdict) {
      return verdict == Verdict::kInconclusive || verdict == Verdict::kHarnessError || verdict == Verdict::kNotJudged;
    });
    if (must_pass(mutant)) {
      if (worst(verdicts) == Verdict::kPass) return Outcome::kPasses;
      return worst(verdicts) == Verdict::kFail || !unclear ? Outcome::kFailsThoughHarmless : Outcome::kUnclear;
    }
    const double needed = mutant.rule == kControl ? kControlFailsMin * static_cast<double>(verdicts.size()) : 1;
    if (reached && static_cast<double>(killed_by.size()) >= needed) return Outcome::kKilled;
    if (unclear) return Outcome::kUnclear;
    return reached ? Outcome::kAlive : Outcome::kVoid;
  }
  bool good() const { return outcome() == Outcome::kKilled || outcome() == Outcome::kPasses; }
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
                         {"ran", trial.verdicts.size()},
                         {"reached", trial.reached},
                         {"void", trial.outcome() == Outcome::kVoid},
                         {"outcome", to_string(trial.outcome())}});
    }
  }
  return {{"schema", "plumbline.mutants/v1"}, {"mutants", mutants}, {"harmless", harmless}};
}

}  // namespace

ExitCode run_mutants(const MutantsOptions& options, const InstalledAt& at) {
  end_when_interrupted();
  if (const auto good = check_output_files({{"--json", options.json_file}}); !good) {
    return fail(ExitCode::kUsage, good.error().text);
  }
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
    if (!matches(RuleId(mutant.rule), options.rules)) continue;
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
  std::size_t good = 0, unclear = 0;
  for (Trial& trial : trials) {
    for (const std::size_t index : trial.runs) look_at(result->runs[index], trial);
    good += trial.good() ? 1 : 0;
    unclear += trial.outcome() == Outcome::kUnclear ? 1 : 0;
    const bool control = trial.mutant.rule == kControl && !must_pass(trial.mutant);
    fmt::print("{:<8} {:<34} {:<10} {}\n", to_string(trial.outcome()), trial.mutant.name, trial.mutant.rule,
               control ? fmt::format("{} of {} scenarios", trial.killed_by.size(), trial.verdicts.size())
                       : fmt::format("{}", fmt::join(trial.killed_by, ", ")));
  }
  fmt::print("{} of {} variants as they should be\n", good, trials.size());
  if (!options.json_file.empty()) {
    std::ofstream out(options.json_file);
    out << to_json(trials).dump(2) << "\n";
    if (!out.flush()) return fail(ExitCode::kOurFailure, options.json_file + " could not be written");
  }
  if (good == trials.size()) return ExitCode::kGood;
  return good + unclear == trials.size() ? ExitCode::kInconclusive : ExitCode::kSubjectFailed;
}

}  // namespace plumbline::conformance
