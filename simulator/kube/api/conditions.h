// Conditions in a status. Pure functions.
#pragma once

#include <string_view>

#include "simulator/kube/value/value.h"

namespace plumbline::kube {

/// The condition of that type, or null.
const Value& find_condition(const Value& status, std::string_view type);
/// Replaces the condition of the type of `fresh`; its lastTransitionTime stays when the status does.
void put_condition(Value& status, Value fresh);

}  // namespace plumbline::kube
