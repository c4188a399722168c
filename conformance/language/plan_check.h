// What no plan can show, whatever the candidate does: expectations about traffic that is not of the form they look at.
// Pure.
#pragma once

#include "conformance/language/plan.h"

namespace plumbline::conformance {

/// Adds a problem at each expectation whose window or step cannot be judged by its noun.
void check_plan(const Plan& plan, yaml::Problems& problems);

}  // namespace plumbline::conformance
