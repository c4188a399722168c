// What the cloud says of places: instances, VPCs, clusters. Value types.
#pragma once

#include <optional>
#include <string>

#include "model/ids.h"

namespace plumbline::gateway {

struct Instance {
  InstanceId id;
  bool dedicated = false;
  RegionId region;
  VpcId vpc;              ///< empty for shared instances
  bool attached = false;  ///< the gateway runs here: only from here it can reach anything
};

struct CloudVpc {
  VpcId id;
  std::string cidr;
};

struct CloudCluster {
  ClusterId id;
  RegionId region;
  VpcId vpc;
  std::string pod_cidr;      ///< empty when Pods have addresses of the VPC itself
  std::string service_cidr;  ///< may be empty
};

}  // namespace plumbline::gateway
