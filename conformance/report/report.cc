#include "conformance/report/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/checks/statistics.h"
#include "model/check.h"
#include "model/nearest.h"

namespace plumbline::conformance {
namespace {

/// What made a rule's verdict: one of its expectations in a scenario, or the scenario as a whole.
struct Cause {
  const ReportedScenario* scenario = nullptr;
  const ExpectationResult* expectation = nullptr;  ///< nullptr: none by itself
};

/// What goes wrong for users whatever the cause is tells least; of a scenario as a whole there is nothing else.
int telling(const Cause& cause) {
  static constexpr std::string_view kSymptoms[] = {"accepted", "answered", "settled"};
  if (cause.expectation == nullptr) return 0;
  const bool symptom =
      std::find(std::begin(kSymptoms), std::end(kSymptoms), cause.expectation->noun) != std::end(kSymptoms);
  return symptom ? 1 : 2;
}

/// In the order of the scenarios.
std::vector<Cause> causes_of(const ReportInput& input, const RuleId& rule, Verdict verdict) {
  std::vector<Cause> causes;
  for (const ReportedScenario& scenario : input.scenarios) {
    const std::size_t before = causes.size();
    for (const ExpectationResult& result : scenario.judgement.expectations) {
      if (result.rule == rule && result.finding.verdict == verdict) causes.push_back({&scenario, &result});
    }
    const bool as_a_whole =
        causes.size() == before &&
        std::any_of(scenario.judgement.rules.begin(), scenario.judgement.rules.end(),
                    [&](const RuleResult& result) { return result.rule == rule && result.verdict == verdict; });
    if (as_a_whole) causes.push_back({&scenario, nullptr});
  }
  return causes;
}

bool declares(const ReportInput& input, const Rule& rule) {
  const auto& features = input.candidate.features;
  return std::all_of(rule.features.begin(), rule.features.end(), [&](const std::string& feature) {
    return std::find(features.begin(), features.end(), feature) != features.end();
  });
}

std::optional<RuleReport> roll_up(const ReportInput& input, const Rule& rule) {
  RuleReport report;
  report.rule = rule;
  std::vector<Verdict> children, judged;
  for (const ReportedScenario& scenario : input.scenarios) {
    for (const RuleResult& result : scenario.judgement.rules) {
      if (result.rule != rule.id) continue;
      report.scenarios.emplace_back(scenario.name, result.verdict);
      children.push_back(result.verdict);
      if (result.verdict != Verdict::kNotDeclared) judged.push_back(result.verdict);
    }
  }
  if (children.empty()) return std::nullopt;
  report.verdict = declares(input, rule) && !judged.empty() ? worst(judged) : worst(children);
  if (const auto known = input.candidate.known_failures.find(rule.id.str());
      known != input.candidate.known_failures.end()) {
    report.known_failure = known->second;
  }
  if (report.verdict == Verdict::kPass) return report;
  const std::vector<Cause> causes = causes_of(input, rule.id, report.verdict);
  CHECK(!causes.empty(), "a rule's verdict is that of a scenario");
  const Cause& most = *std::max_element(causes.begin(), causes.end(),
                                        [](const Cause& a, const Cause& b) { return telling(a) < telling(b); });
  report.others = causes.size() - 1;
  report.told_by = most.scenario->name;
  report.replay = most.scenario->replay;
  report.history = most.scenario->history;
  if (most.expectation == nullptr) {
    report.reason = most.scenario->judgement.reason;
    return report;
  }
  const Finding& finding = most.expectation->finding;
  report.reason = finding.sentence;
  report.expected = finding.expected;
  report.seen = finding.seen;
  return report;
}

void widen(Propagation& into, const nlohmann::json& measured, const char* kind) {
  const auto found = measured.find(kind);
  if (found == measured.end()) return;
  into.count += found->value("count", std::size_t{0});
  const auto samples = found->value("ms", std::vector<double>());
  into.samples.insert(into.samples.end(), samples.begin(), samples.end());
}

void sum_up(Propagation& propagation) {
  propagation.p50_ms = percentile(propagation.samples, 0.5);
  propagation.p99_ms = percentile(propagation.samples, 0.99);
  propagation.max_ms = percentile(propagation.samples, 1);
}

void measure(Report& report) {
  for (const ReportedScenario& scenario : report.input.scenarios) {
    const Judgement& judgement = scenario.judgement;
    report.requests += judgement.requests;
    report.drops += judgement.drops;
    report.ignored_stops += judgement.ignored_stop ? 1 : 0;
    report.stalls += judgement.stalls;
    report.stall_ms_max = std::max(report.stall_ms_max, judgement.stall_ms_max);
    for (const ExpectationResult& result : judgement.expectations) {
      if (!result.finding.measured.is_object()) continue;
      widen(report.joined, result.finding.measured, "joined");
      widen(report.left, result.finding.measured, "left");
    }
  }
  sum_up(report.joined);
  sum_up(report.left);
}

/// A feature is judged by a scenario that is about it and in which a rule was broken or kept.
std::vector<std::string> unjudged_features(const ReportInput& input) {
  std::vector<std::string> unjudged = input.candidate.features;
  for (const ReportedScenario& scenario : input.scenarios) {
    const auto& rules = scenario.judgement.rules;
    const bool judged = std::any_of(rules.begin(), rules.end(), [](const RuleResult& result) {
      return result.verdict == Verdict::kPass || result.verdict == Verdict::kFail;
    });
    if (!judged) continue;
    std::erase_if(unjudged, [&](const std::string& feature) {
      return std::find(scenario.features.begin(), scenario.features.end(), feature) != scenario.features.end();
    });
  }
  return unjudged;
}

std::vector<std::string> deviations_of(const ReportInput& input, const Register& rules) {
  std::vector<std::string> list;
  for (const auto& [name, value] : input.candidate.interpretations) {
    const auto& known = rules.interpretations();
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&wanted = name](const Interpretation& one) { return one.name == wanted; });
    if (found == known.end()) {
      list.push_back(fmt::format("interpretation {} = {} (unknown, ignored)", name, value));
    } else if (std::find(found->values.begin(), found->values.end(), value) == found->values.end()) {
      list.push_back(fmt::format("interpretation {} = {} is judged as {}: there is no such value{}", name, value,
                                 found->default_value, suggestion(value, found->values)));
    } else if (value != found->default_value) {
      list.push_back(fmt::format("interpretation {} = {} (default {})", name, value, found->default_value));
    }
  }
  for (const auto& [name, ms] : input.candidate.deadlines_ms) {
    const auto found = input.deadline_defaults_ms.find(name);
    if (found != input.deadline_defaults_ms.end() && found->second != ms) {
      list.push_back(fmt::format("deadline {} = {} ms (default {} ms)", name, ms, found->second));
    }
  }
  return list;
}

/// " 3 more have no scenario yet."
std::string more(std::size_t number, const char* one, const char* several, const char* rest) {
  return number == 0 ? "" : fmt::format(" {} more {} {}.", number, number == 1 ? one : several, rest);
}

int count(const std::map<Verdict, int>& counts, Verdict verdict) {
  const auto found = counts.find(verdict);
  return found == counts.end() ? 0 : found->second;
}

}  // namespace

Report make_report(ReportInput input, const Register& rules) {
  Report report;
  report.input = std::move(input);
  std::vector<Verdict> required;
  for (const Rule& rule : rules.rules()) {
    auto rolled = roll_up(report.input, rule);
    if (!rolled) {
      const bool decides = rule.level <= std::min(report.input.required, Level::kEntailed);
      if (decides && rules.why_not_yet(rule.id) == nullptr) report.not_run.push_back(rule.id);
      continue;
    }
    ++report.counts[rule.level][rolled->verdict];
    ++report.totals[rolled->verdict];
    if (rule.level <= report.input.required) required.push_back(rolled->verdict);
    report.rules.push_back(std::move(*rolled));
  }
  for (const NotYet& entry : rules.not_yet()) {
    if (std::none_of(report.rules.begin(), report.rules.end(),
                     [&](const RuleReport& judged) { return judged.rule.id == entry.rule; }))
      report.not_yet.push_back(entry);
  }
  report.unjudged_features = unjudged_features(report.input);
  report.deviations = deviations_of(report.input, rules);
  measure(report);
  report.verdict = worst(required);
  report.exit = exit_code(report.verdict);
  const bool mistaken = std::any_of(report.input.scenarios.begin(), report.input.scenarios.end(),
                                    [](const ReportedScenario& scenario) { return scenario.judgement.mistake; });
  if (mistaken && report.exit != ExitCode::kSubjectFailed && report.exit != ExitCode::kOurFailure) {
    report.exit = ExitCode::kUsage;
  }
  // Who declares nothing that was asked about broke nothing, and showed nothing.
  if (report.verdict == Verdict::kNotDeclared && report.required_with(Verdict::kPass) == 0 &&
      report.exit == ExitCode::kGood) {
    report.exit = ExitCode::kInconclusive;
  }
  const bool short_run = report.input.scenarios.size() < report.input.expected;
  if (report.input.interrupted || (short_run && report.exit == ExitCode::kGood)) report.exit = ExitCode::kInconclusive;
  return report;
}

Verdict Report::as_a_whole() const {
  const bool broke_nothing = verdict == Verdict::kPass || verdict == Verdict::kObserved;
  return broke_nothing && exit != ExitCode::kGood ? Verdict::kInconclusive : verdict;
}

std::size_t Report::executed() const {
  return static_cast<std::size_t>(std::count_if(input.scenarios.begin(), input.scenarios.end(),
                                                [](const ReportedScenario& scenario) { return scenario.seconds > 0; }));
}

int Report::required_with(Verdict wanted) const {
  int number = 0;
  for (const auto& [level, by_verdict] : counts) {
    if (level <= input.required) number += count(by_verdict, wanted);
  }
  return number;
}

std::string Report::interruption() const {
  if (!input.interrupted) return "";
  return fmt::format("interrupted after {} of {} scenarios", executed(), input.expected);
}

std::string Report::sentence() const {
  if (!input.interrupted) return judged_sentence();
  if (rules.empty()) return fmt::format("{}: {} was not judged.", interruption(), input.candidate.name);
  return fmt::format("{}; until then: {}", interruption(), judged_sentence());
}

std::string Report::judged_sentence() const {
  const std::string who =
      input.candidate.version.empty() ? input.candidate.name : input.candidate.name + " " + input.candidate.version;
  const std::string missing =
      more(not_run.size(), "was", "were", "not run") + more(not_yet.size(), "has", "have", "no scenario yet");
  if (!input.not_introduced.empty()) {
    return fmt::format("{} is NOT conformant: it could not be introduced: {}.{}", who, input.not_introduced, missing);
  }
  const int failed = required_with(Verdict::kFail), held = required_with(Verdict::kPass);
  const int undeclared = required_with(Verdict::kNotDeclared);
  int all = 0;
  for (const auto& [level, by_verdict] : counts) {
    for (const auto& [each, number] : by_verdict) all += level <= input.required ? number : 0;
  }
  const std::string hold = fmt::format("{} of {} required {}", held, all,
                                       all == 1    ? "rule holds"
                                       : held == 1 ? "rules holds"
                                                   : "rules hold");
  const int expected_only = count(totals, Verdict::kFail) - failed;
  const std::string also = expected_only > 0 ? fmt::format(" It breaks {} {} only expected.", expected_only,
                                                           expected_only == 1 ? "rule that is" : "rules that are")
                                             : "";
  const auto say = [&](const std::string& what) { return fmt::format("{} {}.{}{}", who, what, also, missing); };
  switch (verdict) {
    case Verdict::kFail:
      return say(fmt::format("is NOT conformant: it breaks {} of {} required {}", failed, all - undeclared,
                             all - undeclared == 1 ? "rule" : "rules"));
    case Verdict::kHarnessError:
      return say("could not be judged: plumbline itself failed; " + hold);
    case Verdict::kInconclusive:
      return say("broke no required rule, but the evidence is too thin for some; " + hold);
    case Verdict::kNotJudged:
      return say("broke no required rule, but some could not be judged; " + hold);
    case Verdict::kNotDeclared:
      if (held == 0)
        return say(fmt::format("was not judged: it declares nothing that {} {} about", all,
                               all == 1 ? "required rule is" : "required rules are"));
      return say("keeps the rules of the features that it declares: " + hold);
    case Verdict::kPass:
    case Verdict::kObserved:
      break;
  }
  // Nobody is conformant by rules that nothing judges.
  if (not_yet.empty() && not_run.empty() && unjudged_features.empty()) return say("is conformant: " + hold);
  return say(held == 1 ? "keeps the 1 required rule that was judged"
                       : fmt::format("keeps all {} required rules that were judged", held));
}

}  // namespace plumbline::conformance
