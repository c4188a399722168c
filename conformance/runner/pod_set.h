// Which Pods a step means, at the moment it runs.
#pragma once

#include <string>
#include <vector>

#include "conformance/language/plan.h"
#include "conformance/runner/stage.h"

namespace plumbline::conformance {

struct ChosenPod {
  ObjectName name;
  std::string key;  ///< "cluster/namespace/name#uid"
};

/// Pods of `set` that exist and are not terminating, ordered by name; the first `count` of them when it is set.
/// kNotFound: the Service does not exist, or no Pod is chosen (a step that acts on nothing is a mistake).
Result<std::vector<ChosenPod>> choose_pods(const PodSet& set, const Stage& stage);

}  // namespace plumbline::conformance
