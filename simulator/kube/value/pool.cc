#include "simulator/kube/value/pool.h"

namespace plumbline::kube {

const Value* ValuePool::find(const Values& values, std::size_t hash, const Value& value) {
  const auto [begin, end] = values.equal_range(hash);
  for (auto found = begin; found != end; ++found)
    if (found->second == value) return &found->second;
  return nullptr;
}

Value ValuePool::shared(Value value) {
  const std::size_t hash = value.hash();
  if (const Value* found = find(young_, hash, value)) return *found;
  if (const Value* found = find(old_, hash, value)) value = *found;
  if (young_.size() >= max_) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_.emplace(hash, value);
  return value;
}

}  // namespace plumbline::kube
