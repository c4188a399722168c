#include "reference/core/routing/dispatcher.h"

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "model/check.h"
#include "reference/core/balancing/balancer.h"
#include "reference/core/balancing/pick.h"
#include "reference/core/routing/route_table.h"

namespace plumbline::gateway {
namespace {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

}  // namespace

struct Dispatcher::State {
  unsigned worker;
  unsigned workers;
  RouteTable routes;
  std::unordered_map<TunnelId, Balancer> tunnels;
  /// How many rounds (tunnel and service) each endpoint stands in.
  std::unordered_map<std::string, int, TextHash, std::equal_to<>> uses;
  std::uint64_t departures = 0;

  Balancer& balancer(const TunnelId& tunnel) { return tunnels.try_emplace(tunnel, worker, workers).first->second; }

  Balancer::Changed counting() {
    return [this](const Endpoint& endpoint, bool added) {
      if (added) {
        ++uses[endpoint.key];
        return;
      }
      const auto found = uses.find(endpoint.key);
      CHECK(found != uses.end(), "an endpoint leaves once for each time that it came");
      if (--found->second > 0) return;
      uses.erase(found);
      ++departures;
    };
  }
};

Dispatcher::Dispatcher(unsigned worker, unsigned workers, std::uint64_t /*seed*/)
    : state_(new State{worker, workers, {}, {}, {}, 0}) {
  CHECK(worker < workers, "workers are numbered from 0");
}

Dispatcher::~Dispatcher() = default;

void Dispatcher::put_route(const Route& route) { state_->routes.put(route); }

void Dispatcher::drop_route(const ApiId& api) { state_->routes.drop(api); }

void Dispatcher::set_nodes(const TunnelId& tunnel, const std::vector<ServiceNodes>& services) {
  Balancer& balancer = state_->balancer(tunnel);
  const auto counting = state_->counting();
  for (const std::size_t index : balancer.services()) {
    const bool stays = std::any_of(services.begin(), services.end(),
                                   [&](const ServiceNodes& service) { return service.service_index == index; });
    if (!stays) balancer.drop_service(index, counting);
  }
  for (const ServiceNodes& service : services) balancer.set_service(service, counting);
}

void Dispatcher::set_service(const TunnelId& tunnel, const ServiceNodes& service) {
  state_->balancer(tunnel).set_service(service, state_->counting());
}

void Dispatcher::drop_tunnel(const TunnelId& tunnel) {
  const auto found = state_->tunnels.find(tunnel);
  if (found == state_->tunnels.end()) return;
  set_nodes(tunnel, {});
  state_->tunnels.erase(found);
}

std::uint64_t Dispatcher::departures() const { return state_->departures; }

bool Dispatcher::is_node(std::string_view key) const { return state_->uses.find(key) != state_->uses.end(); }

const Route* Dispatcher::route(std::string_view method, std::string_view path) const {
  return state_->routes.find(method, path);
}

std::string Dispatcher::backend_path(const Route& route, std::string_view path) {
  return path_for_backend(route, path);
}

const Endpoint* Dispatcher::pick(const TunnelId& tunnel, std::span<const std::string> tried, std::uint64_t connection) {
  const auto found = state_->tunnels.find(tunnel);
  if (found == state_->tunnels.end()) return nullptr;
  return pick_endpoint(found->second, tried, connection);
}

}  // namespace plumbline::gateway
