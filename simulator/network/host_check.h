// Whether this host can run a simulated world: each need is tried by doing it, not guessed. For `plumbline doctor`.
// Requires a process with one thread.
#pragma once

#include <string>
#include <vector>

namespace plumbline::network {

struct HostCheck {
  std::string name;  ///< "namespaces", "veth and iproute2" ...
  bool ok = false;
  std::string detail;  ///< what was found, or what failed
  std::string remedy;  ///< what to do about it; empty when ok
};

/// Descriptors that a run needs: Pods listen on one each.
inline constexpr unsigned long kDescriptorsWanted = 20'000;

/// In the order of need; a check that depends on one that failed says so. Leaves nothing behind.
std::vector<HostCheck> check_host();

}  // namespace plumbline::network
