// Whether a world can be built: what a single field does not show. Pure.
#pragma once

#include <string>
#include <vector>

#include "simulator/network/address.h"
#include "simulator/world/spec.h"

namespace plumbline::world {

struct SpecProblem {
  std::string kind;  ///< "vpcs", "clusters", "instances", "principals", "regions": the list of the spec
  std::size_t index = 0;
  std::string field;  ///< the field of that element, as YAML spells it; may be empty
  std::string text;
};

/// Everything that is wrong, in the order of the spec: unknown names, names used twice, ranges that are none, overlap
/// or do not fit, instances and regions that do not belong together, other than one attached instance.
std::vector<SpecProblem> check(const WorldSpec& spec);

/// The range that `text` writes. Requires a spec that check() found nothing wrong with.
network::Range range_of(const std::string& text);

}  // namespace plumbline::world
