// Reads `require` and `expect`: nouns with arguments, checked against the table of nouns, the register and the steps.
#pragma once

#include <string>
#include <vector>

#include "conformance/language/plan.h"
#include "conformance/language/step_reader.h"
#include "conformance/rules/rules.h"
#include "simulator/yaml/fields.h"

namespace plumbline::conformance {

/// Every reason of the contract for a refusal, in its order.
std::vector<std::string> refusal_reasons();

/// One noun with its arguments, in the form that the checks take. `steps` supplies the names.
/// An expectation with problems has noun "".
Expectation read_expectation(const yaml::Value& value, const StepReader& steps, yaml::Problems& problems);

/// `expect`: rule id -> list of nouns. Rules must be in the register.
std::vector<Expectation> read_expectations(const yaml::Value& value, const StepReader& steps, const Register& rules,
                                           yaml::Problems& problems);

}  // namespace plumbline::conformance
