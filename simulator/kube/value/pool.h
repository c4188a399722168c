// Equal values kept once. What many objects have alike, though each was made anew, takes its room once: who owns the
// fields of Pods of one template, say. Bounded; forgets what was not asked for lately. One thread.
#pragma once

#include <cstddef>
#include <unordered_map>

#include "simulator/kube/value/value.h"

namespace plumbline::kube {

class ValuePool {
 public:
  /// `max` values are kept, at least; at most twice as many.
  explicit ValuePool(std::size_t max = 512) : max_(max) {}

  /// One that equals `value`: an older one, or itself from now on.
  Value shared(Value value);
  /// The same for each of its parts, the inmost first, so that values that differ in one place share the others.
  Value shared_parts(Value value);

 private:
  using Values = std::unordered_multimap<std::size_t, Value>;
  static const Value* find(const Values& values, std::size_t hash, const Value& value);

  std::size_t max_;
  Values young_, old_;
};

}  // namespace plumbline::kube
