// Mutants of which Pods are nodes.
#include <algorithm>

#include "reference/mutants/policy_mutant.h"

namespace plumbline::gateway {
namespace {

using SelectionMutant = PolicyMutant<SelectionPolicy>;

struct DialsAnyEndpoint : SelectionMutant {
  using SelectionMutant::SelectionMutant;
  bool may_dial(const std::string& address, const PodScope& scope) const override {
    if (!SelectionPolicy::may_dial(address, scope)) reached();
    return true;
  }
};

struct PortForTargetPort : SelectionMutant {
  using SelectionMutant::SelectionMutant;
  std::optional<std::uint16_t> target_port(const ServicePort& port, const PodObject& pod) const override {
    if (SelectionPolicy::target_port(port, pod) != port.port) reached();
    return port.port;
  }
};

struct OneVersionOnly : SelectionMutant {
  using SelectionMutant::SelectionMutant;
  std::vector<Endpoint> nodes(const TunnelService& row, const ClusterView& view,
                              std::span<const ClusterView> others) const override {
    std::vector<Endpoint> nodes = SelectionPolicy::nodes(row, view, others);
    if (nodes.empty()) return nodes;
    const std::string wanted = version_of(nodes.front(), *view.state);
    const auto dropped =
        std::erase_if(nodes, [&](const Endpoint& node) { return version_of(node, *view.state) != wanted; });
    if (dropped > 0) reached();
    return nodes;
  }

 private:
  static std::string version_of(const Endpoint& node, const ClusterState& state) {
    const auto& pods = state.pods(node.pod.space);
    const auto pod = pods.find(node.pod.name);
    if (pod == pods.end()) return "";
    const auto version = pod->second.labels.find("version");
    return version == pod->second.labels.end() ? "" : version->second;
  }
};

struct ExtraLabelsIgnored : SelectionMutant {
  using SelectionMutant::SelectionMutant;
  Labels required_labels(const ServiceObject& service, const TunnelService& row) const override {
    if (SelectionPolicy::required_labels(service, row) != service.selector) reached();
    return service.selector;
  }
};

struct AnyLabelIsEnough : SelectionMutant {
  using SelectionMutant::SelectionMutant;
  bool matches(const PodObject& pod, const Labels& required, const ServiceObject& service,
               const TunnelService& row) const override {
    if (SelectionPolicy::matches(pod, required, service, row)) return true;
    if (!carries_all(pod.labels, service.selector)) return false;
    const bool any = std::any_of(row.labels.begin(), row.labels.end(),
                                 [&](const auto& label) { return carries_all(pod.labels, Labels{label}); });
    if (any) reached();
    return any;
  }
};

struct IgnoresNamespace : SelectionMutant {
  using SelectionMutant::SelectionMutant;
  std::vector<const PodObject*> candidates(const TunnelService& row, const ClusterState& state) const override {
    std::vector<const PodObject*> pods;
    for (const auto& [space, named] : state.pods()) {
      for (const auto& [name, pod] : named) pods.push_back(&pod);
    }
    (void)row;
    return pods;
  }
  bool matches(const PodObject& pod, const Labels& required, const ServiceObject& service,
               const TunnelService& row) const override {
    const bool taken = SelectionPolicy::matches(pod, required, service, row);
    if (taken && pod.name.space != row.service.space) reached();
    return taken;
  }
  bool concerns(const TunnelService& row, const ClusterId& cluster, std::string_view) const override {
    return row.service.cluster == cluster;
  }
};

struct MergesByName : SelectionMutant {
  using SelectionMutant::SelectionMutant;
  std::vector<Endpoint> nodes(const TunnelService& row, const ClusterView& view,
                              std::span<const ClusterView> others) const override {
    std::vector<Endpoint> nodes = SelectionPolicy::nodes(row, view, others);
    for (const ClusterView& other : others) {
      if (other.id == view.id) continue;
      const auto more = SelectionPolicy::nodes(row, other, others);
      if (!more.empty()) reached();
      nodes.insert(nodes.end(), more.begin(), more.end());
    }
    return nodes;
  }
  bool concerns(const TunnelService&, const ClusterId&, std::string_view) const override { return true; }
};

struct ServesNotReady : SelectionMutant {
  using SelectionMutant::SelectionMutant;
  bool serves(const PodObject& pod, const ServiceObject& service) const override {
    PodObject blessed = pod;
    blessed.ready = true;
    const bool serving = SelectionPolicy::serves(blessed, service);
    if (serving && !SelectionPolicy::serves(pod, service)) reached();
    return serving;
  }
};

}  // namespace

void add_selection_mutants(std::vector<Mutant>& mutants) {
  const auto add = [&](const char* name, const char* rule, const char* decision, std::function<void(Assembly&)> swap) {
    mutants.push_back({name, rule, decision, std::move(swap)});
  };
  const auto part = &Assembly::selection;
  add("dials-any-endpoint", "INST-07", "dials addresses that are no Pods of the VPC", swap_in<DialsAnyEndpoint>(part));
  add("port-for-target-port", "DIRECT-02", "dials Pods on the Service's port", swap_in<PortForTargetPort>(part));
  add("one-version-only", "SEL-01", "takes Pods of one version only", swap_in<OneVersionOnly>(part));
  add("extra-labels-ignored", "SEL-02", "does not look at additional labels", swap_in<ExtraLabelsIgnored>(part));
  add("any-label-is-enough", "SEL-02", "takes Pods with any additional label", swap_in<AnyLabelIsEnough>(part));
  add("ignores-namespace", "SEL-05", "takes Pods of every namespace", swap_in<IgnoresNamespace>(part));
  add("merges-by-name", "SEL-05", "takes Pods of Services of that name in every cluster", swap_in<MergesByName>(part));
  add("serves-not-ready", "SEL-08", "takes Pods that are not ready", swap_in<ServesNotReady>(part));
}

}  // namespace plumbline::gateway
