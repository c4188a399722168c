// What one data-plane worker decides with: which API takes a request, and which Pod serves it.
// One per worker, used by that worker's thread only; changed in place by updates posted to it, so that no update
// resets the balancer's state. No clock, no socket; no allocation in route() and pick().
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/api.h"
#include "model/ids.h"
#include "model/tunnel.h"
#include "reference/core/balancing/endpoint.h"
#include "reference/core/routing/route.h"

namespace plumbline::gateway {

class Dispatcher {
 public:
  /// `worker` of `workers` staggers the start so that workers do not march in step; `seed` splits randomness.
  Dispatcher(unsigned worker, unsigned workers, std::uint64_t seed);
  ~Dispatcher();

  // ---- updates: what changed, applied in place ----
  void put_route(const Route& route);
  void drop_route(const ApiId& api);
  /// Brings the tunnel's nodes to `services`: endpoints that stay keep their place, credits are never reset; services
  /// that are not listed are dropped.
  void set_nodes(const TunnelId& tunnel, const std::vector<ServiceNodes>& services);
  /// Brings one service of the tunnel to these nodes and leaves its other services alone.
  void set_service(const TunnelId& tunnel, const ServiceNodes& service);
  void drop_tunnel(const TunnelId& tunnel);

  // ---- what the data plane's pools ask after an update ----
  /// Grows whenever some endpoint stops being a node of any tunnel.
  std::uint64_t departures() const;
  /// True when `key` is an endpoint of at least one tunnel.
  bool is_node(std::string_view key) const;

  // ---- decisions on the hot path ----
  /// The API that takes the request (exact before prefix, longer prefix before shorter), or nullptr.
  /// `path` is the target without its query. Valid until the next update.
  const Route* route(std::string_view method, std::string_view path) const;
  /// The path that goes to the Pod (doc: step 2.3). `path` without query.
  static std::string backend_path(const Route& route, std::string_view path);
  /// The next Pod by weighted round robin, skipping keys in `tried` (retries); nullptr when there is none.
  /// `connection` numbers the user's connection (only mutants look at it). Valid until the next update.
  const Endpoint* pick(const TunnelId& tunnel, std::span<const std::string> tried, std::uint64_t connection);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plumbline::gateway
