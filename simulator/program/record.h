// `plumbline-sim record`: what happens in a cluster of a world that is up, into a file. Requires a process with one
// thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "model/verdict.h"

namespace plumbline::program {

struct RecordOrder {
  std::optional<std::string> world;  ///< the only one that is up when not given
  std::string cluster;
  std::string file;                                ///< "-" is standard output
  std::optional<std::chrono::milliseconds> lasts;  ///< until a signal, or the world's end, when not given
  bool overwrites = false;
};

/// Until SIGINT or SIGTERM, or for as long as the order says: kGood. "recording" on stdout, a line of its own, when it
/// has begun (on stderr when stdout is the file); progress on a terminal's stderr; there, too, what was recorded, and
/// what goes wrong. kUsage: no such world or cluster, or a file that is there or cannot be written; kOurFailure: the
/// recording is cut off, because the world was killed or the file is too slow.
ExitCode record(const RecordOrder& order);

}  // namespace plumbline::program
