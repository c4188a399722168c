// What carries out the dispatcher's decisions, as the control side sees it: something that listens and takes updates.
// The front ends hand it changes; net/server.h is the one that there is.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "model/error.h"
#include "reference/core/routing/dispatcher.h"

namespace plumbline::gateway {

class DataPlane {
 public:
  virtual ~DataPlane() = default;
  /// Begins to listen. kUnavailable when the address cannot be bound.
  virtual Result<void> start() = 0;
  /// The port that it listens on; after start().
  virtual std::uint16_t port() const = 0;
  /// Runs `change` with the dispatcher of every worker, in the order of the calls. Thread-safe.
  virtual void update(const std::function<void(Dispatcher&)>& change) = 0;
  virtual void stop() = 0;
};

struct ListenOptions {
  std::string address = "0.0.0.0";
  std::uint16_t port = 80;  ///< 0 picks a free one
  unsigned workers = 1;
  std::uint64_t seed = 1;
};

/// Makes one; called when it is known where to listen.
using MakeDataPlane = std::function<std::unique_ptr<DataPlane>(const ListenOptions&)>;

}  // namespace plumbline::gateway
