#include "simulator/kube/api/disruption_budget.h"

#include <utility>

namespace plumbline::kube {

std::optional<LabelSelector> chosen_by(const Object& budget) {
  const Value& wanted = budget.at("spec.selector");
  if (wanted.is_null()) return std::nullopt;
  auto selector = LabelSelector::from_value(wanted);
  if (!selector) return std::nullopt;
  return std::move(*selector);
}

bool speaks_of(const Object& budget, const Value& labels) {
  const auto chosen = chosen_by(budget);
  return chosen && chosen->matches(labels);
}

}  // namespace plumbline::kube
