#include "reference/core/selection/selection.h"

#include <fmt/format.h>

#include <algorithm>

namespace plumbline::gateway {

const ServicePort* find_port(const ServiceObject& service, Port port) {
  const auto found = std::find_if(service.ports.begin(), service.ports.end(),
                                  [&](const ServicePort& each) { return each.port == port.value; });
  return found == service.ports.end() ? nullptr : &*found;
}

std::vector<Endpoint> SelectionPolicy::nodes(const TunnelService& row, const ClusterView& view,
                                             std::span<const ClusterView> /*others*/) const {
  const ClusterState& state = *view.state;
  const ServiceObject* service = state.service({row.service.space, row.service.name});
  if (service == nullptr) return {};
  const ServicePort* port = find_port(*service, row.port);
  if (port == nullptr) return {};
  if (service->selector.empty()) return nodes_by_hand(row, *port, view);

  std::vector<Endpoint> nodes;
  const Labels required = required_labels(*service, row);
  for (const PodObject* pod : candidates(row, state)) {
    if (!matches(*pod, required, *service, row) || !serves(*pod, *service)) continue;
    const auto target = target_port(*port, *pod);
    if (!target || !may_dial(pod->address, view.scope)) continue;
    nodes.push_back({fmt::format("{}/{}:{}", view.id.str(), pod->uid, *target),
                     pod->address,
                     *target,
                     {view.id, pod->name.space, pod->name.name}});
  }
  return nodes;
}

bool SelectionPolicy::concerns(const TunnelService& row, const ClusterId& cluster, std::string_view space) const {
  return row.service.cluster == cluster && row.service.space == space;
}

Labels SelectionPolicy::required_labels(const ServiceObject& service, const TunnelService& row) const {
  Labels required = service.selector;
  required.insert(row.labels.begin(), row.labels.end());  // keeps what is there (api: ExtraLabels)
  return required;
}

bool SelectionPolicy::matches(const PodObject& pod, const Labels& required, const ServiceObject&,
                              const TunnelService&) const {
  return carries_all(pod.labels, required);
}

std::vector<const PodObject*> SelectionPolicy::candidates(const TunnelService& row, const ClusterState& state) const {
  std::vector<const PodObject*> pods;
  for (const auto& [name, pod] : state.pods(row.service.space)) pods.push_back(&pod);
  return pods;
}

bool SelectionPolicy::serves(const PodObject& pod, const ServiceObject& service) const {
  return !pod.address.empty() && !pod.terminating && !pod.finished && (pod.ready || service.publish_not_ready);
}

std::optional<std::uint16_t> SelectionPolicy::target_port(const ServicePort& port, const PodObject& pod) const {
  if (const auto* number = std::get_if<std::uint16_t>(&port.target)) return *number;
  const auto& name = std::get<std::string>(port.target);
  for (const NamedPort& each : pod.ports) {
    if (each.name == name) return each.port;
  }
  return std::nullopt;
}

bool SelectionPolicy::may_dial(const std::string& address, const PodScope& scope) const {
  if (scope.services && scope.services->contains(address)) return false;
  if (scope.pods) return scope.pods->contains(address);
  return scope.vpc && scope.vpc->contains(address);
}

std::vector<Endpoint> SelectionPolicy::nodes_by_hand(const TunnelService& row, const ServicePort& port,
                                                     const ClusterView& view) const {
  const ClusterState& state = *view.state;
  const EndpointsObject* endpoints = state.endpoints({row.service.space, row.service.name});
  // Additional labels narrow by what a Pod carries; an address without a Pod carries nothing.
  if (endpoints == nullptr) return {};
  const ServiceObject* service = state.service({row.service.space, row.service.name});
  const auto& pods = state.pods(row.service.space);
  std::vector<Endpoint> nodes;
  for (const EndpointSubset& subset : endpoints->subsets) {
    const auto named = std::find_if(subset.ports.begin(), subset.ports.end(),
                                    [&](const NamedPort& each) { return each.name == port.name; });
    if (named == subset.ports.end()) continue;
    for (const EndpointAddress& each : subset.addresses) {
      if ((!each.ready && !service->publish_not_ready) || !may_dial(each.address, view.scope)) continue;
      const auto pod = pods.find(each.pod);
      if (!row.labels.empty() && (pod == pods.end() || !carries_all(pod->second.labels, row.labels))) continue;
      nodes.push_back({fmt::format("{}/{}/{}:{}", view.id.str(), row.service.space, each.address, named->port),
                       each.address,
                       named->port,
                       {view.id, row.service.space, each.pod.empty() ? each.address : each.pod}});
    }
  }
  return nodes;
}

}  // namespace plumbline::gateway
