// The nodes of a tunnel as the data plane knows them. Value types.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/ids.h"
#include "model/units.h"

namespace plumbline::gateway {

/// A Pod as a node of a tunnel. `key` is stable for its life: cluster, Pod uid, port.
struct Endpoint {
  std::string key;
  std::string address;  ///< IPv4 text
  std::uint16_t port = 0;
  ObjectName pod;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Nodes of one service of one tunnel; `service_index` is the row in the tunnel's list.
struct ServiceNodes {
  std::size_t service_index = 0;
  Weight weight;
  std::vector<Endpoint> endpoints;
  friend bool operator==(const ServiceNodes&, const ServiceNodes&) = default;
};

}  // namespace plumbline::gateway
