// What a Pod's object says of it. Pure functions.
#pragma once

#include "simulator/kube/store/object.h"

namespace plumbline::kube {

/// The condition Ready is True; of a node as well.
bool is_ready(const Object& pod);
/// Counts as a replica: not being deleted, not finished.
bool is_active(const Object& pod);
/// Finished: phase Succeeded or Failed.
bool is_finished(const Object& pod);
/// The Pod's name among those of the Service, which names its Pods; null when it has none.
const Value& hostname_in(const Object& service, const Object& pod);
/// What Endpoints and EndpointSlices say of the Pod has not changed.
bool same_endpoint(const Object& left, const Object& right);

}  // namespace plumbline::kube
