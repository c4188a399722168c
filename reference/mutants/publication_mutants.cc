// Mutants of weights, of what the data plane is told, and of how clusters are followed.
#include <algorithm>
#include <map>
#include <numeric>

#include "reference/mutants/policy_mutant.h"

namespace plumbline::gateway {
namespace {

using PublicationMutant = PolicyMutant<PublicationPolicy>;
using Services = std::vector<ServiceNodes>;

constexpr std::int64_t kScaleMax = 1'000'000;

/// Gives each row of `services` the share that its group has: groups are equal, as if each had weight one.
/// `group[i]` names the group of row i, `size[g]` what the rows of that group weigh together.
void even_out(Services& services, const std::vector<std::string>& group,
              const std::map<std::string, std::int64_t>& size) {
  std::int64_t scale = 1;
  for (const auto& [name, total] : size) {
    if (total > 0) scale = std::min(std::lcm(scale, total), kScaleMax);
  }
  for (std::size_t i = 0; i < services.size(); ++i) {
    const std::int64_t total = size.at(group[i]);
    if (total == 0) continue;
    services[i].weight.value = static_cast<int>(std::max<std::int64_t>(1, services[i].weight.value * scale / total));
  }
}

struct IgnoresThe20th : PublicationMutant {
  using PublicationMutant::PublicationMutant;
  Services services(const Tunnel&, Services found) const override {
    if (found.size() < kTunnelServicesMax) return found;
    reached();
    found.resize(kTunnelServicesMax - 1);
    return found;
  }
};

struct FirstPodOnly : PublicationMutant {
  using PublicationMutant::PublicationMutant;
  Services services(const Tunnel&, Services found) const override {
    for (ServiceNodes& service : found) {
      if (service.endpoints.size() < 2) continue;
      reached();
      service.endpoints.resize(1);
    }
    return found;
  }
};

struct WeightPerService : PublicationMutant {
  using PublicationMutant::PublicationMutant;
  Services services(const Tunnel&, Services found) const override {
    std::vector<std::string> group;
    std::map<std::string, std::int64_t> size;
    for (const ServiceNodes& service : found) {
      group.push_back(std::to_string(service.service_index));
      size[group.back()] = static_cast<std::int64_t>(service.endpoints.size());
      if (service.endpoints.size() != found.front().endpoints.size()) reached();
    }
    even_out(found, group, size);
    return found;
  }
};

struct WeightsPerCluster : PublicationMutant {
  using PublicationMutant::PublicationMutant;
  Services services(const Tunnel& tunnel, Services found) const override {
    std::vector<std::string> group;
    std::map<std::string, std::int64_t> size;
    for (const ServiceNodes& service : found) {
      group.push_back(tunnel.services[service.service_index].service.cluster.str());
      size[group.back()] += std::int64_t{service.weight.value} * static_cast<std::int64_t>(service.endpoints.size());
    }
    for (const auto& [cluster, total] : size) {
      if (total != size.begin()->second) reached();
    }
    even_out(found, group, size);
    return found;
  }
};

struct SecondClusterIgnored : PublicationMutant {
  using PublicationMutant::PublicationMutant;
  Services services(const Tunnel& tunnel, Services found) const override {
    for (ServiceNodes& service : found) {
      if (tunnel.services[service.service_index].service.cluster == tunnel.services.front().service.cluster) continue;
      if (!service.endpoints.empty()) reached();
      service.endpoints.clear();
    }
    return found;
  }
};

struct EntriesMergedByService : PublicationMutant {
  using PublicationMutant::PublicationMutant;
  Services services(const Tunnel& tunnel, Services found) const override {
    std::map<ObjectName, ServiceNodes*> first;
    for (ServiceNodes& service : found) {
      auto& nodes = service.endpoints;
      const auto [known, alone] = first.try_emplace(tunnel.services[service.service_index].service, &service);
      if (alone || nodes.empty()) continue;
      reached();
      known->second->endpoints.insert(known->second->endpoints.end(), nodes.begin(), nodes.end());
      nodes.clear();
    }
    return found;
  }
};

struct BindIgnored : PublicationMutant {
  using PublicationMutant::PublicationMutant;
  std::optional<Route> route(const ApiId&, const Api&, const Tunnel&) const override {
    reached();
    return std::nullopt;
  }
};

struct IgnoresMethod : PublicationMutant {
  using PublicationMutant::PublicationMutant;
  std::optional<Route> route(const ApiId& id, const Api& api, const Tunnel& tunnel) const override {
    auto route = PublicationPolicy::route(id, api, tunnel);
    if (route->frontend.method != "ANY") reached();
    route->frontend.method = "ANY";
    return route;
  }
};

struct PrefixMatchAlways : PublicationMutant {
  using PublicationMutant::PublicationMutant;
  std::optional<Route> route(const ApiId& id, const Api& api, const Tunnel& tunnel) const override {
    auto route = PublicationPolicy::route(id, api, tunnel);
    if (route->frontend.match == PathMatch::kExact) reached();
    route->frontend.match = PathMatch::kPrefix;
    return route;
  }
};

struct PollsEvery30s : PublicationMutant {
  using PublicationMutant::PublicationMutant;
  std::optional<std::chrono::milliseconds> poll_interval() const override {
    reached();
    return std::chrono::seconds(30);
  }
};

struct StaleEndpoint : PublicationMutant {
  using PublicationMutant::PublicationMutant;
  bool follows(const KubeObject& object, bool deleted) const override {
    if (!deleted || !std::holds_alternative<PodObject>(object)) return true;
    reached();
    return false;
  }
};

struct OtherOrder : PublicationMutant {
  using PublicationMutant::PublicationMutant;
  Services services(const Tunnel&, Services found) const override {
    for (ServiceNodes& service : found) {
      if (service.endpoints.size() > 1) reached();
      std::reverse(service.endpoints.begin(), service.endpoints.end());
    }
    return found;
  }
};

struct Slower : PublicationMutant {
  using PublicationMutant::PublicationMutant;
  std::chrono::milliseconds delay() const override {
    reached();
    return std::chrono::milliseconds(100);
  }
};

}  // namespace

void add_publication_mutants(std::vector<Mutant>& mutants) {
  const auto add = [&](const char* name, const char* rule, const char* decision, std::function<void(Assembly&)> swap) {
    mutants.push_back({name, rule, decision, std::move(swap)});
  };
  const auto part = &Assembly::publication;
  add("ignores-the-20th", "TUN-04", "sends nothing to the 20th service", swap_in<IgnoresThe20th>(part));
  add("entries-merged-by-service", "SEL-11", "takes entries of one Service for one entry, with the first one's weight",
      swap_in<EntriesMergedByService>(part));
  add("bind-ignored", "BIND-01", "serves no API", swap_in<BindIgnored>(part));
  add("ignores-method", "BIND-02", "takes every method", swap_in<IgnoresMethod>(part));
  add("prefix-match-always", "BIND-02", "takes exact paths as prefixes", swap_in<PrefixMatchAlways>(part));
  add("first-pod-only", "WRR-01", "uses one Pod of each service", swap_in<FirstPodOnly>(part));
  add("weight-per-service", "WRR-02", "shares by service, whatever its number of Pods",
      swap_in<WeightPerService>(part));
  add("weights-per-cluster", "WRR-03", "gives each cluster the same share", swap_in<WeightsPerCluster>(part));
  add("second-cluster-ignored", "MULTI-01", "uses the first cluster only", swap_in<SecondClusterIgnored>(part));
  add("polls-every-30s", "CHURN-01", "lists every 30 s instead of watching", swap_in<PollsEvery30s>(part));
  add("stale-endpoint", "CHURN-02", "keeps Pods that were deleted", swap_in<StaleEndpoint>(part));
  add("harmless-other-order", kHarmless, "begins the round at the other end", swap_in<OtherOrder>(part));
  add("harmless-slower", kHarmless, "lets each change wait 100 ms", swap_in<Slower>(part));
}

}  // namespace plumbline::gateway
