// `plumbline-sim replay`: a cluster in which a recording happens again. Its API server is on 127.0.0.1 and real in all
// but this: nobody can change anything, and no Pod answers traffic.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "model/verdict.h"

namespace plumbline::program {

struct ReplayOrder {
  std::string file;
  /// 2 is twice as fast as it was; nothing is as fast as can be. At least kube::kSlowest.
  std::optional<double> speed = 1;
  bool when_watched = false;  ///< begins when the first client watches
  bool once = false;          ///< ends when everything was played
  /// Gets CLUSTER.kubeconfig; made when it does not exist.
  std::optional<std::filesystem::path> kubeconfig_dir;
};

/// "10x" as 10, "0.5x" as 0.5, "max" as none. False for anything else, below kube::kSlowest and above a million.
bool parse_speed(const std::string& text, std::optional<double>& speed);

/// Until SIGINT or SIGTERM, or the end of the recording when the order says so: kGood. On stdout, lines of their own:
/// "ready" when clients can connect and all that was there is; "replayed N changes" when the last one was played. What
/// is played, and what goes wrong, on stderr. kUsage: the file is no recording, or the folder cannot be written.
ExitCode replay(const ReplayOrder& order);

}  // namespace plumbline::program
