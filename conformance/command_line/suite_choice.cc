#include "conformance/command_line/suite_choice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "conformance/language/scenario.h"
#include "conformance/runner/rehearsal.h"

namespace plumbline::conformance {

void check_names(const std::vector<Plan>& plans, yaml::Problems& problems) {
  std::map<std::string, yaml::Place> names;
  for (const Plan& plan : plans) {
    const auto [known, is_new] = names.emplace(plan.scenario + "/" + plan.row, plan.place);
    if (!is_new)
      problems.add(plan.place,
                   fmt::format("another scenario is called '{}', too: {}", plan.scenario, known->second.file));
  }
}

Result<Chosen> read_suite(const std::vector<std::string>& files, const InstalledAt& at) {
  auto rules = Register::read(at.home / "conformance/rules");
  if (!rules) return rules.error();
  std::vector<std::filesystem::path> paths(files.begin(), files.end());
  if (files.empty()) paths = scenario_files(at.home / "scenarios/suites");
  yaml::Problems problems;
  std::vector<Plan> plans;
  ScenarioOptions options;
  options.library = at.home / "scenarios";
  for (const auto& path : paths) {
    yaml::Problems own;
    auto some = read_scenario(path, *rules, own, options);
    // What comes with the installation was linted with it.
    if (!files.empty())
      for (const Plan& plan : some) rehearse(plan, own);
    std::move(some.begin(), some.end(), std::back_inserter(plans));
    problems.merge(own);
  }
  check_names(plans, problems);
  if (!problems.empty()) {
    std::string text = problems.text();
    text.pop_back();  // the last line's end
    return Error{Reason::kInvalidValue, text, "", ""};
  }
  return Chosen{std::move(*rules), std::move(plans)};
}

Result<std::vector<Plan>> only_rules(std::vector<Plan> plans, const std::string& glob) {
  if (glob.empty()) return plans;
  std::set<std::string> judged;
  for (const Plan& plan : plans) {
    for (const Expectation& expectation : plan.expect) judged.insert(expectation.rule.str());
  }
  for (Plan& plan : plans) {
    std::erase_if(plan.expect, [&](const Expectation& expectation) { return !matches(expectation.rule, glob); });
  }
  std::erase_if(plans, [](const Plan& plan) { return plan.expect.empty(); });
  if (!plans.empty()) return plans;
  return Error{Reason::kNotFound,
               fmt::format("none of these scenarios judges a rule that matches '{}'; they judge {}", glob,
                           fmt::join(judged, ", ")),
               "rules", glob};
}

Result<std::vector<Plan>> only_shard(std::vector<Plan> plans, const std::string& shard) {
  if (shard.empty()) return plans;
  std::size_t i = 0;
  std::size_t n = 0;
  const char* end = shard.data() + shard.size();
  const auto first = std::from_chars(shard.data(), end, i);
  const bool slash = first.ec == std::errc() && first.ptr != end && *first.ptr == '/';
  const auto second = slash ? std::from_chars(first.ptr + 1, end, n) : first;
  if (!slash || second.ec != std::errc() || second.ptr != end || i < 1 || i > n) {
    return Error{Reason::kInvalidValue, fmt::format("--shard '{}': expected i/n with 1 <= i <= n", shard), "shard",
                 shard};
  }
  std::vector<Plan> mine;
  for (std::size_t at = i - 1; at < plans.size(); at += n) mine.push_back(std::move(plans[at]));
  return mine;
}

std::map<std::string, std::string> default_interpretations(const Register& rules) {
  std::map<std::string, std::string> defaults;
  for (const auto& interpretation : rules.interpretations())
    defaults[interpretation.name] = interpretation.default_value;
  return defaults;
}

std::map<RuleId, std::vector<std::string>> scenarios_by_rule(const std::vector<Plan>& plans) {
  std::map<RuleId, std::vector<std::string>> scenarios;
  for (const Plan& plan : plans) {
    for (const auto& expectation : plan.expect) {
      auto& names = scenarios[expectation.rule];
      if (std::find(names.begin(), names.end(), plan.scenario) == names.end()) names.push_back(plan.scenario);
    }
  }
  return scenarios;
}

}  // namespace plumbline::conformance
