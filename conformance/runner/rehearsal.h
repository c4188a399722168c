// Goes through what a plan does to its world, without networks, Pods that answer, or a candidate: an author hears of
// steps that the world cannot carry out before anything is run. What depends on time or on the candidate shows in a
// run.
#pragma once

#include "conformance/language/plan.h"

namespace plumbline::conformance {

/// Mistakes in the manifests of the world and of its steps, and in what other steps say of its objects, each at its
/// place. Some milliseconds a cluster; a second more where Pods cannot become ready, which is a mistake of the world,
/// or of the step that wants them so.
void rehearse(const Plan& plan, yaml::Problems& problems);
/// The same for the manifests of a world by itself.
void rehearse(const world::WorldSpec& spec, yaml::Problems& problems);

}  // namespace plumbline::conformance
