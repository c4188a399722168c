// `plumbline-sim fault`, `heal` and `node`: trouble in a world that is up, as an order that the command makes and the
// world carries out.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "model/error.h"
#include "simulator/world/world.h"

namespace plumbline::program {

struct TroubleOrder {
  enum class Verb { kFault, kHeal, kNode };
  Verb verb = Verb::kFault;
  std::optional<std::string> world;  ///< the only one that is up when not given
  std::string cluster;
  world::ApiFault fault;                 ///< of kFault
  std::optional<world::FaultKind> kind;  ///< of kHeal: all when not given
  std::string node, status;              ///< of kNode: "True", "False", "Unknown"
};

/// As orders.h takes it.
nlohmann::json to_json(const TroubleOrder& order);
/// Hands the order to the world that is meant; what that says to it: "" or what it is in place of, or that nothing was
/// wrong. kNotFound (no such world, or several and none is named); the world's.
Result<std::string> make_trouble(const TroubleOrder& order);

}  // namespace plumbline::program
