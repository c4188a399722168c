// What happens inside one worker process: a world, a candidate, the steps of one plan, one history.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "conformance/contract/descriptor.h"
#include "conformance/language/plan.h"
#include "wire/contract.h"

namespace plumbline::conformance {

struct WorkerOrder {
  Plan plan;
  Descriptor descriptor;
  std::map<std::string, std::string> interpretations;  ///< the defaults, by name
  std::string programs;                                ///< folder of sibling binaries
  std::uint64_t seed = 1;
  std::optional<wire::HelloResult> introduced =
      std::nullopt;                       ///< what the candidate said of itself in an earlier world
  bool ready_made_clusters = false;       ///< the candidate lacks `cluster-authorization`
  int history_fd = -1;                    ///< opened before isolating
  std::chrono::milliseconds cap{120000};  ///< after so long the plan is cut short
};

/// Where a worker keeps its work files: a file system in memory of its own mount namespace.
inline constexpr const char* kWorkFolder = "/dev/shm/plumbline";

/// Runs the plan and writes the history. Requires to be called in a process made by network::spawn_isolated.
/// Returns 0 when the history has its end record, whatever it says; 4 when it could not be written.
int run_worker(const WorkerOrder& order);

}  // namespace plumbline::conformance
