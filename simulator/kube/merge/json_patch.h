// JSON Patch (RFC 6902) and JSON Pointer (RFC 6901) on values, as real API servers carry them out: a replaced field
// need not be there, negative indices count from the end of a list. Pure functions.
#pragma once

#include <cstddef>

#include "simulator/kube/store/failure.h"

namespace plumbline::kube {

inline constexpr std::size_t kJsonPatchOperationsMax = 10'000;
/// Bytes that all `copy` operations of one patch may add; they could double an object each.
inline constexpr std::size_t kJsonPatchCopiedMax = std::size_t{3} * 1024 * 1024;

/// Carries out the operations in their order. 400 when `patch` is no list of operations, 413 when it has too many; 422
/// when one does not fit, copies too much or nests deeper than kTextDepthMax.
Outcome<Value> json_patched(Value target, const Value& patch);

}  // namespace plumbline::kube
