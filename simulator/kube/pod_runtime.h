// What a simulated kubelet needs from the network; implemented by simulator/world.
// Called on the cluster's thread. Implementations may call back into the cluster.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "model/error.h"
#include "simulator/kube/value/value.h"

namespace plumbline::kube {

class PodRuntime {
 public:
  virtual ~PodRuntime() = default;
  /// Gives the Pod an address and starts answering on its container ports; `pod` is the whole object.
  /// Returns the address. The kubelet then reports it Running, and Ready unless the runtime says otherwise later.
  virtual Result<std::string> start(const Value& pod) = 0;
  /// The Pod got a deletionTimestamp: begins its termination (serve on for a while, or stop at once).
  /// Calls `gone` when it has stopped; the kubelet then removes the object. At the latest after the grace period.
  virtual void terminate(const Value& pod, std::chrono::seconds grace, std::function<void()> gone) = 0;
  /// Removed without grace.
  virtual void remove(const Value& pod) = 0;
};

}  // namespace plumbline::kube
