#include "reference/core/balancing/pick.h"

namespace plumbline::gateway {

const Endpoint* pick_endpoint(Balancer& balancer, std::span<const std::string> tried, std::uint64_t /*connection*/) {
  return balancer.pick(tried);
}

}  // namespace plumbline::gateway
