// Reads World YAML (apiVersion plumbline/v1, kind World) into a WorldSpec. Every mistake is reported at once, with its
// place and, for misspelt names, a suggestion. Reads files; builds nothing.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "simulator/world/spec.h"

namespace YAML {
class Node;
}

namespace plumbline::world {

/// One mistake in a file; line and column are 1-based, 0 when the file as a whole is meant.
struct FileProblem {
  std::string file;
  int line = 0;
  int column = 0;
  std::string text;
  /// "worlds/x.yaml:3:5: text"
  std::string str() const;
};

struct WorldReading {
  WorldSpec spec;
  std::vector<FileProblem> problems;  ///< in the order of the file; `spec` is usable only when there are none
};

WorldReading read_world_file(const std::filesystem::path& file);
/// `document` is a World as a whole; manifests are found relative to `file`, whose name problems carry.
WorldReading read_world(const YAML::Node& document, const std::filesystem::path& file);

inline constexpr int kManifestDepthMax = 64;
inline constexpr std::size_t kManifestValuesMax = 100'000;  ///< aliases counted as often as they are used

/// A YAML node as JSON, with the scalar types of YAML 1.2's core schema: quoted scalars stay text. Discarded beyond the
/// limits above.
nlohmann::json to_json(const YAML::Node& node);

}  // namespace plumbline::world
