#include "simulator/kube/value/pool.h"

namespace plumbline::kube {

const Value* ValuePool::find(const Values& values, std::size_t hash, const Value& value) {
  const auto [begin, end] = values.equal_range(hash);
  for (auto found = begin; found != end; ++found)
    if (found->second == value) return &found->second;
  return nullptr;
}

Value ValuePool::shared_parts(Value value) {
  if (value.empty()) return value;
  const Value before = value;
  for (const Member& member : before.fields()) {
    if (member.value.empty()) continue;
    Value part = shared_parts(member.value);
    if (!part.same_as(member.value)) value.set(member.name()) = std::move(part);
  }
  if (before.is_array())
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (before[i].empty()) continue;
      Value part = shared_parts(before[i]);
      if (!part.same_as(before[i])) value.item(i) = std::move(part);
    }
  return shared(std::move(value));
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
