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

/// JUnit XML: a test suite a level, a test case a rule.
std::string junit_report(const Report& report);

/// What `plumbline rules --json` prints: each rule with id, level, title, source, features, scenarios, mutants, notYet.
nlohmann::json rules_json(const Register& rules,
                          const std::map<std::string, std::vector<std::string>>& scenarios_of_rule);

}  // namespace plumbline::conformance
