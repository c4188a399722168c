// Strategic merge patch: a merge that knows which lists are joined, and by which key. Pure.
#pragma once

#include "simulator/kube/schema/type.h"
#include "simulator/kube/store/failure.h"

namespace plumbline::kube {

/// `target` with `patch` applied, as Kubernetes' own strategicpatch does it; `type` says which lists are joined and by
/// what, null: none. Joined items come in the order of the patch among those that it leaves alone. 400 when the patch
/// is no object or its $retainKeys are malformed, 500 (as real servers have it) for an item without its key, an unknown
/// directive, an order that is none.
Outcome<Value> strategically_merged(Value target, const Value& patch, const Type* type);

}  // namespace plumbline::kube
