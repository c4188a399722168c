#include "reference/core/routing/publication.h"

namespace plumbline::gateway {

std::vector<ServiceNodes> PublicationPolicy::services(const Tunnel&, std::vector<ServiceNodes> found) const {
  return found;
}

std::optional<Route> PublicationPolicy::route(const ApiId& id, const Api& api, const Tunnel& tunnel) const {
  Route route;
  route.api = id;
  route.tunnel = api.tunnel;
  route.frontend = api.frontend;
  route.backend_path = api.backend_path;
  route.host = tunnel.host;
  route.scheme = tunnel.scheme;
  route.timeout = api.timeout;
  route.retries = tunnel.retries.value_or(kRetriesDefault);
  return route;
}

bool PublicationPolicy::follows(const KubeObject&, bool) const { return true; }

}  // namespace plumbline::gateway
