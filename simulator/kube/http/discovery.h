// What the server says of itself: groups, versions, resources, its own version. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/store/kind.h"

namespace plumbline::kube {

inline constexpr std::string_view kServerVersion = "v1.34.0+plumbline";

/// The document at `path`: /api, /api/v1, /apis, /apis/GROUP, /apis/GROUP/VERSION, /version.
/// Nothing for any other path.
std::optional<Value> discovery_document(const Registry& registry, std::string_view path);

/// Every resource that requests may name, those that are only asked included; without their parts.
std::vector<std::string> resources_of(const Registry& registry);

/// /api or /apis in one document (apidiscovery.k8s.io/v2).
Value aggregated_discovery(const Registry& registry, bool core);

}  // namespace plumbline::kube
