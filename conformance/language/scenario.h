// Scenario files to plans: the front of the language. All mistakes of a file are reported in one pass.
// Pure but for the files it reads; no state kept.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "conformance/language/plan.h"
#include "conformance/rules/rules.h"
#include "simulator/yaml/problems.h"

namespace plumbline::conformance {

struct ScenarioOptions {
  std::filesystem::path library;  ///< root of library.h, where worlds and set-ups are found; default: home()/scenarios
};

/// The plans of one scenario file: one, or one a case. Empty when `problems` got any.
/// `problems` has file:line:column of each mistake, with a suggestion where a word is misspelt.
std::vector<Plan> read_scenario(const std::filesystem::path& file, const Register& rules, yaml::Problems& problems,
                                const ScenarioOptions& options = {});

/// The same for text that is not on disk; `file` names it in messages.
std::vector<Plan> read_scenario_text(const std::string& text, const std::string& file, const Register& rules,
                                     yaml::Problems& problems, const ScenarioOptions& options = {});

/// Every *.yaml under `folder`, ordered by path; `folder` itself when it is a file.
std::vector<std::filesystem::path> scenario_files(const std::filesystem::path& folder);

}  // namespace plumbline::conformance
