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

nlohmann::json to_json(const TroubleOrder& order);
/// Does in `world` what to_json(), here or in record.h, said. kInvalidValue for anything else; the world's errors.
Result<void> carry_out(const nlohmann::json& order, network::Descriptor passed, world::World& world);
/// Hands the order to the world that is meant. kNotFound (no such world, or several and none is named); the world's.
Result<void> make_trouble(const TroubleOrder& order);

}  // namespace plumbline::program
