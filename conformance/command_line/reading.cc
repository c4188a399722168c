// Commands that read what there is: judge, rules.
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "conformance/checks/judge.h"
#include "conformance/command_line/commands.h"
#include "conformance/command_line/suite_choice.h"
#include "conformance/report/writers.h"
#include "model/counted.h"
#include "model/nearest.h"

namespace plumbline::conformance {

using nlohmann::json;

ExitCode fail(ExitCode code, const std::string& text) {
  // Standard error may be what failed: this does not throw.
  std::fputs(fmt::format("plumbline: {}{}", text, text.ends_with('\n') ? "" : "\n").c_str(), stderr);
  return code;
}

ExitCode judge_histories(const JudgeOptions& options, const InstalledAt& at) {
  for (const std::string& path : options.histories) {
    if (std::filesystem::is_directory(path))
      return fail(ExitCode::kUsage, fmt::format("{0}: a folder; its histories are {0}/*.jsonl", path));
    errno = 0;
    if (!std::ifstream(path))
      return fail(ExitCode::kUsage, fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  }
  const auto rules = Register::read(at.home / "conformance/rules");
  if (!rules) return fail(ExitCode::kOurFailure, rules.error().text);
  json all = json::array();
  std::vector<Verdict> verdicts;
  bool unreadable = false;
  const Level required = *parse_level(options.require);
  for (const auto& path : options.histories) {
    const Judgement judgement = judge_file(path);
    if (judgement.rules.empty()) {
      unreadable = true;
      if (!options.json) fail(ExitCode::kUsage, fmt::format("{}: {}", path, judgement.reason));
    }
    for (const auto& result : judgement.rules) {
      const Rule* rule = rules->find(result.rule);
      if (rule == nullptr || rule->level <= required) verdicts.push_back(result.verdict);
    }
    all.push_back(to_json(judgement));
    if (options.json || judgement.rules.empty()) continue;
    fmt::print("{:<13} {}\n", to_string(judgement.verdict), path);
    for (const auto& expectation : judgement.expectations) {
      const Finding& finding = expectation.finding;
      fmt::print("  {:<13} {:<10} {} ({}): {}\n", to_string(finding.verdict), expectation.rule.str(), expectation.noun,
                 expectation.place, finding.sentence);
      if (finding.verdict == Verdict::kPass) continue;
      if (!finding.expected.empty())
        fmt::print("      expected {}\n      seen     {}\n", finding.expected, finding.seen);
      for (const auto& evidence : finding.evidence) {
        fmt::print("      {}:{}: at {:.3f} s: {}\n", path, evidence.line, static_cast<double>(evidence.t) / 1e6,
                   evidence.text);
      }
    }
  }
  if (options.json) fmt::print("{}\n", all.dump(2));
  return unreadable ? ExitCode::kUsage : exit_code(worst(verdicts));
}

ExitCode list_rules(const RulesOptions& options, const InstalledAt& at) {
  const auto chosen = read_suite({}, at);
  if (!chosen) return fail(ExitCode::kOurFailure, chosen.error().text);
  std::vector<std::string> ids;
  for (const Rule& rule : chosen->rules.rules()) ids.push_back(rule.id.str());
  if (std::none_of(ids.begin(), ids.end(), [&](const std::string& id) { return matches(RuleId(id), options.rules); }))
    return fail(ExitCode::kUsage, fmt::format("no rule matches '{}'{}", options.rules, suggestion(options.rules, ids)));
  const auto scenarios = scenarios_by_rule(chosen->plans);
  if (options.json) {
    fmt::print("{}\n", rules_json(chosen->rules, scenarios, options.rules).dump(2));
    return ExitCode::kGood;
  }
  std::size_t listed = 0;
  std::size_t judged = 0;
  for (const Rule& rule : chosen->rules.rules()) {
    if (!matches(rule.id, options.rules)) continue;
    const auto found = scenarios.find(rule.id);
    std::string by = "nothing yet";
    if (found != scenarios.end())
      by = fmt::format("{}", fmt::join(found->second, ", "));
    else if (const std::string* why = chosen->rules.why_not_yet(rule.id))
      by += ": " + *why;
    ++listed;
    judged += found == scenarios.end() ? 0 : 1;
    fmt::print("{} {:<10} {}\n               {}; judged by: {}; must catch: {}\n", to_string(rule.level), rule.id.str(),
               rule.title, rule.source.empty() ? "no source" : rule.source, by, fmt::join(rule.mutants, ", "));
  }
  fmt::print("{}, {} of them judged\n", counted(listed, "rule"), judged);
  return ExitCode::kGood;
}

}  // namespace plumbline::conformance
