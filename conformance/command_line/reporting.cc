#include "conformance/command_line/reporting.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "conformance/report/writers.h"
#include "model/nearest.h"
#include "model/shell_word.h"
#include "model/version.h"

namespace plumbline::conformance {
namespace {

std::map<std::string, std::int64_t> by_name(const Deadlines& deadlines) {
  return {{"control", deadlines.control.count()},
          {"start", deadlines.start.count()},
          {"propagation", deadlines.propagation.count()},
          {"failover", deadlines.failover.count()}};
}

Result<void> write_file(const std::string& path, const std::string& text) {
  if (path.empty()) return {};
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (out.flush()) return {};
  return Error{Reason::kUnavailable, path + " could not be written", "", path};
}

/// What `plan` is about, as far as it was judged.
std::vector<std::string> features_of(const Plan& plan, const Judgement& judgement) {
  std::set<std::string> features(plan.features.begin(), plan.features.end());
  features.insert(plan.touched.begin(), plan.touched.end());
  for (const Expectation& expectation : plan.expect) {
    const bool judged = std::any_of(judgement.rules.begin(), judgement.rules.end(), [&](const RuleResult& result) {
      return result.rule == expectation.rule && (result.verdict == Verdict::kPass || result.verdict == Verdict::kFail);
    });
    if (judged) features.insert(expectation.features.begin(), expectation.features.end());
  }
  return {features.begin(), features.end()};
}

}  // namespace

ReportInput report_input(const RunOptions& options, const Descriptor& descriptor, const std::vector<Plan>& plans,
                         const SuiteResult& result, double seconds) {
  ReportInput input;
  ReportedCandidate& candidate = input.candidate;
  candidate.name = result.candidate.name;
  candidate.version = result.candidate.version;
  candidate.descriptor = options.candidate;
  candidate.features = result.candidate.features;
  const auto& known = contract_features();
  for (const std::string& feature : candidate.features) {
    if (std::find(known.begin(), known.end(), feature) != known.end()) continue;
    candidate.unknown_features.push_back(feature + suggestion(feature, known));
  }
  candidate.interpretations = result.candidate.interpretations;
  candidate.workers = result.candidate.workers;
  candidate.deadlines_ms = by_name(descriptor.deadlines);
  for (const auto& failure : descriptor.known_failures) candidate.known_failures[failure.rule.str()] = failure.reason;
  for (std::size_t i = 0; i < result.runs.size(); ++i) {
    const ScenarioRun& run = result.runs[i];
    if (result.interrupted && run.judgement.rules.empty()) continue;
    const std::string replay = fmt::format("plumbline run {} --candidate {} --seed {}", shell_word(plans[i].place.file),
                                           shell_word(options.candidate), options.seed);
    input.scenarios.push_back({run.name, run.judgement, static_cast<double>(run.took.count()) / 1000.0, run.history,
                               replay, features_of(plans[i], run.judgement)});
    for (const auto& [name, version] : run.judgement.versions.items()) {
      if (version.is_string()) input.versions[name] = version.get<std::string>();
    }
  }
  input.expected = plans.size();
  input.interrupted = result.interrupted;
  input.not_introduced = result.not_introduced;
  input.last_words = result.last_words;
  input.seed = options.seed;
  input.seconds = seconds;
  input.versions["plumbline"] = kVersion;
  input.deadline_defaults_ms = by_name(Deadlines{});
  input.required = *parse_level(options.require);
  return input;
}

Result<void> write_reports(const RunOptions& options, const Report& report) {
  fmt::print("{}", terminal_report(report, ::isatty(STDOUT_FILENO) == 1));
  if (auto written = write_file(options.json_file, json_report(report).dump(2) + "\n"); !written) return written;
  return write_file(options.junit_file, junit_report(report));
}

}  // namespace plumbline::conformance
