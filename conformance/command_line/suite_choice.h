// Which plans a run is about: files or the whole suite, narrowed by rules and shard.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "conformance/command_line/place.h"
#include "conformance/language/plan.h"
#include "conformance/rules/rules.h"

namespace plumbline::conformance {

/// Everything that commands read before they run: the register and the plans.
struct Chosen {
  Register rules;
  std::vector<Plan> plans;
};

/// Two plans of one name are a problem.
void check_names(const std::vector<Plan>& plans, yaml::Problems& problems);

/// Reads the register and `files`, or every scenario of the suite when there are none.
/// kInvalidValue: `text` has one line a mistake, each with its place, and no line's end after the last.
Result<Chosen> read_suite(const std::vector<std::string>& files, const InstalledAt& at);

/// Keeps the plans that judge a rule matching `glob`, with just the expectations of such rules. "" keeps everything.
/// kNotFound when none is left.
Result<std::vector<Plan>> only_rules(std::vector<Plan> plans, const std::string& glob);

/// Every n-th plan, from the i-th on, of "i/n". "" keeps everything. kInvalidValue.
Result<std::vector<Plan>> only_shard(std::vector<Plan> plans, const std::string& shard);

/// Default values of the register's interpretations, by name.
std::map<std::string, std::string> default_interpretations(const Register& rules);

/// Scenario names by rule id, each once, in the order of the plans.
std::map<RuleId, std::vector<std::string>> scenarios_by_rule(const std::vector<Plan>& plans);

}  // namespace plumbline::conformance
