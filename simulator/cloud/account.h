// What one cloud account has: regions, VPCs, clusters, and the principals who may ask. Value types; no I/O.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/ids.h"

namespace plumbline::cloud {

struct Principal {
  std::string name;
  std::string secret_id;
  std::string secret_key;
};

struct Vpc {
  VpcId id;
  RegionId region;
  std::string cidr;
};

struct Cluster {
  ClusterId id;
  RegionId region;
  VpcId vpc;
  std::string pod_cidr;
  std::string service_cidr;
  int nodes = 0;
  std::function<bool()> intranet = [] { return true; };  ///< intranet access is switched on
  std::string api_server;                                ///< address of the intranet access
  /// The principal's own kubeconfig for the intranet access; its rights in the cluster are its roles there.
  std::function<std::string(const Principal&)> kubeconfig;
};

struct Account {
  std::vector<RegionId> regions;
  std::vector<Vpc> vpcs;
  std::vector<Cluster> clusters;
  std::vector<Principal> principals;
};

}  // namespace plumbline::cloud
