// `plumbline-sim exec`: a command inside a world that is up. Requires a process with one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/error.h"

namespace plumbline::program {

struct ExecOrder {
  std::optional<std::string> world;  ///< the only one that is up when not given
  std::string place;                 ///< VPC or dedicated instance
  std::vector<std::string> command;  ///< not empty
};

/// The world that is meant: `wanted`, or else the only one of `up`. kNotFound says which are up and how to choose.
Result<std::string> choose_world(const std::optional<std::string>& wanted, const std::vector<std::string>& up);

/// Runs the command in the network, PID, mount and IPC namespaces of the place, with this process's standard streams,
/// environment and folder; it ends with this process and with the world. SIGTERM is passed on.
/// Returns its exit code; 128 + signal when a signal ended it; 127 when it could not be started.
/// kNotFound (no such world or place, or several worlds are up and none is named), kUnavailable.
Result<int> run_inside(const ExecOrder& order);

}  // namespace plumbline::program
