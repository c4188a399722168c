#include "simulator/world/yaml_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "model/nearest.h"

namespace plumbline::world {
std::string FileProblem::str() const {
  return line == 0 ? fmt::format("{}: {}", file, text) : fmt::format("{}:{}:{}: {}", file, line, column, text);
}

void Problems::add(const YAML::Mark& mark, std::string text) {
  list_.push_back({file_, mark.line + 1, mark.column + 1, std::move(text)});
}

std::vector<FileProblem> Problems::take() {
  std::stable_sort(list_.begin(), list_.end(), [](const FileProblem& a, const FileProblem& b) {
    return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
  });
  return std::move(list_);
}

YamlFields::YamlFields(const YAML::Node& map, std::string what, Problems& problems)
    : map_(map), what_(std::move(what)), problems_(problems) {
  if (!map_.IsMap()) {
    problems_.add(map.Mark(), fmt::format("{} must be a map", what_));
    map_.reset(YAML::Node(YAML::NodeType::Map));
  }
}

YamlFields::~YamlFields() {
  std::set<std::string> seen;
  for (const auto& entry : map_) {
    const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (!seen.insert(name).second) {
      problems_.add(entry.first.Mark(), fmt::format("'{}' is there twice", name));
    } else if (!asked_.contains(name)) {
      problems_.add(entry.first.Mark(), fmt::format("{} has no field '{}'{}", what_, name,
                                                    suggestion(name, {asked_.begin(), asked_.end()})));
    }
  }
}

YAML::Node YamlFields::node(const std::string& name, bool required) {
  asked_.insert(name);
  const YAML::Node& map = map_;
  const YAML::Node found = map[name];
  const bool missing = !found.IsDefined() || found.IsNull();
  if (missing && required) problems_.add(map_.Mark(), fmt::format("{} needs '{}'", what_, name));
  return missing ? YAML::Node(YAML::NodeType::Undefined) : found;
}

YAML::Mark YamlFields::mark(const std::string& name) const {
  const YAML::Node& map = map_;
  const YAML::Node found = map[name];
  return found.IsDefined() ? found.Mark() : map_.Mark();
}

std::string YamlFields::text(const std::string& name, const std::string& fallback, bool required) {
  const YAML::Node found = node(name, required);
  if (!found.IsDefined()) return fallback;
  if (found.IsScalar()) return found.Scalar();
  problems_.add(found.Mark(), fmt::format("'{}' must be a text", name));
  return fallback;
}

bool YamlFields::flag(const std::string& name, bool fallback) {
  const YAML::Node found = node(name);
  if (!found.IsDefined()) return fallback;
  if (found.IsScalar() && found.Scalar() == "true") return true;
  if (found.IsScalar() && found.Scalar() == "false") return false;
  problems_.add(found.Mark(), fmt::format("'{}' must be true or false", name));
  return fallback;
}

std::vector<YAML::Node> YamlFields::elements(const std::string& name, bool required, YAML::NodeType::value type,
                                             const char* kind) {
  const YAML::Node found = node(name, required);
  if (!found.IsDefined()) return {};
  if (!found.IsSequence()) {
    problems_.add(found.Mark(), fmt::format("'{}' must be a list", name));
    return {};
  }
  std::vector<YAML::Node> list;
  for (const YAML::Node& element : found) {
    if (element.Type() == type) {
      list.push_back(element);
    } else {
      problems_.add(element.Mark(), fmt::format("'{}' is a list of {}", name, kind));
    }
  }
  return list;
}

std::vector<std::string> YamlFields::texts(const std::string& name, bool required) {
  std::vector<std::string> list;
  for (const YAML::Node& element : elements(name, required, YAML::NodeType::Scalar, "texts")) {
    list.push_back(element.Scalar());
  }
  return list;
}

std::vector<YAML::Node> YamlFields::maps(const std::string& name, bool required) {
  return elements(name, required, YAML::NodeType::Map, "maps");
}

}  // namespace plumbline::world
