// What is configured: tunnels, API services, APIs and what of them is released. Kept in memory. Not thread-safe.
// Knows references (who uses whom) but no other rule: what may be configured is admission's business.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/api.h"
#include "model/error.h"
#include "model/tunnel.h"

namespace plumbline::gateway {

struct ApiService {
  std::string name;
  InstanceId instance;
  std::vector<std::string> protocols;
};

class Catalogue {
 public:
  TunnelId add(Tunnel tunnel);
  ApiServiceId add(ApiService service);
  ApiId add(Api api);

  /// nullptr when there is none. Valid until it is removed.
  const Tunnel* find(const TunnelId& id) const;
  const ApiService* find(const ApiServiceId& id) const;
  const Api* find(const ApiId& id) const;

  /// Require that it exists.
  void replace(const TunnelId& id, Tunnel tunnel);
  void replace(const ApiId& id, Api api);

  /// kNotFound; kInUse while an API is bound to the tunnel, or belongs to the service.
  Result<void> remove(const TunnelId& id);
  Result<void> remove(const ApiServiceId& id);
  /// kNotFound. Takes its releases with it.
  Result<void> remove(const ApiId& id);

  /// The environment now serves the API as it is at this moment. Requires that the API exists.
  void release(const ApiId& id, const std::string& environment);
  /// False when it was not released there.
  bool unrelease(const ApiId& id, const std::string& environment);
  /// The API as users meet it: environment "release" before the others; nothing when it is not released.
  std::optional<Api> served(const ApiId& id) const;

  const std::map<TunnelId, Tunnel>& tunnels() const { return tunnels_; }
  const std::map<ApiId, Api>& apis() const { return apis_; }

 private:
  std::map<TunnelId, Tunnel> tunnels_;
  std::map<ApiServiceId, ApiService> services_;
  std::map<ApiId, Api> apis_;
  std::map<ApiId, std::map<std::string, Api>> releases_;
  std::size_t tunnels_made_ = 0;
  std::size_t services_made_ = 0;
  std::size_t apis_made_ = 0;
};

/// kNotFound for what a request names and nobody made.
Error no_such(std::string_view kind, const std::string& id, std::string field);

}  // namespace plumbline::gateway
