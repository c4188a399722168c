// Addresses of a cluster's Pods, given out in turn so that one that was given back is used again as late as can be.
// Not thread-safe.
#pragma once

#include <set>
#include <string>

#include "model/error.h"
#include "simulator/network/address.h"

namespace plumbline::world {

class PodAddresses {
 public:
  /// `owner` is for messages.
  PodAddresses(std::string owner, const network::Range& range) : owner_(std::move(owner)), range_(range) {}

  /// One that nobody has; neither the first nor the last of the range. kLimitExceeded when all are taken.
  Result<network::Address> take();
  void give_back(network::Address address) { taken_.erase(address); }

 private:
  std::string owner_;
  network::Range range_;
  std::uint32_t last_ = 0;
  std::set<network::Address> taken_;
};

}  // namespace plumbline::world
