// What a whole run says: scenarios' judgements rolled up to rules, counted by level, with the conditions of the run.
// Making it is here; writers.h writes it down. Value types, pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "conformance/checks/judge.h"
#include "conformance/rules/rules.h"
#include "model/verdict.h"

namespace plumbline::conformance {

/// The candidate as it introduced itself.
struct ReportedCandidate {
  std::string name, version;
  std::string descriptor;  ///< as given on the command line; replays name it
  std::vector<std::string> features;
  std::vector<std::string> unknown_features;  ///< of them those that there are not, each with what may be meant
  std::map<std::string, std::string> interpretations;  ///< as declared
  std::map<std::string, std::int64_t> deadlines_ms;    ///< its own: control, start, propagation, failover
  std::map<std::string, std::string> known_failures;   ///< rule -> reason, of the descriptor
  int workers = 1;
};

/// One scenario (one case of it) that ran, or that was not run for a reason.
struct ReportedScenario {
  std::string name;  ///< "scenario" or "scenario/case"
  Judgement judgement;
  double seconds = 0;                 ///< wall clock, building the world included; 0 when it was not run
  std::string history;                ///< path, when it was kept
  std::string replay;                 ///< command that runs it again
  std::vector<std::string> features;  ///< that it is about
};

/// One mutant of a `plumbline mutants` run.
struct ReportedMutant {
  std::string name, rule;
  std::vector<std::string> killed_by;
  bool reached = false;
};

struct ReportInput {
  ReportedCandidate candidate;
  std::vector<ReportedScenario> scenarios;
  std::size_t expected = 0;    ///< scenarios that should have run
  bool interrupted = false;    ///< ended by Ctrl-C or SIGTERM: what is missing did not run
  std::string not_introduced;  ///< why the candidate could not even be introduced: nothing ran, every rule FAILs
  std::vector<std::string> last_words;  ///< what it said last on stderr then
  std::uint64_t seed = 0;
  double seconds = 0;  ///< of the whole run
  std::map<std::string, std::string> versions;
  std::map<std::string, std::int64_t> deadline_defaults_ms;
  std::vector<ReportedMutant> mutants;  ///< empty when no mutants were run
  Level required = Level::kEntailed;    ///< levels that decide: this one and the stricter ones
};

/// A rule with the worst verdict of its scenarios. A scenario that needed more features than the rule itself and was
/// not run does not count against the rule, unless no other judged it.
struct RuleReport {
  Rule rule;
  Verdict verdict = Verdict::kNotJudged;
  std::string reason;  ///< of the findings that made the verdict, the first that tells more than a symptom
  std::string expected, seen, replay, history;
  std::string told_by;     ///< name of the scenario and case that `reason` is of
  std::size_t others = 0;  ///< findings that made the verdict, besides
  std::vector<std::pair<std::string, Verdict>> scenarios;
  std::string known_failure;  ///< the descriptor says that it fails, and why
};

/// Latencies of one kind over the whole run.
struct Propagation {
  std::size_t count = 0;
  double p50_ms = 0, p99_ms = 0, max_ms = 0;
  std::vector<double> samples;  ///< milliseconds
};

struct Report {
  ReportInput input;
  std::vector<RuleReport> rules;                   ///< in the register's order
  std::vector<NotYet> not_yet;                     ///< D and K rules without a scenario
  std::vector<RuleId> not_run;                     ///< D and K rules that decide and that the run's scenarios left out
  std::map<Level, std::map<Verdict, int>> counts;  ///< rules by level
  std::map<Verdict, int> totals;                   ///< rules
  std::vector<std::string> unjudged_features;      ///< declared, and no scenario about them passed or failed
  std::vector<std::string> deviations;             ///< interpretations and deadlines that are not the defaults
  Propagation joined, left;
  std::int64_t requests = 0, drops = 0;
  std::size_t ignored_stops = 0;  ///< scenarios
  int stalls = 0;
  double stall_ms_max = 0;
  Verdict verdict = Verdict::kNotJudged;  ///< worst of the required levels
  ExitCode exit = ExitCode::kInconclusive;

  /// `verdict`, but nothing was passed by who did not come to the end of it.
  Verdict as_a_whole() const;
  /// Scenarios that were carried out; the others are not declared, or the run was cut short.
  std::size_t executed() const;
  /// Rules of the required levels with `verdict`.
  int required_with(Verdict verdict) const;
  /// "my-gateway 1.2 is NOT conformant: it breaks 1 of the 3 required rules that were judged." Says "is conformant"
  /// only when every documented and entailed rule has a scenario, those that decide ran, and every declared feature was
  /// judged. Begins with interruption() when there was one.
  std::string sentence() const;
  /// "interrupted after 12 of 27 scenarios"; "" when the run came to its end.
  std::string interruption() const;

 private:
  std::string judged_sentence() const;
};

/// Rolls up. Rules that no scenario of the run names are in `not_yet` or `not_run`, and else left out.
Report make_report(ReportInput input, const Register& rules);

}  // namespace plumbline::conformance
