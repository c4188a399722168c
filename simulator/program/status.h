// `plumbline-sim status`: which worlds are up, what is in them, and what is wrong with them on purpose.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "model/verdict.h"

namespace plumbline::program {

struct StatusOrder {
  std::optional<std::string> world;  ///< all that are up when not given
  bool json = false;
};

/// A line for a cluster, and one for each fault that lasts, as it is typed; of what World::status() says.
std::string status_text(const nlohmann::json& status);
/// A fault of it as the words that make it: "fault cls-1 refuse --code 503".
std::string fault_text(const std::string& cluster, const nlohmann::json& fault);
/// Prints it to standard output. kUsage when no such world is up.
ExitCode show_status(const StatusOrder& order);

}  // namespace plumbline::program
