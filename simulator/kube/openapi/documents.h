// The OpenAPI documents of an API server: what is served, where, with which parameters, and what it is made of.
// Written from the types of the registry, so that they cannot promise what is not there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/store/kind.h"

namespace plumbline::kube {

/// Of one group and version, edition 3.0.
Value openapi_v3(const Registry& registry, std::string_view group, std::string_view version);
/// Of everything, edition 2.0.
Value openapi_v2(const Registry& registry);

}  // namespace plumbline::kube
