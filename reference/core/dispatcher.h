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

namespace plumbline::gateway {

/// A Pod as a node of a tunnel. `key` is stable for its life: cluster, Pod uid, port.
struct Endpoint {
  std::string key;
  std::string address;  ///< IPv4 text
  std::uint16_t port = 0;
  ObjectName pod;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Everything the data plane needs to know of one API that is released.
struct Route {
  ApiId api;
  TunnelId tunnel;
  Frontend frontend;
  std::optional<std::string> backend_path;
  std::optional<std::string> host;  ///< Host header for Pods; unset: the client's Host goes on
  Scheme scheme = Scheme::kHttp;
  std::chrono::milliseconds timeout{15000};
  int retries = 1;                  ///< further Pods to try when a connection cannot be made
};

/// Nodes of one service of one tunnel; `service_index` is the row in the tunnel's list.
struct ServiceNodes {
  std::size_t service_index = 0;
  Weight weight;
  std::vector<Endpoint> endpoints;
};

class Dispatcher {
 public:
  /// `worker` of `workers` staggers the start so that workers do not march in step; `seed` splits randomness.
  Dispatcher(unsigned worker, unsigned workers, std::uint64_t seed);
  ~Dispatcher();

  // ---- updates: what changed, applied in place ----
  void put_route(const Route& route);
  void drop_route(const ApiId& api);
  /// Brings the tunnel's nodes to `services`: endpoints that stay keep their place, credits are never reset.
  void set_nodes(const TunnelId& tunnel, const std::vector<ServiceNodes>& services);
  void drop_tunnel(const TunnelId& tunnel);

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
