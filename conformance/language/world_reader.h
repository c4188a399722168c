// The `world` of a scenario as a WorldSpec: what the world file says, with the scenario's overrides merged in, every
// mistake at its place.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conformance/language/fields.h"
#include "simulator/world/spec.h"

namespace plumbline::conformance {

/// Reads a world's `spec`. Manifests are maps, or names of files relative to the file that names them.
/// `files` receives the paths of all files that were read, for the plan's hash.
world::WorldSpec read_world(const Value& spec, const std::string& name, Problems& problems,
                            std::vector<std::string>& files);

/// Manifests of `list`: each item a map (one object) or the name of a YAML file with any number of documents.
std::vector<nlohmann::json> read_manifests(const std::vector<const Value*>& list, Problems& problems,
                                           std::vector<std::string>& files);

}  // namespace plumbline::conformance
