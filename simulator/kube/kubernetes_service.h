// The Service `kubernetes` in namespace default: how a cluster's own API server is found from inside of it.
// No controller keeps it; it is there from the start, and whoever deletes it has deleted it.
#pragma once

#include <cstdint>
#include <string>

#include "simulator/kube/api/operations.h"

namespace plumbline::kube {

/// Requires namespace default, and no Service before it: it takes the first address of the Services. `address` ""
/// leaves its Endpoints and EndpointSlice away.
void create_kubernetes_service(Operations& operations, const std::string& address, std::uint16_t port);

}  // namespace plumbline::kube
