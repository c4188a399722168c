#include "conformance/rules/rules.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>

#ifndef PLUMBLINE_SOURCE_DIR
#define PLUMBLINE_SOURCE_DIR "."
#endif

namespace plumbline::conformance {
namespace {

namespace fs = std::filesystem;

/// Reads one file; mistakes are kept with their place.
class RuleFile {
 public:
  RuleFile(std::string file, const std::string& content, std::string& mistakes)
      : file_(std::move(file)), content_(content), mistakes_(mistakes) {}

  YAML::Node root() {
    try {
      return YAML::Load(content_);
    } catch (const YAML::Exception& error) {
      blame(error.mark, error.msg);
      return YAML::Node(YAML::NodeType::Map);
    }
  }
  void blame(const YAML::Mark& mark, const std::string& text) {
    mistakes_ += fmt::format("{}:{}:{}: {}\n", file_, mark.line + 1, mark.column + 1, text);
  }
  std::string text(const YAML::Node& map, const char* name, bool required) {
    const YAML::Node value = map[name];
    if (value && value.IsScalar()) return value.Scalar();
    if (value || required) blame((value ? value : map).Mark(), fmt::format("'{}' must be a word", name));
    return "";
  }
  std::vector<std::string> texts(const YAML::Node& map, const char* name) {
    std::vector<std::string> list;
    const YAML::Node value = map[name];
    if (!value) return list;
    if (!value.IsSequence()) blame(value.Mark(), fmt::format("'{}' must be a list", name));
    for (const auto& item : value) {
      if (item.IsScalar()) {
        list.push_back(item.Scalar());
      } else {
        blame(item.Mark(), fmt::format("'{}' must be a list of words", name));
      }
    }
    return list;
  }
  void only(const YAML::Node& map, const std::set<std::string>& keys) {
    for (const auto& pair : map) {
      const std::string key = pair.first.IsScalar() ? pair.first.Scalar() : "?";
      if (!keys.contains(key)) {
        blame(pair.first.Mark(), fmt::format("unknown field '{}'; known: {}", key, fmt::join(keys, ", ")));
      }
    }
  }
  /// The maps of the list `name` of the file.
  std::vector<YAML::Node> entries(const char* name) {
    const YAML::Node file = root();
    std::vector<YAML::Node> list;
    if (!file.IsMap() || !file[name] || !file[name].IsSequence()) {
      blame(file.Mark(), fmt::format("a map with the list '{}' expected", name));
      return list;
    }
    only(file, {name});
    for (const auto& item : file[name]) {
      if (item.IsMap()) {
        list.push_back(item);
      } else {
        blame(item.Mark(), "a map expected");
      }
    }
    return list;
  }

 private:
  std::string file_;
  const std::string& content_;
  std::string& mistakes_;
};

std::optional<Rule> read_rule(RuleFile& file, const YAML::Node& entry) {
  Rule rule;
  file.only(entry, {"id", "level", "title", "source", "features", "mutants"});
  rule.id = RuleId(file.text(entry, "id", true));
  const std::string level = file.text(entry, "level", true);
  if (const auto parsed = parse_level(level)) {
    rule.level = *parsed;
  } else {
    file.blame(entry.Mark(), fmt::format("level is D, K or E, not '{}'", level));
  }
  rule.title = file.text(entry, "title", true);
  rule.source = file.text(entry, "source", rule.level != Level::kExpected);
  rule.features = file.texts(entry, "features");
  rule.mutants = file.texts(entry, "mutants");
  if (rule.id.empty()) return std::nullopt;
  return rule;
}

}  // namespace

Result<Register> Register::read(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return Error{Reason::kNotFound,
                 fmt::format("rule register {}: no such folder; set PLUMBLINE_HOME to the project's", folder.string()),
                 "", folder.string()};
  }
  std::map<fs::path, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".yaml") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    files[entry.path()] = {std::istreambuf_iterator<char>(in), {}};
    if (!in) {
      return Error{Reason::kNotFound, fmt::format("rule register {}: cannot be read", entry.path().string()), "",
                   folder.string()};
    }
  }
  auto rules = parse(files);
  if (!rules) return Error{Reason::kInvalidValue, rules.error().text, "", folder.string()};
  return rules;
}

Result<Register> Register::parse(const std::map<fs::path, std::string>& files) {
  Register rules;
  std::string mistakes;
  std::set<RuleId> ids;
  for (const auto& [path, content] : files) {
    RuleFile file(path.string(), content, mistakes);
    if (path.filename() == "not-yet.yaml") {
      for (const YAML::Node& entry : file.entries("notYet")) {
        file.only(entry, {"rule", "reason"});
        rules.not_yet_.push_back({RuleId(file.text(entry, "rule", true)), file.text(entry, "reason", true)});
      }
    } else if (path.filename() == "interpretations.yaml") {
      for (const YAML::Node& entry : file.entries("interpretations")) {
        file.only(entry, {"name", "default", "values", "question"});
        rules.interpretations_.push_back({file.text(entry, "name", true), file.text(entry, "default", true),
                                          file.texts(entry, "values"), file.text(entry, "question", true)});
      }
    } else {
      for (const YAML::Node& entry : file.entries("rules")) {
        auto rule = read_rule(file, entry);
        if (!rule) continue;
        if (!ids.insert(rule->id).second)
          file.blame(entry.Mark(), fmt::format("rule {} is there twice", rule->id.str()));
        rules.rules_.push_back(std::move(*rule));
      }
    }
  }
  if (!mistakes.empty()) {
    mistakes.pop_back();
    return Error{Reason::kInvalidValue, mistakes, "", ""};
  }
  return rules;
}

const std::string* Register::why_not_yet(const RuleId& id) const {
  const auto found =
      std::find_if(not_yet_.begin(), not_yet_.end(), [&](const NotYet& entry) { return entry.rule == id; });
  return found == not_yet_.end() ? nullptr : &found->reason;
}

const Rule* Register::find(const RuleId& id) const {
  const auto found = std::find_if(rules_.begin(), rules_.end(), [&](const Rule& rule) { return rule.id == id; });
  return found == rules_.end() ? nullptr : &*found;
}

std::vector<std::string> Register::features() const {
  std::set<std::string> features;
  for (const Rule& rule : rules_) features.insert(rule.features.begin(), rule.features.end());
  return {features.begin(), features.end()};
}

bool matches(const RuleId& id, const std::string& glob) {
  return glob.empty() || ::fnmatch(glob.c_str(), id.str().c_str(), 0) == 0;
}

fs::path home() {
  if (const char* set = std::getenv("PLUMBLINE_HOME"); set != nullptr && *set != '\0') return set;
  return PLUMBLINE_SOURCE_DIR;
}

}  // namespace plumbline::conformance
