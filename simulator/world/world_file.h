// Reads World YAML (apiVersion plumbline/v1, kind World) into a WorldSpec: for `plumbline sim up`, and for scenarios,
// which put their overrides on it first. Every mistake is reported at once, with its place and, for misspelt names, a
// suggestion. Reads files; builds nothing.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "simulator/world/spec.h"
#include "simulator/yaml/value.h"

namespace plumbline::world {

/// The world of a file. To be built only when `problems` got none.
WorldSpec read_world_file(const std::filesystem::path& file, yaml::Problems& problems);

/// The same for a document that yaml::one_document() has looked at. `files` receives the path of each further file that
/// was read: manifests are found relative to the file that names them.
WorldSpec read_world(const yaml::Value& document, yaml::Problems& problems, std::vector<std::string>& files);

/// Kubernetes objects of `list`: each item one object, or the name of a YAML file with any number of them.
std::vector<Manifest> read_manifests(const std::vector<const yaml::Value*>& list, yaml::Problems& problems,
                                     std::vector<std::string>& files);

}  // namespace plumbline::world
