// A set-up: steps that several scenarios begin with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "simulator/yaml/value.h"

namespace plumbline::conformance {

/// The steps of the set-up in `file`, as they are written. nullopt, and a problem, when there is none; `from` is where
/// it was asked for.
std::optional<std::vector<yaml::Value>> read_setup(const std::string& file, const yaml::Place& from,
                                                   yaml::Problems& problems);

/// The mistakes that a set-up, the documents of `file`, has in every scenario; names of a world's are not among them.
/// How many steps it has.
std::size_t check_setup(std::vector<yaml::Value> documents, const std::string& file, yaml::Problems& problems);

}  // namespace plumbline::conformance
