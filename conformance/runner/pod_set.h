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
/// kNotFound: the Service does not exist, no Pod is chosen, or fewer than `count` (a step that acts on less than its
/// author thinks is a mistake); `text` says what there is instead: names, labels, how many.
Result<std::vector<ChosenPod>> choose_pods(const PodSet& set, const Stage& stage);

}  // namespace plumbline::conformance
