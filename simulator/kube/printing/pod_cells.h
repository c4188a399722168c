// What `kubectl get pods` says of a Pod. A value type; pure.
#pragma once

#include <string>
#include <string_view>

#include "simulator/kube/value/value.h"

namespace plumbline::kube {

struct PodCells {
  std::string ready;      ///< "1/2": containers that are ready, of all
  std::string status;     ///< "Running", "Terminating", "Init:0/1", "CrashLoopBackOff"
  std::string restarts;   ///< "3", "3 (5m ago)"
  std::string readiness;  ///< of its readiness gates: "0/1", "<none>"
};

/// `now` is "2026-11-23T01:57:52Z".
PodCells pod_cells(const Value& pod, std::string_view now);

}  // namespace plumbline::kube
