// The fields of one YAML map: each asked for by name and type, leftovers and duplicates reported with a suggestion.
// Part of world_file.h. Thread-compatible.
#pragma once

#include <yaml-cpp/yaml.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "simulator/world/world_file.h"

namespace plumbline::world {

/// Collects problems of one file.
class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}
  void add(const YAML::Mark& mark, std::string text);
  void add(FileProblem problem) { list_.push_back(std::move(problem)); }
  const std::string& file() const { return file_; }
  std::vector<FileProblem> take();

 private:
  std::string file_;
  std::vector<FileProblem> list_;
};

class YamlFields {
 public:
  /// `what` names the map in problems: "a cluster".
  YamlFields(const YAML::Node& map, std::string what, Problems& problems);
  /// Reports fields that nobody asked for.
  ~YamlFields();
  YamlFields(const YamlFields&) = delete;
  YamlFields& operator=(const YamlFields&) = delete;

  /// Undefined when the field is missing, which is a problem when `required`.
  YAML::Node node(const std::string& name, bool required = false);
  /// `fallback` when it is missing or no text.
  std::string text(const std::string& name, const std::string& fallback = "", bool required = false);
  bool flag(const std::string& name, bool fallback);
  std::vector<std::string> texts(const std::string& name, bool required = false);
  /// Elements of a list of maps.
  std::vector<YAML::Node> maps(const std::string& name, bool required = false);
  /// Where the field stands, or the map when it is missing.
  YAML::Mark mark(const std::string& name) const;

 private:
  std::vector<YAML::Node> elements(const std::string& name, bool required, YAML::NodeType::value type,
                                   const char* kind);

  YAML::Node map_;
  std::string what_;
  Problems& problems_;
  std::set<std::string> asked_;
};

}  // namespace plumbline::world
