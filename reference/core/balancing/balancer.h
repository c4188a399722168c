// Weighted round robin over the Pods of one tunnel, in two levels: the services by smooth weighted round robin (the
// service with the largest credit is served), the Pods of a service in turn. Every Pod has its service's weight.
// Not thread-safe: one per tunnel and worker. No allocation in pick(). State survives every update: credits are never
// reset, so no sequence of updates makes a light Pod starve.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/units.h"
#include "reference/core/balancing/endpoint.h"

namespace plumbline::gateway {

class Balancer {
 public:
  /// What an update did to the nodes; called once for each endpoint that came or went.
  using Changed = std::function<void(const Endpoint& endpoint, bool added)>;

  /// `worker` < `workers`: worker j starts j/workers of a round later, so that workers do not march in step.
  Balancer(unsigned worker, unsigned workers);

  /// Brings one service to these endpoints and weight. Endpoints that stay keep their place in the round; new ones
  /// are appended; a removed one's place is taken by the last. Keys must differ within the service.
  /// Linear in the endpoints of this service; touches no other service's round.
  void set_service(const ServiceNodes& service, const Changed& changed = {});
  /// Removes the service and gives its credit to the others. No effect when it is not there.
  void drop_service(std::size_t service_index, const Changed& changed = {});
  /// Services that have a round now, empty ones included.
  std::vector<std::size_t> services() const;

  /// The next Pod, or nullptr when no service with a positive weight has one that is not in `tried`.
  /// Bounds (facts: greedy class level): over any n picks without `tried`, a Pod of weight w among a total W gets less
  /// than n*w/W + 1, and never lags by more than 1 + (H_k - 1) for k services.
  /// Valid until the next update.
  const Endpoint* pick(std::span<const std::string> tried = {});

  std::size_t size() const;                 ///< endpoints over all services, also those of weight 0
  const Endpoint& at(std::size_t i) const;  ///< requires i < size(); the order is that of services, then rounds
  std::int64_t credit_total() const;        ///< always 0; for tests

 private:
  struct Round {
    std::size_t service_index = 0;
    std::int64_t weight = 0;
    std::int64_t credit = 0;  ///< lag behind the fair share, in picks times weight_total_ times kUnit
    std::size_t cursor = 0;
    std::vector<Endpoint> slots;
    std::unordered_map<std::string, std::size_t> place;  ///< key to index in slots
    bool exhausted = false;                              ///< scratch of pick()
    std::int64_t total() const { return weight * static_cast<std::int64_t>(slots.size()); }
  };
  /// Credits are kept finer than one pick so that scaling them to a new total loses nothing that matters.
  static constexpr std::int64_t kUnit = std::int64_t{1} << 20;

  Round& round_of(std::size_t service_index);
  void fit(Round& round, const ServiceNodes& service, const Changed& changed);
  void settle();
  void stagger();
  Round* richest();
  const Endpoint* take(Round& round, std::span<const std::string> tried);

  unsigned worker_;
  unsigned workers_;
  std::vector<Round> rounds_;  ///< ordered by service_index
  std::int64_t weight_total_ = 0;
  bool started_ = false;
};

}  // namespace plumbline::gateway
