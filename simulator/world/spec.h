// A world as its YAML describes it: regions, VPCs, clusters, what runs in them, instances, principals.
// Value types; reading YAML is world_file.h, building it is world.h.
#pragma once

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/ids.h"
#include "model/labels.h"
#include "simulator/kube/faults/fault_json.h"
#include "simulator/pods/fault.h"
#include "simulator/yaml/problems.h"

namespace plumbline::world {

using kube::ApiFault;
using kube::FaultKind;

struct VpcSpec {
  VpcId name;
  RegionId region;
  std::string cidr = "10.0.0.0/16";
};

struct NodeSpec {
  std::string name;
  Labels labels;
};

/// One Kubernetes object as its author wrote it.
struct Manifest {
  nlohmann::json object;  ///< its kind, and its metadata's name, namespace and generateName if given, are text
  yaml::Place place;

  std::string title() const;  ///< "Deployment web"
};

inline constexpr int kNodesDefault = 3;

struct ClusterSpec {
  ClusterId name;
  VpcId vpc;
  std::string pod_cidr = "10.0.16.0/20";
  std::string service_cidr = "10.0.240.0/22";
  bool intranet = true;             ///< intranet access to the API server is switched on
  std::vector<NodeSpec> nodes;      ///< default: nodes_of() gives three nodes without further labels
  std::vector<Manifest> manifests;  ///< applied in this order before the candidate starts
};
/// Nodes without a list of their own: three without further labels.
std::vector<NodeSpec> nodes_of(const ClusterSpec& spec);

enum class InstanceKind { kDedicated, kShared };
struct InstanceSpec {
  InstanceId name;
  InstanceKind kind = InstanceKind::kDedicated;
  RegionId region;
  VpcId vpc;              ///< empty for shared instances
  bool attached = false;  ///< exactly one: the candidate runs there
};

struct PrincipalSpec {
  std::string name;
  std::vector<ClusterId> admin_of;  ///< clusters whose admin role it has
};

struct WorldSpec {
  std::string name;
  std::vector<RegionId> regions;
  std::vector<VpcSpec> vpcs;
  std::vector<ClusterSpec> clusters;
  std::vector<InstanceSpec> instances;
  std::vector<PrincipalSpec> principals;
  /// Addresses outside every VPC: connections to them time out, or are answered "unreachable".
  bool foreign_unreachable = false;
};

}  // namespace plumbline::world
