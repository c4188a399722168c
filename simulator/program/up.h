// `plumbline-sim up`: keeps a world for people: API servers on 127.0.0.1, kubeconfig files, namespaces to enter.
// Requires a process with one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "model/verdict.h"
#include "simulator/world/spec.h"

namespace plumbline::program {

struct UpOrder {
  world::WorldSpec spec;
  /// Gets CLUSTER.kubeconfig for each cluster and hello.json (what a candidate is told); made when it does not exist.
  std::optional<std::filesystem::path> kubeconfig_dir;
  std::uint64_t seed = 1;
};

/// Runs until SIGINT or SIGTERM, then takes everything away, the files included: kGood. "ready" on stdout, a line of
/// its own, when kubectl and exec work; what there is, and what goes wrong, on stderr. kUsage: such a world is up
/// already, or the folder cannot be written; kOurFailure: the host does not suit.
ExitCode keep_world_up(const UpOrder& order);

}  // namespace plumbline::program
