// Which address of a VPC is what. Every VPC uses the same offsets, so two VPCs with one CIDR have the same addresses.
// Value type; no I/O.
#pragma once

#include <optional>
#include <string_view>

#include "simulator/network/address.h"

namespace plumbline::network {

inline constexpr int kVpcPrefixMax = 16;                           ///< a VPC is a /16 or larger
inline constexpr std::string_view kCloudAddress = "169.254.0.23";  ///< the cloud's endpoint, in every VPC
inline constexpr std::uint16_t kCloudPort = 80;
inline constexpr std::uint16_t kApiServerPort = 443;
inline constexpr std::uint32_t kPlacesMax = 240;  ///< instances, API servers, nodes, balancers of one VPC, each

/// The last four /24 of the VPC's first /16 belong to the simulator.
struct Layout {
  Range cidr;

  /// What Pods and Services may not use: x.y.252.0/22.
  Range reserved() const { return {cidr.at(0xfc00), 22}; }
  /// CLB addresses: x.y.252.n. Requires 1 <= n <= kPlacesMax, as all below.
  Address balancer(std::uint32_t n) const { return cidr.at(0xfc00 + n); }
  /// Kubernetes nodes: x.y.253.n.
  Address node(std::uint32_t n) const { return cidr.at(0xfd00 + n); }
  /// API servers, intranet access: x.y.254.n.
  Address api_server(std::uint32_t n) const { return cidr.at(0xfe00 + n); }
  /// The VPC's end of every instance's link; simulated users send from here: x.y.255.1.
  Address router() const { return cidr.at(0xff01); }
  /// Gateway instances: x.y.255.10 is the first.
  Address instance(std::uint32_t n) const { return cidr.at(0xff09 + n); }
};

}  // namespace plumbline::network
