// The network of one world: a namespace for each VPC, where Pods, API servers and traps listen, and one for each
// dedicated instance, joined to its VPC by a veth. Nothing is forwarded between VPCs; an address that nobody has
// is met with silence, or with "host unreachable": the kernel says so five times at once to one instance, then once a
// second, so that a connect that comes too often learns it by its next SYN. Requires a process with namespaces of its
// own (isolation.h). Not thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/error.h"
#include "model/ids.h"
#include "simulator/network/layout.h"
#include "simulator/network/namespace.h"

namespace plumbline::network {

/// What answers a connection to an address that nobody has.
enum class Foreign { kSilent, kUnreachable };

class Fabric {
 public:
  struct Vpc {
    Layout layout;
    Namespace space;
    std::uint32_t instances = 0;
  };
  struct Instance {
    VpcId vpc;
    Address address;
    std::string link;  ///< interface of the VPC's end
    Namespace space;
  };

  explicit Fabric(Foreign foreign) : foreign_(foreign) {}

  /// `answering`: ranges (Pods, Services) whose every address belongs to the VPC's namespace: a listener there answers,
  /// an address without one refuses. Requires a new name, cidr.prefix <= kVpcPrefixMax. kUnavailable.
  Result<void> add_vpc(const VpcId& name, const Range& cidr, const std::vector<Range>& answering);
  /// Requires a new name and a VPC that exists. kUnavailable.
  Result<void> add_instance(const InstanceId& name, const VpcId& vpc);

  const Vpc& vpc(const VpcId& name) const;                 ///< requires that it exists
  const Instance& instance(const InstanceId& name) const;  ///< requires that it exists
  /// The namespace of VPC or instance `name`; null when there is none.
  const Namespace* find(const std::string& name) const;

  /// Connections from the instance to `address` of the VPC get "host unreachable"; or no longer. kUnavailable.
  Result<void> set_unreachable(const VpcId& vpc, Address address, bool unreachable);

 private:
  Foreign foreign_;
  std::map<VpcId, Vpc> vpcs_;
  std::map<InstanceId, Instance> instances_;
};

}  // namespace plumbline::network
