// Mutants of what may be configured, and of what is told of it.
#include <map>

#include "reference/mutants/policy_mutant.h"

namespace plumbline::gateway {
namespace {

using AdmissionMutant = PolicyMutant<AdmissionPolicy>;

struct RefusesDedicated : AdmissionMutant {
  using AdmissionMutant::AdmissionMutant;
  Result<void> instance_kind(const Instance& instance) const override {
    if (!instance.dedicated) return AdmissionPolicy::instance_kind(instance);
    reached();
    return Error{Reason::kUnsupportedInstance, "instance " + instance.id.str() + ": is not supported", "apiService",
                 instance.id.str()};
  }
};

struct AcceptsShared : AdmissionMutant {
  using AdmissionMutant::AdmissionMutant;
  Result<void> instance_kind(const Instance& instance) const override {
    if (!instance.dedicated) reached();
    return {};
  }
};

/// Places in different regions are as good as one place.
struct RegionUnchecked : AdmissionMutant {
  using AdmissionMutant::AdmissionMutant;
  Result<void> region(const Tunnel& tunnel, const std::vector<Instance>& instances) const override {
    return forgive(AdmissionPolicy::region(tunnel, instances));
  }
  Result<void> vpc(const Tunnel&, const std::vector<CloudVpc>&) const override { return {}; }
  Result<void> cluster(const Tunnel& tunnel, std::size_t row, const std::optional<CloudCluster>& found) const override {
    return forgive(AdmissionPolicy::cluster(tunnel, row, found));
  }
  Result<void> reachable(const CloudCluster& cluster, const std::vector<Instance>& instances) const override {
    return forgive(AdmissionPolicy::reachable(cluster, instances));
  }
  Result<void> instance_region(const Instance& instance, const Tunnel& tunnel) const override {
    return forgive(AdmissionPolicy::instance_region(instance, tunnel));
  }
  Result<void> instance_vpc(const Instance& instance, const Tunnel& tunnel) const override {
    if (instance.region != tunnel.region) return {};
    return AdmissionPolicy::instance_vpc(instance, tunnel);
  }

 private:
  Result<void> forgive(Result<void> checked) const {
    if (checked || checked.error().reason != Reason::kRegionMismatch) return checked;
    reached();
    return {};
  }
};

struct VpcUnchecked : AdmissionMutant {
  using AdmissionMutant::AdmissionMutant;
  Result<void> cluster(const Tunnel& tunnel, std::size_t row, const std::optional<CloudCluster>& found) const override {
    return forgive(AdmissionPolicy::cluster(tunnel, row, found));
  }
  Result<void> reachable(const CloudCluster& cluster, const std::vector<Instance>& instances) const override {
    return forgive(AdmissionPolicy::reachable(cluster, instances));
  }
  Result<void> instance_vpc(const Instance& instance, const Tunnel& tunnel) const override {
    return forgive(AdmissionPolicy::instance_vpc(instance, tunnel));
  }

 private:
  Result<void> forgive(Result<void> checked) const {
    if (checked || checked.error().reason != Reason::kVpcMismatch) return checked;
    reached();
    return {};
  }
};

struct LimitOffByOne : AdmissionMutant {
  using AdmissionMutant::AdmissionMutant;
  Result<void> service_count(Tunnel& tunnel) const override {
    if (tunnel.services.size() != kTunnelServicesMax) return AdmissionPolicy::service_count(tunnel);
    reached();
    return Error{Reason::kLimitExceeded, "services: 20 are more than the 19 that a tunnel may have", "services",
                 tunnel.name};
  }
};

struct NoServiceLimit : AdmissionMutant {
  using AdmissionMutant::AdmissionMutant;
  Result<void> service_count(Tunnel& tunnel) const override {
    if (tunnel.services.size() > kTunnelServicesMax) reached();
    return {};
  }
};

struct TruncatesTo20 : AdmissionMutant {
  using AdmissionMutant::AdmissionMutant;
  Result<void> service_count(Tunnel& tunnel) const override {
    if (tunnel.services.size() > kTunnelServicesMax) {
      reached();
      tunnel.services.resize(kTunnelServicesMax);
    }
    return {};
  }
};

struct LimitPerCluster : AdmissionMutant {
  using AdmissionMutant::AdmissionMutant;
  Result<void> service_count(Tunnel& tunnel) const override {
    std::map<ClusterId, int> counts;
    for (const TunnelService& service : tunnel.services) {
      if (++counts[service.service.cluster] > kTunnelServicesMax) return AdmissionPolicy::service_count(tunnel);
    }
    if (tunnel.services.size() > kTunnelServicesMax) reached();
    return {};
  }
};

/// Describes the tunnel after `Lose` has taken something away.
template <void (*Lose)(Tunnel&)>
struct LosesField : AdmissionMutant {
  using AdmissionMutant::AdmissionMutant;
  Tunnel described(const Tunnel& tunnel) const override {
    Tunnel told = tunnel;
    Lose(told);
    if (told != tunnel) reached();
    return told;
  }
};

void lose_name(Tunnel& tunnel) { tunnel.name.clear(); }
void lose_vpc(Tunnel& tunnel) { tunnel.vpc = VpcId(); }
void lose_services(Tunnel& tunnel) { tunnel.services.pop_back(); }
void lose_scheme(Tunnel& tunnel) { tunnel.scheme = tunnel.scheme == Scheme::kHttp ? Scheme::kHttps : Scheme::kHttp; }
void lose_host(Tunnel& tunnel) { tunnel.host.reset(); }
void lose_tags(Tunnel& tunnel) { tunnel.tags.clear(); }
void lose_labels(Tunnel& tunnel) {
  for (TunnelService& service : tunnel.services) service.labels.clear();
}
void lose_weight(Tunnel& tunnel) {
  for (TunnelService& service : tunnel.services) service.weight = Weight{};
}

}  // namespace

void add_admission_mutants(std::vector<Mutant>& mutants) {
  const auto add = [&](const char* name, const char* rule, const char* decision, std::function<void(Assembly&)> swap) {
    mutants.push_back({name, rule, decision, std::move(swap)});
  };
  const auto part = &Assembly::admission;
  add("refuses-dedicated", "INST-01", "refuses APIs of dedicated instances", swap_in<RefusesDedicated>(part));
  add("accepts-shared-instance", "INST-02", "binds APIs of shared instances", swap_in<AcceptsShared>(part));
  add("region-unchecked", "INST-04", "takes places in any region", swap_in<RegionUnchecked>(part));
  add("vpc-unchecked", "INST-05", "takes clusters of any VPC", swap_in<VpcUnchecked>(part));
  add("limit-off-by-one", "TUN-04", "refuses the 20th service", swap_in<LimitOffByOne>(part));
  add("no-service-limit", "TUN-05", "takes any number of services", swap_in<NoServiceLimit>(part));
  add("truncates-to-20", "TUN-05", "drops services from the 21st on", swap_in<TruncatesTo20>(part));
  add("limit-per-cluster", "TUN-05", "counts 20 services in each cluster", swap_in<LimitPerCluster>(part));
  add("loses-field-name", "TUN-01", "describes no name", swap_in<LosesField<lose_name>>(part));
  add("loses-field-vpc", "TUN-01", "describes no VPC", swap_in<LosesField<lose_vpc>>(part));
  add("loses-field-services", "TUN-01", "describes all services but the last",
      swap_in<LosesField<lose_services>>(part));
  add("loses-field-scheme", "TUN-01", "describes the other backend type", swap_in<LosesField<lose_scheme>>(part));
  add("loses-field-host", "TUN-01", "describes no host header", swap_in<LosesField<lose_host>>(part));
  add("loses-field-tags", "TUN-01", "describes no tags", swap_in<LosesField<lose_tags>>(part));
  add("loses-field-labels", "TUN-01", "describes no additional labels", swap_in<LosesField<lose_labels>>(part));
  add("loses-field-weight", "TUN-01", "describes weight 1 everywhere", swap_in<LosesField<lose_weight>>(part));
}

}  // namespace plumbline::gateway
