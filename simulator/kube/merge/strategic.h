// Strategic merge patch: a merge that knows which lists are joined, and by which key. Pure.
#pragma once

#include "simulator/kube/schema/type.h"
#include "simulator/kube/store/failure.h"

namespace plumbline::kube {

/// 400 when the patch is malformed: an item without its key, a directive that is none, a list where an object was.
Outcome<Value> strategically_merged(Value target, const Value& patch, const Type* type);

}  // namespace plumbline::kube
