// A TKE tunnel as a user defines it (doc: Step 1). Value types; no I/O.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/ids.h"
#include "model/labels.h"
#include "model/units.h"

namespace plumbline {

/// One row of the tunnel's service list (doc: 3.1.1 - 3.1.5).
struct TunnelService {
  std::string name;    ///< the row's own name; optional
  ObjectName service;  ///< cluster, namespace and name of the Service
  Port port;           ///< a port of the Service, not of the Pod (api: K8sService.Port)
  Weight weight;       ///< of each Pod of the service (doc: 3.1.1)
  Labels labels;       ///< additional labels; a key that the Service's selector has is ignored (api: ExtraLabels)
  friend bool operator==(const TunnelService&, const TunnelService&) = default;
};

/// How the gateway talks to Pods (doc: Backend Type).
enum class Scheme { kHttp, kHttps };

/// The definition of a tunnel; what `tunnel.create` carries and `tunnel.describe` gives back.
struct Tunnel {
  std::string name;
  std::string type = "tke";  ///< the contract's spelling; anything else is refused
  RegionId region;
  VpcId vpc;
  std::vector<TunnelService> services;
  Scheme scheme = Scheme::kHttp;
  std::optional<std::string> host;  ///< Host header sent to Pods, exactly as given (doc: Host Header)
  std::map<std::string, std::string> tags;
  std::optional<int> retries;
  friend bool operator==(const Tunnel&, const Tunnel&) = default;
};

}  // namespace plumbline
