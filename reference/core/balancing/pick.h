// The decision which Pod serves a request, as one function: a seam. plumbline-gateway links pick.cc; plumbline-mutant
// links a definition of its own in its place, so that the gateway pays nothing for being testable.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "reference/core/balancing/balancer.h"

namespace plumbline::gateway {

/// The next Pod of `balancer` that is not in `tried`, or nullptr. `connection` numbers the user's connection; a correct
/// gateway does not look at it (rule WRR-04).
const Endpoint* pick_endpoint(Balancer& balancer, std::span<const std::string> tried, std::uint64_t connection);

}  // namespace plumbline::gateway
