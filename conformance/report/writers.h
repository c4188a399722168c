// A report in the forms that people and machines read. Pure functions: text out, no I/O.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "conformance/report/report.h"

namespace plumbline::conformance {

/// For a terminal: the first screen. `colour` puts ANSI colours in.
std::string terminal_report(const Report& report, bool colour);

/// "plumbline.report/v1" (docs/ARCHITECTURE.md, Stable outputs); additions only.
nlohmann::json json_report(const Report& report);

/// JUnit XML: a test suite a level, a test case a rule. A run that was interrupted is an error of its own.
std::string junit_report(const Report& report);

/// What `plumbline rules --json` prints: each rule that matches `glob` with id, level, title, source, features,
/// scenarios, mutants, and notYet where no scenario judges it.
nlohmann::json rules_json(const Register& rules, const std::map<RuleId, std::vector<std::string>>& scenarios_of_rule,
                          const std::string& glob = "");

}  // namespace plumbline::conformance
