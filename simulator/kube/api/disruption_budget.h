// Of whom a PodDisruptionBudget speaks. Pure functions.
#pragma once

#include <optional>

#include "simulator/kube/store/selector.h"

namespace plumbline::kube {

/// The Pods of its namespace that the budget chooses: an empty selector chooses everybody. None without a selector, or
/// with a malformed one: it chooses nobody.
std::optional<LabelSelector> chosen_by(const Object& budget);
/// Whether the budget, in the same namespace, chooses a Pod with these labels.
bool speaks_of(const Object& budget, const Value& labels);

}  // namespace plumbline::kube
