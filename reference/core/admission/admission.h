// What may be configured: each rule of the document about tunnels and bindings as one function. Pure.
// Every Error names the field and, where there is one, the object.
#pragma once

#include <optional>
#include <vector>

#include "model/api.h"
#include "model/error.h"
#include "model/tunnel.h"
#include "reference/core/admission/cloud_objects.h"
#include "reference/core/following/kube_objects.h"

namespace plumbline::gateway {

inline constexpr std::size_t kNameLengthMax = 50;                        ///< api: VPC channel page
inline constexpr std::size_t kHostLengthMax = 253;                       ///< RFC 1035 2.3.4
inline constexpr int kRetriesMax = 100;                                  ///< api: VPC channel page
inline constexpr std::size_t kTagsMax = 50;                              ///< own choice
inline constexpr std::chrono::milliseconds kApiTimeoutMax{1800 * 1000};  ///< api: ServiceTimeout, 1800 s

/// The decisions of admission, one member each: the seams of the admission mutants. These are the right ones.
class AdmissionPolicy {
 public:
  virtual ~AdmissionPolicy() = default;

  // ---- a tunnel, in the order in which they are asked ----
  /// kInvalidValue: a field is missing, too long or out of range (doc: step 1).
  virtual Result<void> fields(const Tunnel& tunnel) const;
  /// kLimitExceeded beyond 20 services over all clusters (doc: Service List, Reminders 1). Never changes `tunnel`
  /// (one mutant does).
  virtual Result<void> service_count(Tunnel& tunnel) const;
  /// kRegionMismatch when no instance that the gateway runs at is in the tunnel's region (doc: Reminders 3).
  virtual Result<void> region(const Tunnel& tunnel, const std::vector<Instance>& instances) const;
  /// kNotFound when the region has no such VPC. Not asked when the cloud does not tell VPCs.
  virtual Result<void> vpc(const Tunnel& tunnel, const std::vector<CloudVpc>& vpcs) const;
  /// `found`: the cluster of row `row`, wherever it is. kNotFound, kRegionMismatch, kVpcMismatch (doc: Reminders 3).
  virtual Result<void> cluster(const Tunnel& tunnel, std::size_t row, const std::optional<CloudCluster>& found) const;
  /// kNotFound: the Service, or its port, does not exist (doc: 3.1.4).
  virtual Result<void> service(const Tunnel& tunnel, std::size_t row, const std::optional<ServiceObject>& found) const;

  // ---- a cluster ----
  /// May the gateway go to the cluster's API server? kRegionMismatch, kVpcMismatch when no dedicated instance that
  /// it runs at is in its VPC: no connection to it is attempted then (doc: Reminders 3).
  virtual Result<void> reachable(const CloudCluster& cluster, const std::vector<Instance>& instances) const;

  // ---- an API ----
  virtual Result<void> fields(const Api& api) const;
  /// kUnsupportedInstance: only dedicated instances have TKE tunnels (doc: Note).
  virtual Result<void> instance_kind(const Instance& instance) const;
  /// kRegionMismatch, kVpcMismatch between tunnel and instance (doc: Reminders 3).
  virtual Result<void> instance_region(const Instance& instance, const Tunnel& tunnel) const;
  virtual Result<void> instance_vpc(const Instance& instance, const Tunnel& tunnel) const;

  /// What is told of a tunnel when it is described: all of it (doc: step 1).
  virtual Tunnel described(const Tunnel& tunnel) const { return tunnel; }
};

}  // namespace plumbline::gateway
