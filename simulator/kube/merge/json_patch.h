// JSON Patch (RFC 6902) and JSON Pointer (RFC 6901) on values. Pure functions.
#pragma once

#include "simulator/kube/store/failure.h"

namespace plumbline::kube {

/// Carries out the operations in their order. 400 when `patch` is no list of operations; 422 when one does not fit, as
/// real servers answer.
Outcome<Value> json_patched(Value target, const Value& patch);

}  // namespace plumbline::kube
