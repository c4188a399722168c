// One request of a user on a connection of its own, sent and awaited on the calling thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "conformance/runner/users.h"
#include "simulator/clients/user_socket.h"

namespace plumbline::conformance {

/// Sends from inside a network namespace without staying there. Thread-compatible.
class Prober {
 public:
  /// `network_namespace` is owned by someone who outlives it; -1 for the current one.
  Prober(int network_namespace, std::function<std::int64_t()> now_us);

  /// Waits for the whole response, at most `deadline`. `error` of the result as in wire::ClientResult.
  wire::ClientResult probe(const wire::RequestId& id, const Destination& to, const std::string& method,
                           const std::string& target, Duration deadline) const;

 private:
  clients::UserSocket connect(const Destination& to, int& error) const;

  int network_namespace_;
  clients::UserSocket home_;  ///< the calling thread's own namespace
  std::function<std::int64_t()> now_us_;
};

}  // namespace plumbline::conformance
