// Finds a candidate's descriptor by the name that a user types.
#pragma once

#include <string>
#include <vector>

#include "conformance/command_line/place.h"
#include "conformance/contract/descriptor.h"
#include "conformance/rules/rules.h"

namespace plumbline::conformance {

/// `name` is a file (it has a slash, or ends with .yaml), `mutant:NAME` (a wrong variant of the reference), or the name
/// of a descriptor in conformance/candidates. kNotFound with a suggestion; kInvalidValue as load_descriptor.
Result<Descriptor> find_candidate(const std::string& name, const InstalledAt& at);

/// find_candidate() and check_startable(): a candidate that can be tried.
Result<Descriptor> find_startable(const std::string& name, const InstalledAt& at);

/// Adds a problem for each rule of which `descriptor` knows a failure and which there is not.
void check_rules(const Descriptor& descriptor, const Register& rules, yaml::Problems& problems);

/// Names that find_candidate knows without a file, ordered; mutants are left out.
std::vector<std::string> candidate_names(const InstalledAt& at);

/// What the sibling `name` prints on standard output when it is run with `option`. kUnavailable when it is not built or
/// fails.
Result<std::string> output_of(const std::string& name, const std::string& option, const InstalledAt& at);

/// A line of `plumbline-mutant --list`: `NAME RULE`; the rule of a control is its kind.
struct MutantName {
  std::string name;
  std::string rule;  ///< "WRR-02"; "identity", "harmless" or "broken" for the controls of the suite
};
/// What the sibling plumbline-mutant offers. kUnavailable when it is not built or fails.
Result<std::vector<MutantName>> list_mutants(const InstalledAt& at);

}  // namespace plumbline::conformance
