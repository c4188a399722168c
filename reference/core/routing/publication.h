// What the data plane is told of a tunnel and of an API. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "model/api.h"
#include "model/tunnel.h"
#include "reference/core/balancing/endpoint.h"
#include "reference/core/following/kube_objects.h"
#include "reference/core/routing/route.h"

namespace plumbline::gateway {

inline constexpr int kRetriesDefault = 3;  ///< api: Retries

/// The decisions of publication and of following clusters: seams of mutants. These are the right ones.
class PublicationPolicy {
 public:
  virtual ~PublicationPolicy() = default;
  /// The nodes of each row go out as they were found (doc: 3.1.1: the weight is that of each Pod).
  virtual std::vector<ServiceNodes> services(const Tunnel& tunnel, std::vector<ServiceNodes> found) const;
  /// The route of a released API; nothing to keep it from being served.
  virtual std::optional<Route> route(const ApiId& id, const Api& api, const Tunnel& tunnel) const;
  /// How long a change waits before it goes out: not at all.
  virtual std::chrono::milliseconds delay() const { return std::chrono::milliseconds(0); }
  /// LIST again after this long instead of watching: never.
  virtual std::optional<std::chrono::milliseconds> poll_interval() const { return std::nullopt; }
  /// Is a change of this object taken over? `deleted`: it is gone or on its way out. Always.
  virtual bool follows(const KubeObject& object, bool deleted) const;
};

}  // namespace plumbline::gateway
