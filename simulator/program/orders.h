// What a world that is up does when a command asks it to: the other side of `fault`, `heal`, `node`, `record`
// and `status`.
#pragma once

#include <nlohmann/json.hpp>

#include "model/error.h"
#include "simulator/network/descriptor.h"
#include "simulator/world/world.h"

namespace plumbline::program {

/// Does in `world` what trouble.h and record.h say as JSON; `passed` is the socket of a recording. The answer to
/// `status` is the world's, as JSON; else "". kInvalidValue for anything else; the world's errors.
Result<std::string> carry_out(const nlohmann::json& order, network::Descriptor passed, world::World& world);

}  // namespace plumbline::program
