#include "simulator/world/spec.h"

#include <fmt/format.h>

namespace plumbline::world {

std::string Manifest::title() const {
  return object.value("kind", "?") + " " + object.value("metadata", nlohmann::json::object()).value("name", "?");
}

std::vector<NodeSpec> nodes_of(const ClusterSpec& spec) {
  if (!spec.nodes.empty()) return spec.nodes;
  std::vector<NodeSpec> nodes;
  for (int i = 1; i <= kNodesDefault; ++i) nodes.push_back({fmt::format("node-{}", i), {}});
  return nodes;
}

}  // namespace plumbline::world
