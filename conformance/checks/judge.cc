#include "conformance/checks/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>

#include "conformance/checks/context.h"
#include "conformance/checks/json_fields.h"
#include "conformance/checks/nouns.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

std::vector<std::string> undeclared(const CheckContext& context, const json& expectation) {
  std::vector<std::string> missing;
  for (const auto& feature : texts_of(expectation, "features")) {
    if (!context.offers(feature)) missing.push_back(feature);
  }
  return missing;
}

Finding judge_one(const CheckContext& context, const json& expectation) {
  const std::string name = text_of(expectation, "noun");
  const Noun* noun = find_noun(name);
  const json* arguments = member(expectation, "arguments");
  if (noun == nullptr) return Finding::harness_error(fmt::format("this judge has no noun '{}'", name));
  if (arguments == nullptr) return Finding::harness_error(fmt::format("'{}' has no arguments", name));
  try {
    return noun->check(context, *arguments);
  } catch (const std::exception& error) {  // a history of a form that the check did not foresee
    return Finding::harness_error(fmt::format("'{}' could not be judged: {}", name, error.what()));
  }
}

/// What is left of a finding when the run did not come to its end by itself: what was seen breaking a rule was seen.
Finding of_a_part(const Finding& finding, const Finding& why_not_all) {
  return finding.verdict == Verdict::kFail ? finding : why_not_all;
}

/// Whoever is gone or silent keeps no rule, whatever was seen until then.
Finding unless_silent(const CheckContext& context, Finding finding) {
  const bool hidden = finding.verdict == Verdict::kPass || finding.verdict == Verdict::kInconclusive;
  if (!context.silence() || !hidden) return finding;
  // What the silence itself made of it is said already.
  if (finding.verdict == Verdict::kInconclusive && finding.seen == context.silence()->text) return finding;
  Finding silent = context.silenced(finding.sentence + ", but the candidate did not go on", "the candidate goes on");
  silent.measured = std::move(finding.measured);
  return silent;
}

/// What the first requirement that is not met makes of every expectation; nullopt when all are met. Our own failure
/// and the candidate's silence stay what they are.
std::optional<Finding> unmet(const CheckContext& context, const json& plan) {
  const json* require = member(plan, "require");
  if (require == nullptr || !require->is_array()) return std::nullopt;
  for (const json& item : *require) {
    const Finding finding = judge_one(context, item);
    if (finding.verdict == Verdict::kPass) continue;
    const std::string text =
        fmt::format("required and unmet: {} ({}): {}", text_of(item, "noun"), text_of(item, "place"), finding.sentence);
    if (finding.verdict == Verdict::kHarnessError) return Finding::harness_error(text);
    if (context.silence()) return context.silenced(text, "the candidate goes on");
    return Finding::not_judged(text);
  }
  return std::nullopt;
}

/// What a run that ended before its time, with a candidate that goes on, says of every expectation.
Finding ending_of(const History& history, const std::string& reason) {
  if (history.mistake) return Finding::not_judged(reason);
  const bool waited_for_candidate = history.cut && history.awaited_ms * 1000 * 2 > history.end;
  return waited_for_candidate ? Finding::inconclusive(reason) : Finding::harness_error(reason);
}

void add_rules(Judgement& judgement) {
  std::vector<Verdict> all;
  for (const ExpectationResult& result : judgement.expectations) {
    auto rule = std::find_if(judgement.rules.begin(), judgement.rules.end(),
                             [&](const RuleResult& known) { return known.rule == result.rule; });
    if (rule == judgement.rules.end()) {
      judgement.rules.push_back({result.rule, result.finding.verdict});
    } else {
      rule->verdict = worst(std::array{rule->verdict, result.finding.verdict});
    }
    all.push_back(result.finding.verdict);
  }
  judgement.verdict = worst(all);
}

void add_measures(const History& history, Judgement& judgement) {
  judgement.seconds = static_cast<double>(history.end) / 1e6;
  judgement.ignored_stop =
      std::any_of(
          history.controls.begin(), history.controls.end(),
          [](const ControlRecord& control) { return control.method == "stop" && control.silent == "timeout"; }) ||
      std::any_of(history.candidate.begin(), history.candidate.end(),
                  [](const OtherRecord& record) { return text_of(record.json, "state") == "silent"; });
  judgement.stalls = static_cast<int>(history.stalls.size());
  for (const Stall& stall : history.stalls) {
    judgement.stall_ms_max = std::max(judgement.stall_ms_max, static_cast<double>(stall.t1 - stall.t) / 1000);
  }
  std::map<int, std::string> kinds;
  for (const Window& window : history.windows) kinds[window.index] = window.kind;
  for (const ResultRecord& record : history.results) {
    const auto kind = kinds.find(record.value.id.window);
    if (kind == kinds.end() || kind->second == "probe") continue;
    ++judgement.requests;
    judgement.drops += record.value.status == 0 ? 1 : 0;
  }
}

json copy_of(const json& header, const char* name) {
  const json* value = member(header, name);
  return value == nullptr ? json::object() : *value;
}

}  // namespace

Judgement judge(const History& history) {
  Judgement judgement;
  const json plan = copy_of(history.header, "plan");
  judgement.scenario = text_of(plan, "scenario");
  judgement.row = text_of(plan, "case");
  judgement.title = text_of(plan, "title");
  judgement.seed = static_cast<std::uint64_t>(integer_of(history.header, "seed"));
  judgement.candidate = copy_of(history.header, "candidate");
  judgement.deadlines = copy_of(history.header, "deadlines");
  judgement.interpretations = copy_of(history.header, "interpretations");
  judgement.versions = copy_of(history.header, "versions");
  add_measures(history, judgement);

  const CheckContext context(history);
  const json* expect = member(plan, "expect");
  if (expect == nullptr || !expect->is_array() || expect->empty()) {
    judgement.reason = "the history's plan expects nothing";
    return judgement;
  }
  std::optional<Finding> ended_early;
  if (!history.complete) {
    judgement.reason = history.end_error.empty() ? "the run did not come to its end" : history.end_error;
    judgement.mistake = history.mistake && !context.silence();
    if (!context.silence()) ended_early = ending_of(history, judgement.reason);
  }
  const std::optional<Finding> requirement = unmet(context, plan);
  for (const json& item : *expect) {
    ExpectationResult result;
    result.rule = RuleId(text_of(item, "rule"));
    result.noun = text_of(item, "noun");
    result.place = text_of(item, "place");
    if (const auto missing = undeclared(context, item); !missing.empty()) {
      result.finding = Finding::of(Verdict::kNotDeclared,
                                   fmt::format("the candidate does not declare {}", fmt::join(missing, ", ")));
    } else if (ended_early) {
      const bool judged = history.cut && !requirement;
      result.finding = judged ? of_a_part(judge_one(context, item), *ended_early) : *ended_early;
    } else if (requirement) {
      result.finding = *requirement;
    } else {
      result.finding = unless_silent(context, judge_one(context, item));
    }
    judgement.expectations.push_back(std::move(result));
  }
  add_rules(judgement);
  return judgement;
}

Judgement judge_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  Judgement judgement;
  judgement.scenario = path;
  if (!in) {
    judgement.reason = "cannot be read";
    return judgement;
  }
  const auto history = load_history(in);
  if (history) return judge(*history);
  judgement.reason = history.error().text;
  return judgement;
}

json to_json(const Judgement& judgement) {
  json out{{"scenario", judgement.scenario},
           {"case", judgement.row},
           {"title", judgement.title},
           {"verdict", to_string(judgement.verdict)},
           {"seed", judgement.seed},
           {"seconds", judgement.seconds},
           {"candidate", judgement.candidate},
           {"deadlines", judgement.deadlines},
           {"interpretations", judgement.interpretations},
           {"versions", judgement.versions},
           {"stalls", judgement.stalls},
           {"stallMsMax", judgement.stall_ms_max},
           {"requests", judgement.requests},
           {"drops", judgement.drops},
           {"ignoredStop", judgement.ignored_stop}};
  if (!judgement.reason.empty()) out["reason"] = judgement.reason;
  if (judgement.mistake) out["mistake"] = true;
  out["rules"] = json::array();
  for (const RuleResult& rule : judgement.rules) {
    out["rules"].push_back({{"id", rule.rule.str()}, {"verdict", to_string(rule.verdict)}});
  }
  out["expectations"] = json::array();
  for (const ExpectationResult& result : judgement.expectations) {
    json entry{{"rule", result.rule.str()},
               {"noun", result.noun},
               {"place", result.place},
               {"verdict", to_string(result.finding.verdict)},
               {"sentence", result.finding.sentence}};
    if (!result.finding.expected.empty()) entry["expected"] = result.finding.expected;
    if (!result.finding.seen.empty()) entry["seen"] = result.finding.seen;
    if (!result.finding.measured.empty()) entry["measured"] = result.finding.measured;
    entry["evidence"] = json::array();
    for (const Evidence& evidence : result.finding.evidence) {
      entry["evidence"].push_back({{"t", evidence.t}, {"line", evidence.line}, {"text", evidence.text}});
    }
    out["expectations"].push_back(std::move(entry));
  }
  return out;
}

}  // namespace plumbline::conformance
