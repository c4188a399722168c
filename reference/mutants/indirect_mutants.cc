// Mutants that do not go straight to the Pod: through CLB, ClusterIP, NodePort, or the API server.
#include <fmt/format.h>

#include "reference/mutants/policy_mutant.h"
#include "reference/mutants/relay.h"

namespace plumbline::gateway {
namespace {

using IndirectMutant = PolicyMutant<SelectionPolicy>;

/// One node instead of the Pods: whatever stands in front of the Service.
struct ViaFront : IndirectMutant {
  using IndirectMutant::IndirectMutant;
  std::vector<Endpoint> nodes(const TunnelService& row, const ClusterView& view,
                              std::span<const ClusterView> others) const override {
    const ServiceObject* service = view.state->service({row.service.space, row.service.name});
    const ServicePort* port = service == nullptr ? nullptr : find_port(*service, row.port);
    if (port == nullptr) return {};
    const auto [address, dialled] = front(*service, *port, *view.state);
    if (address.empty() || dialled == 0) return SelectionPolicy::nodes(row, view, others);
    reached();
    return {{fmt::format("{}/{}:{}", view.id.str(), address, dialled), address, dialled, row.service}};
  }

 protected:
  using Front = std::pair<std::string, std::uint16_t>;
  virtual Front front(const ServiceObject& service, const ServicePort& port, const ClusterState& state) const = 0;
};

struct ViaClb : ViaFront {
  using ViaFront::ViaFront;
  Front front(const ServiceObject& service, const ServicePort& port, const ClusterState&) const override {
    return {service.load_balancer.empty() ? "" : service.load_balancer.front(), port.port};
  }
};

struct ViaClusterIp : ViaFront {
  using ViaFront::ViaFront;
  Front front(const ServiceObject& service, const ServicePort& port, const ClusterState&) const override {
    return {service.cluster_ip == "None" ? "" : service.cluster_ip, port.port};
  }
};

struct ViaNodePort : ViaFront {
  using ViaFront::ViaFront;
  bool needs_nodes() const override { return true; }
  bool concerns(const TunnelService& row, const ClusterId& cluster, std::string_view) const override {
    return row.service.cluster == cluster;
  }
  Front front(const ServiceObject&, const ServicePort& port, const ClusterState& state) const override {
    for (const auto& [name, node] : state.nodes()) {
      if (!node.address.empty()) return {node.address, port.node_port};
    }
    return {"", std::uint16_t{0}};
  }
};

struct ViaApiServerProxy : IndirectMutant {
  ViaApiServerProxy(const Reached& reached, std::shared_ptr<Relay> relay)
      : IndirectMutant(reached), relay_(std::move(relay)) {}
  std::vector<Endpoint> nodes(const TunnelService& row, const ClusterView& view,
                              std::span<const ClusterView> others) const override {
    std::vector<Endpoint> nodes = SelectionPolicy::nodes(row, view, others);
    for (Endpoint& node : nodes) {
      reached();
      node.port = relay_->port_for(node.pod, node.port);
      node.address = "127.0.0.1";
    }
    return nodes;
  }

 private:
  std::shared_ptr<Relay> relay_;  ///< shared with the observer of rights
};

void swap_in_relay(Assembly& assembly) {
  auto relay = std::make_shared<Relay>();
  assembly.on_rights = [relay](const ClusterId& cluster, const KubeAccess& access) {
    relay->set_rights(cluster, access);
  };
  assembly.selection = std::make_unique<ViaApiServerProxy>(assembly.reached, relay);
}

}  // namespace

void add_indirect_mutants(std::vector<Mutant>& mutants) {
  const auto part = &Assembly::selection;
  mutants.push_back({"via-clb", "DIRECT-01", "dials the Service's CLB", swap_in<ViaClb>(part)});
  mutants.push_back({"via-cluster-ip", "DIRECT-01", "dials the Service's ClusterIP", swap_in<ViaClusterIp>(part)});
  mutants.push_back({"via-node-port", "DIRECT-01", "dials the Service's port on a node", swap_in<ViaNodePort>(part)});
  mutants.push_back(
      {"via-api-server-proxy", "DIRECT-01", "reaches Pods through the API server's proxy", swap_in_relay});
}

}  // namespace plumbline::gateway
