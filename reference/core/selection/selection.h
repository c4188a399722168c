// Which Pods are the nodes of one service of a tunnel (doc: 3.1.2 - 3.1.5, Network Architecture). Pure.
// Nodes are found from Services and Pods, because Kubernetes truncates Endpoints at 1,000 addresses; Endpoints serve
// Services without a selector.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/tunnel.h"
#include "reference/core/balancing/endpoint.h"
#include "reference/core/following/cluster_state.h"
#include "reference/core/selection/cidr.h"

namespace plumbline::gateway {

/// Where Pods of a cluster may have their addresses, as the cloud says (doc: Reminders 3, no cross-VPC access).
struct PodScope {
  std::optional<Cidr> pods;      ///< ClusterNetworkSettings.ClusterCIDR
  std::optional<Cidr> services;  ///< ClusterNetworkSettings.ServiceCIDR
  std::optional<Cidr> vpc;       ///< CidrBlock of the VPC: the scope of clusters without a Pod range of their own
};

/// One cluster as selection sees it. `state` is not owned.
struct ClusterView {
  ClusterId id;
  const ClusterState* state = nullptr;
  PodScope scope;
};

/// The decisions of selection, one member each: the seams of the selection mutants. These are the right ones.
class SelectionPolicy {
 public:
  virtual ~SelectionPolicy() = default;

  /// All nodes of the row, in a stable order. None while the Service, its port or a match is missing.
  /// `view` is the row's cluster; `others` are all clusters that are followed (a correct gateway does not look there).
  virtual std::vector<Endpoint> nodes(const TunnelService& row, const ClusterView& view,
                                      std::span<const ClusterView> others) const;
  /// May a change of this namespace of this cluster change the row's nodes?
  virtual bool concerns(const TunnelService& row, const ClusterId& cluster, std::string_view space) const;
  /// Labels that a Pod must carry: the selector, then the row's labels whose key the selector lacks.
  virtual Labels required_labels(const ServiceObject& service, const TunnelService& row) const;
  virtual bool matches(const PodObject& pod, const Labels& required, const ServiceObject& service,
                       const TunnelService& row) const;
  /// Pods that are looked at: those of the row's namespace.
  virtual std::vector<const PodObject*> candidates(const TunnelService& row, const ClusterState& state) const;
  /// Ready (unless the Service publishes not-ready addresses) and not on its way out.
  virtual bool serves(const PodObject& pod, const ServiceObject& service) const;
  /// The Pod's port for the Service's port: number, or resolved by name in this very Pod.
  virtual std::optional<std::uint16_t> target_port(const ServicePort& port, const PodObject& pod) const;
  /// False for every address that is no Pod's of this cluster: other VPCs, nodes, Services, loopback.
  virtual bool may_dial(const std::string& address, const PodScope& scope) const;
  /// True when the mutant needs Nodes to be followed too.
  virtual bool needs_nodes() const { return false; }

 protected:
  std::vector<Endpoint> nodes_by_hand(const TunnelService& row, const ServicePort& port, const ClusterView& view) const;
};

/// The Service's port that the row names, or nullptr.
const ServicePort* find_port(const ServiceObject& service, Port port);

}  // namespace plumbline::gateway
