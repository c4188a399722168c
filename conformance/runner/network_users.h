// simulator/clients as the users of steps: sockets in the users' namespace, results in the history.
#pragma once

#include <functional>

#include "conformance/runner/users.h"

namespace plumbline::conformance {

class NetworkUsers : public Users {
 public:
  /// `network_namespace`: where users send from; owned by the world. `sink` must be thread-safe and outlive it.
  NetworkUsers(int network_namespace, const std::function<std::int64_t()>& now_us, wire::HistorySink& sink,
               std::uint64_t seed);
  ~NetworkUsers() override;
  Result<std::unique_ptr<Traffic>> start(const TrafficOrder& order) override;
  wire::ClientResult probe(const wire::RequestId& id, const Destination& to, const std::string& method,
                           const std::string& target, Duration deadline) override;
  std::vector<UserExchange> exchange(int window, const Destination& to, const std::vector<ExchangeRequest>& requests,
                                     Duration timeout, int patience, const Cutoff& cut) override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace plumbline::conformance
