#include "conformance/language/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>

#include "conformance/checks/nouns.h"
#include "conformance/language/expectation_reader.h"
#include "conformance/language/library.h"
#include "conformance/language/plan_check.h"
#include "conformance/language/setup.h"
#include "conformance/language/step_reader.h"
#include "simulator/world/world_file.h"
#include "simulator/yaml/document.h"
#include "simulator/yaml/fields.h"

namespace plumbline::conformance {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCasesMax = 100;

/// FNV-1a; only to see whether files are the same, not against anyone.
class Fingerprint {
 public:
  void add(const std::string& text) {
    for (const char byte : text) hash_ = (hash_ ^ static_cast<unsigned char>(byte)) * 1099511628211ull;
  }
  void add_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    add(text.str());
  }
  std::string text() const { return fmt::format("{:016x}", hash_); }

 private:
  std::uint64_t hash_ = 14695981039346656037ull;
};

/// Puts the row's values where `$name` is a whole scalar. `$$` at the start stands for one `$`. The names go to `used`.
void substitute(yaml::Value& value, const yaml::Value* row, std::set<std::string>& used, yaml::Problems& problems) {
  if (value.is_scalar() && value.text.size() > 1 && value.text[0] == '$') {
    if (value.text[1] == '$') {
      value.text.erase(0, 1);
      return;
    }
    const std::string name = value.text.substr(1);
    used.insert(name);
    const yaml::Value* replacement = row == nullptr ? nullptr : row->find(name);
    if (replacement == nullptr || name == "name") {
      std::vector<std::string> known;
      if (row != nullptr) {
        for (const yaml::Entry& entry : row->entries) {
          if (entry.key.text != "name") known.push_back(entry.key.text);
        }
      }
      problems.add_and_close(value.place, fmt::format("no case gives '${}'{}", name, suggestion(name, known)));
      return;
    }
    value = *replacement;  // with its own place: there it is written, and there it can be mended
    return;
  }
  for (yaml::Value& item : value.items) substitute(item, row, used, problems);
  for (yaml::Entry& entry : value.entries) substitute(entry.value, row, used, problems);
}

constexpr std::string_view kParts[] = {"world", "setup", "cases", "steps", "require", "expect"};  ///< of a spec

class ScenarioReader {
 public:
  ScenarioReader(std::string file, const Register& rules, yaml::Problems& problems, const ScenarioOptions& options)
      : file_(std::move(file)),
        rules_(rules),
        problems_(problems),
        library_(options.library.empty() ? home() / "scenarios" : options.library) {}

  std::vector<Plan> read(const std::string& text) {
    fingerprint_.add(text);
    const yaml::Value document =
        yaml::one_document(yaml::read_yaml(text, file_, problems_), file_, "Scenario", problems_);
    const yaml::Value* metadata = document.find("metadata");
    const yaml::Value* spec = document.find("spec");
    if (metadata == nullptr || spec == nullptr) return {};
    yaml::Fields meta(*metadata, "metadata", problems_);
    name_ = meta.text("name", true);
    if (const yaml::Value* name = meta.find("name"); !name_.empty()) check_name(*name);
    title_ = meta.text("title");
    meta.finish();
    yaml::Fields fields(*spec, "spec", problems_);
    features_ = fields.texts("features");
    check_features(fields);
    for (const std::string_view key : kParts) {
      fields.find(std::string(key), key == "world" || key == "steps" || key == "expect");
    }
    setup_is_misspelt_ = fields.misspelt("setup");
    fields.finish();

    const auto rows = fields.list("cases");
    if (rows.size() > kCasesMax) fields.problem(fields.find("cases"), fmt::format("at most {} cases", kCasesMax));
    std::set<std::string> names;
    std::vector<Plan> plans;
    if (rows.empty()) plans.push_back(plan_of(*spec, nullptr));
    for (const yaml::Value* row : rows) {
      check_row(*row, names);
      plans.push_back(plan_of(*spec, row));
    }
    if (spec->find("steps") != nullptr && spec->find("expect") != nullptr) check_columns(rows);
    if (!problems_.empty()) plans.clear();
    for (Plan& plan : plans) plan.source_hash = fingerprint_.text();
    return plans;
  }

 private:
  void check_features(yaml::Fields& fields) {
    const auto known = rules_.features();
    for (const auto& feature : features_) {
      if (std::find(known.begin(), known.end(), feature) != known.end()) continue;
      fields.problem(fields.find("features"),
                     fmt::format("no rule knows the feature '{}'{}", feature, suggestion(feature, known)));
    }
  }

  /// Files of a run are called after scenarios and their cases.
  void check_name(const yaml::Value& name) {
    if (is_name(name.text)) return;
    problems_.add(name.place,
                  fmt::format("'{}' is no name: letters, digits, '-', '_' and '.' make one, {} at most, and "
                              "a letter or digit begins it",
                              name.text, kNameBytesMax));
  }

  void check_row(const yaml::Value& row, std::set<std::string>& names) {
    const yaml::Value* name = row.find("name");
    if (name == nullptr || !name->is_scalar()) return problems_.add(row.place, "a case is a map with a 'name'");
    check_name(*name);
    if (!names.insert(name->text).second)
      problems_.add(name->place, fmt::format("case '{}' is there twice", name->text));
    for (const yaml::Entry& entry : row.entries) {
      if (!entry.value.is_scalar()) problems_.add(entry.value.place, "a case is flat: words and numbers only");
    }
  }

  /// A column that nothing asks for is a mistake in its name, or was forgotten.
  void check_columns(const std::vector<const yaml::Value*>& rows) {
    std::set<std::string> told;
    for (const yaml::Value* row : rows) {
      if (row->find("name") == nullptr) continue;  // that is told already
      for (const yaml::Entry& entry : row->entries) {
        const std::string& column = entry.key.text;
        if (column == "name" || used_.contains(column) || !told.insert(column).second) continue;
        problems_.add(entry.key.place, fmt::format("nothing in the scenario says '${}'", column));
      }
    }
  }

  Plan plan_of(const yaml::Value& spec, const yaml::Value* row) {
    Plan plan;
    plan.scenario = name_;
    plan.title = title_;
    plan.place = spec.place;
    if (row != nullptr) {
      if (const yaml::Value* name = row->find("name")) plan.row = name->text;
    }
    yaml::Value world_value = part(spec, "world", row);
    const auto world = world_of(world_value);
    const auto setup = setup_steps(spec);
    plan.world = world.value_or(world::WorldSpec());
    StepReader steps(plan.world, problems_, files_);
    steps.miss({.world = !world, .steps = !setup});
    for (const yaml::Value& step : setup.value_or(std::vector<yaml::Value>())) add_step(plan, steps, step);
    steps.own_steps();
    const yaml::Value own_steps = part(spec, "steps", row);
    if (!own_steps.is_list() && !own_steps.is_null()) problems_.add(own_steps.place, "'steps' is a list");
    for (const yaml::Value& step : own_steps.items) add_step(plan, steps, step);
    const yaml::Value require = part(spec, "require", row);
    if (!require.is_list() && !require.is_null()) problems_.add(require.place, "'require' is a list of nouns");
    for (const yaml::Value& item : require.items) plan.require.push_back(read_expectation(item, steps, problems_));
    if (const yaml::Value expect = part(spec, "expect", row); !expect.is_null()) {
      plan.expect = read_expectations(expect, steps, rules_, problems_);
    }
    mark_refusable(plan);
    check_plan(plan, problems_);
    plan.features = features_of(plan, steps);
    plan.touched = steps.touched();
    for (const std::string& file : files_) fingerprint_.add_file(file);
    files_.clear();
    return plan;
  }

  yaml::Value part(const yaml::Value& spec, const std::string& name, const yaml::Value* row) {
    const yaml::Value* found = spec.find(name);
    if (found == nullptr) return {};
    yaml::Value value = *found;
    substitute(value, row, used_, problems_);
    return value;
  }

  void add_step(Plan& plan, StepReader& steps, const yaml::Value& value) {
    if (auto step = steps.read(value)) plan.steps.push_back(std::move(*step));
  }

  /// nullopt when there is none (a problem, unless it is not even asked for).
  std::optional<world::WorldSpec> world_of(const yaml::Value& value) {
    yaml::Value overrides = value;
    const yaml::Value* from = value.find("from");
    if (from == nullptr || !from->is_scalar()) {
      if (!value.is_null())
        problems_.add(value.place, "'world' needs 'from', the name of a file in worlds/, or its path");
      return std::nullopt;
    }
    const Library worlds("worlds", file_, library_);
    const std::string file = worlds.find(from->text);
    if (file.empty()) {
      problems_.add(from->place,
                    fmt::format("there is no world '{}'{}", from->text, suggestion(from->text, worlds.names())));
      return std::nullopt;
    }
    files_.push_back(file);
    const yaml::Value document =
        yaml::one_document(yaml::read_yaml_file(file, from->place, problems_), file, "World", problems_);
    if (document.is_null()) {
      problems_.add(from->place, fmt::format("'{}' is {}, which is no world", from->text, file));
      return std::nullopt;
    }
    std::erase_if(overrides.entries, [](const yaml::Entry& entry) { return entry.key.text == "from"; });
    return world::read_world(yaml::merged(document, yaml::map_of("spec", overrides)), problems_, files_);
  }

  /// nullopt when it is not there, which is a problem.
  std::optional<std::vector<yaml::Value>> setup_steps(const yaml::Value& spec) {
    const yaml::Value* setup = spec.find("setup");
    if (setup == nullptr && setup_is_misspelt_) return std::nullopt;  // which is said already
    if (setup == nullptr || setup->is_null()) return std::vector<yaml::Value>();
    if (!setup->is_scalar()) {
      problems_.add(setup->place, "'setup' is the name of a file in setups/, or its path");
      return std::nullopt;
    }
    const Library setups("setups", file_, library_);
    const std::string file = setups.find(setup->text);
    if (file.empty()) {
      problems_.add(setup->place,
                    fmt::format("there is no set-up '{}'{}", setup->text, suggestion(setup->text, setups.names())));
      return std::nullopt;
    }
    files_.push_back(file);
    auto steps = read_setup(file, setup->place, problems_);
    if (!steps) problems_.add(setup->place, fmt::format("'{}' is {}, which is no set-up", setup->text, file));
    return steps;
  }

  /// A refusal of a step whose outcome an expectation judges does not end the scenario.
  static void mark_refusable(Plan& plan) {
    std::set<std::string> judged, wanted;
    for (const auto* list : {&plan.require, &plan.expect}) {
      for (const Expectation& expectation : *list) {
        const Noun* noun = find_noun(expectation.noun);
        if (noun == nullptr || !noun->judges_outcome) continue;
        std::set<std::string> named;
        if (const auto one = expectation.arguments.find("outcome"); one != expectation.arguments.end())
          named.insert(*one);
        if (const auto some = expectation.arguments.find("anyOf"); some != expectation.arguments.end()) {
          for (const auto& name : *some) named.insert(name.get<std::string>());
        }
        judged.insert(named.begin(), named.end());
        if (noun->wants_refusal) wanted.insert(named.begin(), named.end());
      }
    }
    for (Step& step : plan.steps) {
      step.may_be_refused = judged.contains(step.as);
      step.refusal_is_wanted = wanted.contains(step.as);
    }
  }

  /// The scenario's own, those its steps rely on, and those that every one of its rules needs. Rules that need more are
  /// told apart by the judge.
  std::vector<std::string> features_of(const Plan& plan, const StepReader& steps) const {
    std::set<std::string> needed(features_.begin(), features_.end());
    for (const auto& feature : steps.features()) needed.insert(feature);
    if (!plan.expect.empty()) {
      for (const auto& feature : plan.expect.front().features) {
        const bool everywhere =
            std::all_of(plan.expect.begin(), plan.expect.end(), [&](const Expectation& expectation) {
              return std::find(expectation.features.begin(), expectation.features.end(), feature) !=
                     expectation.features.end();
            });
        if (everywhere) needed.insert(feature);
      }
    }
    return {needed.begin(), needed.end()};
  }

  std::string file_;
  const Register& rules_;
  yaml::Problems& problems_;
  fs::path library_;
  std::string name_, title_;
  std::vector<std::string> features_, files_;
  std::set<std::string> used_;  ///< columns of cases
  bool setup_is_misspelt_ = false;
  Fingerprint fingerprint_;
};

}  // namespace

std::vector<Plan> read_scenario_text(const std::string& text, const std::string& file, const Register& rules,
                                     yaml::Problems& problems, const ScenarioOptions& options) {
  return ScenarioReader(file, rules, problems, options).read(text);
}

std::vector<Plan> read_scenario(const fs::path& file, const Register& rules, yaml::Problems& problems,
                                const ScenarioOptions& options) {
  const auto text = yaml::read_yaml_text(file.string(), {file.string(), 0, 0}, problems);
  return text ? read_scenario_text(*text, file.string(), rules, problems, options) : std::vector<Plan>();
}

std::vector<fs::path> scenario_files(const fs::path& folder) {
  if (!fs::is_directory(folder)) return {folder};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace plumbline::conformance
