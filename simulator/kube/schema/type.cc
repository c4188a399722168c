#include "simulator/kube/schema/type.h"

#include <algorithm>

namespace plumbline::kube {

const Field* Type::find(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& each) { return each.name == field; });
  return found == fields.end() ? nullptr : &*found;
}

Type& TypeSet::add(Type type) { return types_.emplace_back(std::move(type)); }

Constraints& TypeSet::add(Constraints constraints) { return constraints_.emplace_back(std::move(constraints)); }

const Type* TypeSet::find(std::string_view name) const {
  const auto found = std::find_if(types_.begin(), types_.end(),
                                  [&](const Type& each) { return !each.name.empty() && each.name == name; });
  return found == types_.end() ? nullptr : &*found;
}

}  // namespace plumbline::kube
