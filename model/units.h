// Numbers with a meaning. A bare int is a count. Value types.
#pragma once

#include <compare>
#include <cstdint>

namespace plumbline {

/// A TCP port, 1..65535; 0 means "not set".
struct Port {
  std::uint16_t value = 0;
  friend auto operator<=>(const Port&, const Port&) = default;
};

/// The weight that every Pod of a service has in its tunnel, 0..100 (doc: 3.1.1; api: UpstreamNode.Weight).
/// 0 drains the service.
struct Weight {
  int value = 1;
  friend auto operator<=>(const Weight&, const Weight&) = default;
};

inline constexpr int kWeightMax = 100;         ///< api: UpstreamNode.Weight
inline constexpr int kTunnelServicesMax = 20;  ///< doc: Service List, Reminders 1

}  // namespace plumbline
