// Three of the patch formats of the Kubernetes API (the fourth, apply, is in apply.h). Pure functions.
#pragma once

#include <string_view>

#include "simulator/kube/schema/type.h"
#include "simulator/kube/store/failure.h"

namespace plumbline::kube {

enum class PatchType { kJson, kMerge, kStrategic };

/// `target` with `patch` applied. `type` says which lists a strategic merge joins, and by what; null: none.
/// 400 when the patch is malformed; see json_patched() and strategically_merged() for what else may be wrong.
Outcome<Value> patched(Value target, PatchType format, const Value& patch, const Type* type);

/// RFC 7396, but that nulls of objects inside of lists are left out, as real servers do.
void merge_patch(Value& target, const Value& patch);

}  // namespace plumbline::kube
