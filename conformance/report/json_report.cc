#include <algorithm>
#include <nlohmann/json.hpp>

#include "conformance/report/writers.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

json counts_json(const std::map<Verdict, int>& counts) {
  json out = json::object();
  for (const Verdict verdict : {Verdict::kPass, Verdict::kFail, Verdict::kInconclusive, Verdict::kNotJudged,
                                Verdict::kNotDeclared, Verdict::kHarnessError, Verdict::kObserved}) {
    const auto found = counts.find(verdict);
    out[std::string(to_string(verdict))] = found == counts.end() ? 0 : found->second;
  }
  return out;
}

json candidate_json(const ReportedCandidate& candidate) {
  return {{"name", candidate.name},
          {"version", candidate.version},
          {"descriptor", candidate.descriptor},
          {"features", candidate.features},
          {"interpretations", candidate.interpretations},
          {"deadlinesMs", candidate.deadlines_ms},
          {"knownFailures", candidate.known_failures},
          {"workers", candidate.workers}};
}

json rule_json(const RuleReport& rule) {
  json out{{"id", rule.rule.id.str()},
           {"level", to_string(rule.rule.level)},
           {"verdict", to_string(rule.verdict)},
           {"title", rule.rule.title},
           {"source", rule.rule.source}};
  out["scenarios"] = json::array();
  for (const auto& [name, verdict] : rule.scenarios)
    out["scenarios"].push_back({{"name", name}, {"verdict", to_string(verdict)}});
  for (const auto& [key, text] : {std::pair{"reason", &rule.reason},
                                  {"expected", &rule.expected},
                                  {"seen", &rule.seen},
                                  {"replay", &rule.replay},
                                  {"history", &rule.history},
                                  {"knownFailure", &rule.known_failure}}) {
    if (!text->empty()) out[key] = *text;
  }
  if (rule.others > 0) out["otherFindings"] = rule.others;
  return out;
}

json scenario_json(const ReportedScenario& scenario) {
  json judged = to_json(scenario.judgement);
  json out{{"name", scenario.name},          {"verdict", judged["verdict"]}, {"seconds", scenario.seconds},
           {"title", judged["title"]},       {"rules", judged["rules"]},     {"expectations", judged["expectations"]},
           {"requests", judged["requests"]}, {"drops", judged["drops"]},     {"stalls", judged["stalls"]}};
  out["evidence"] = json::array();
  for (const ExpectationResult& result : scenario.judgement.expectations) {
    if (result.finding.verdict == Verdict::kPass) continue;
    for (const Evidence& evidence : result.finding.evidence) {
      out["evidence"].push_back({{"rule", result.rule.str()},
                                 {"noun", result.noun},
                                 {"t", evidence.t},
                                 {"line", evidence.line},
                                 {"text", evidence.text}});
    }
  }
  if (!scenario.judgement.reason.empty()) out["reason"] = scenario.judgement.reason;
  if (scenario.judgement.mistake) out["mistake"] = true;
  if (!scenario.history.empty()) out["history"] = scenario.history;
  if (!scenario.replay.empty()) out["replay"] = scenario.replay;
  return out;
}

json propagation_json(const Propagation& propagation) {
  return {{"count", propagation.count},
          {"p50_ms", propagation.p50_ms},
          {"p99_ms", propagation.p99_ms},
          {"max_ms", propagation.max_ms}};
}

}  // namespace

json json_report(const Report& report) {
  json out{{"schema", "plumbline.report/v1"},
           {"verdict", to_string(report.as_a_whole())},
           {"sentence", report.sentence()},
           {"exitCode", static_cast<int>(report.exit)},
           {"candidate", candidate_json(report.input.candidate)},
           {"seed", report.input.seed},
           {"seconds", report.input.seconds},
           {"versions", report.input.versions},
           {"required", to_string(report.input.required)},
           {"counts", counts_json(report.totals)},
           {"expected", report.input.expected},
           {"executed", report.executed()},
           {"interrupted", report.input.interrupted},
           {"interruption", report.interruption()},
           {"deviations", report.deviations},
           {"unjudgedFeatures", report.unjudged_features},
           {"unknownFeatures", report.input.candidate.unknown_features},
           {"measured",
            {{"joined", propagation_json(report.joined)},
             {"left", propagation_json(report.left)},
             {"requests", report.requests},
             {"drops", report.drops},
             {"ignoredStops", report.ignored_stops},
             {"stalls", report.stalls},
             {"stall_ms_max", report.stall_ms_max}}}};
  if (!report.input.last_words.empty()) out["lastWords"] = report.input.last_words;
  out["levels"] = json::object();
  for (const auto& [level, counts] : report.counts) out["levels"][std::string(to_string(level))] = counts_json(counts);
  out["rules"] = json::array();
  for (const RuleReport& rule : report.rules) out["rules"].push_back(rule_json(rule));
  out["notYet"] = json::array();
  for (const NotYet& entry : report.not_yet)
    out["notYet"].push_back({{"id", entry.rule.str()}, {"reason", entry.reason}});
  out["notRun"] = json::array();
  for (const RuleId& rule : report.not_run) out["notRun"].push_back(rule.str());
  out["scenarios"] = json::array();
  for (const ReportedScenario& scenario : report.input.scenarios) out["scenarios"].push_back(scenario_json(scenario));
  if (!report.input.mutants.empty()) {
    out["mutants"] = json::array();
    for (const ReportedMutant& mutant : report.input.mutants) {
      out["mutants"].push_back({{"name", mutant.name},
                                {"rule", mutant.rule},
                                {"killed_by", mutant.killed_by},
                                {"reached", mutant.reached},
                                {"void", !mutant.reached}});
    }
  }
  return out;
}

json rules_json(const Register& rules, const std::map<RuleId, std::vector<std::string>>& scenarios_of_rule,
                const std::string& glob) {
  json out = json::array();
  for (const Rule& rule : rules.rules()) {
    if (!matches(rule.id, glob)) continue;
    const auto scenarios = scenarios_of_rule.find(rule.id);
    json entry{{"id", rule.id.str()},
               {"level", to_string(rule.level)},
               {"title", rule.title},
               {"source", rule.source},
               {"features", rule.features},
               {"mutants", rule.mutants},
               {"scenarios", scenarios == scenarios_of_rule.end() ? std::vector<std::string>() : scenarios->second}};
    if (const std::string* why = rules.why_not_yet(rule.id)) entry["notYet"] = *why;
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace plumbline::conformance
