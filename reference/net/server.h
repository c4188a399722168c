// The data plane: listens, speaks HTTP/1.1 with users and Pods, carries out what the Dispatcher decides.
// Decides nothing about which API or Pod. Owns one thread a worker; updates are posted to each worker's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "model/error.h"
#include "reference/core/routing/dispatcher.h"

namespace plumbline::gateway {

class RequestShaping;

/// Named limits and times of the data plane; each has a test at the limit and one past it.
struct ServerOptions {
  std::string address = "0.0.0.0";
  std::uint16_t port = 80;  ///< 0 picks a free one (tests)
  unsigned workers = 1;
  std::uint64_t seed = 1;
  std::size_t head_bytes_max = std::size_t{64} * 1024;
  std::chrono::milliseconds connect_timeout{250};
  std::chrono::milliseconds head_timeout{10000};  ///< from the first byte of a request to the end of its head
  std::chrono::milliseconds idle_timeout{60000};
  std::size_t pooled_connections_max = 64;  ///< idle, per Pod and worker
  std::chrono::milliseconds pooled_idle_timeout{30000};
  const RequestShaping* shaping = nullptr;  ///< mutants only (request_shaping.h); must outlive the server
};

class Server {
 public:
  explicit Server(const ServerOptions& options);
  ~Server();  ///< stops and joins

  /// kUnavailable when the address cannot be bound.
  Result<void> start();
  std::uint16_t port() const;
  /// Runs `change` on every worker's thread with its Dispatcher, in the order of the calls. Thread-safe.
  /// Pooled connections to endpoints that are no longer nodes of any tunnel are closed.
  void update(const std::function<void(Dispatcher&)>& change);
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace plumbline::gateway
