#include "reference/core/admission/catalogue.h"

#include <fmt/format.h>

#include "model/check.h"

namespace plumbline::gateway {
namespace {

constexpr const char* kMainEnvironment = "release";  // api: ReleaseService, EnvironmentName

template <class Map, class Key>
auto find_in(const Map& map, const Key& key) -> const typename Map::mapped_type* {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

Error in_use(std::string_view kind, const std::string& id, const ApiId& api, std::string field) {
  return {Reason::kInUse, fmt::format("{} {}: API {} uses it", kind, id, api.str()), std::move(field), id};
}

}  // namespace

Error no_such(std::string_view kind, const std::string& id, std::string field) {
  return {Reason::kNotFound, fmt::format("{} {}: does not exist", kind, id.empty() ? "\"\"" : id), std::move(field),
          id};
}

TunnelId Catalogue::add(Tunnel tunnel) {
  TunnelId id(fmt::format("tunnel-{}", ++tunnels_made_));
  tunnels_.emplace(id, std::move(tunnel));
  return id;
}

ApiServiceId Catalogue::add(ApiService service) {
  ApiServiceId id(fmt::format("service-{}", ++services_made_));
  services_.emplace(id, std::move(service));
  return id;
}

ApiId Catalogue::add(Api api) {
  ApiId id(fmt::format("api-{}", ++apis_made_));
  apis_.emplace(id, std::move(api));
  return id;
}

const Tunnel* Catalogue::find(const TunnelId& id) const { return find_in(tunnels_, id); }
const ApiService* Catalogue::find(const ApiServiceId& id) const { return find_in(services_, id); }
const Api* Catalogue::find(const ApiId& id) const { return find_in(apis_, id); }

void Catalogue::replace(const TunnelId& id, Tunnel tunnel) {
  CHECK(tunnels_.contains(id), "only what exists is replaced");
  tunnels_[id] = std::move(tunnel);
}

void Catalogue::replace(const ApiId& id, Api api) {
  CHECK(apis_.contains(id), "only what exists is replaced");
  apis_[id] = std::move(api);
}

Result<void> Catalogue::remove(const TunnelId& id) {
  if (!tunnels_.contains(id)) return no_such("tunnel", id.str(), "tunnel");
  for (const auto& [api_id, api] : apis_) {
    if (api.tunnel == id) return in_use("tunnel", id.str(), api_id, "tunnel");
  }
  for (const auto& [api_id, environments] : releases_) {
    for (const auto& [environment, api] : environments) {
      if (api.tunnel == id) return in_use("tunnel", id.str(), api_id, "tunnel");
    }
  }
  tunnels_.erase(id);
  return {};
}

Result<void> Catalogue::remove(const ApiServiceId& id) {
  if (!services_.contains(id)) return no_such("API service", id.str(), "apiService");
  for (const auto& [api_id, api] : apis_) {
    if (api.api_service == id) return in_use("API service", id.str(), api_id, "apiService");
  }
  services_.erase(id);
  return {};
}

Result<void> Catalogue::remove(const ApiId& id) {
  if (apis_.erase(id) == 0) return no_such("API", id.str(), "api");
  releases_.erase(id);
  return {};
}

void Catalogue::release(const ApiId& id, const std::string& environment) {
  const Api* api = find(id);
  CHECK(api != nullptr, "only what exists is released");
  releases_[id][environment] = *api;
}

bool Catalogue::unrelease(const ApiId& id, const std::string& environment) {
  const auto found = releases_.find(id);
  return found != releases_.end() && found->second.erase(environment) > 0;
}

std::optional<Api> Catalogue::served(const ApiId& id) const {
  const auto found = releases_.find(id);
  if (found == releases_.end() || found->second.empty()) return std::nullopt;
  const Api* main = find_in(found->second, std::string(kMainEnvironment));
  return main != nullptr ? *main : found->second.begin()->second;
}

}  // namespace plumbline::gateway
