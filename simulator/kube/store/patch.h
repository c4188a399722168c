// The three patch formats of the Kubernetes API. Pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "simulator/kube/store/failure.h"

namespace plumbline::kube {

enum class PatchType { kJson, kMerge, kStrategic };

inline constexpr std::size_t kPatchDepthMax = 64;

/// `target` with `patch` applied. Strategic merges know the lists that the served kinds merge by a key
/// (containers by name, Service ports by port, ...); other lists are replaced whole.
/// 400 when the patch is malformed, 422 when a JSON patch does not fit the target, or the result is deeper than
/// kObjectDepthMax.
Outcome<Json> patched(Json target, PatchType type, const Json& patch);

}  // namespace plumbline::kube
