#include "simulator/world/pod_addresses.h"

#include <fmt/format.h>

namespace plumbline::world {

Result<network::Address> PodAddresses::take() {
  const std::uint32_t usable = range_.size() - 2;  // neither the first nor the last
  for (std::uint32_t tries = 0; tries < usable; ++tries) {
    last_ = last_ % usable + 1;
    if (taken_.insert(range_.at(last_)).second) return range_.at(last_);
  }
  return Error{Reason::kLimitExceeded,
               fmt::format("{}: all {} Pod addresses of {} are taken", owner_, usable, range_.str()), "", owner_};
}

}  // namespace plumbline::world
