// `plumbline lint`: reads scenarios, worlds and set-ups, and says every mistake with its place.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "conformance/checks/nouns.h"
#include "conformance/command_line/commands.h"
#include "conformance/command_line/suite_choice.h"
#include "conformance/contract/descriptor.h"
#include "conformance/language/expectation_reader.h"
#include "conformance/language/setup.h"
#include "conformance/language/step_reader.h"
#include "conformance/runner/rehearsal.h"
#include "model/counted.h"
#include "model/usage.h"
#include "simulator/world/world_file.h"

namespace plumbline::conformance {

using nlohmann::json;

namespace {

/// The language as it is: what scenarios/schema.json has to say, too.
ExitCode list_language(bool as_json) {
  json verb_list = json::array(), noun_list = json::array();
  for (const Verb& verb : verbs()) {
    verb_list.push_back(
        {{"name", verb.name}, {"meaning", verb.meaning}, {"shorthand", verb.shorthand}, {"fields", verb.fields}});
    if (!as_json) fmt::print("verb  {:<22} {}: {}\n", verb.name, verb.meaning, fmt::join(verb.fields, ", "));
  }
  for (const Noun& noun : nouns()) {
    json arguments = json::array();
    std::vector<std::string> names;
    for (const Argument& argument : noun.arguments) {
      arguments.push_back({{"name", argument.name}, {"required", argument.required}, {"choices", argument.choices}});
      names.emplace_back(argument.name);
    }
    noun_list.push_back(
        {{"name", noun.name}, {"meaning", noun.meaning}, {"shorthand", noun.primary}, {"arguments", arguments}});
    if (!as_json) fmt::print("noun  {:<22} {}: {}\n", noun.name, noun.meaning, fmt::join(names, ", "));
  }
  if (as_json) {
    const json all{{"schema", "plumbline.language/v1"},
                   {"verbs", verb_list},
                   {"nouns", noun_list},
                   {"features", contract_features()},
                   {"reasons", refusal_reasons()}};
    fmt::print("{}\n", all.dump(2));
  }
  return ExitCode::kGood;
}

/// The kind that a file says it is of; "" when nobody can tell.
std::string kind_of(const std::string& file) {
  yaml::Problems ignored;
  const auto documents = yaml::read_yaml_file(file, {file, 0, 0}, ignored);
  const yaml::Value* kind = documents.size() == 1 ? documents.front().find("kind") : nullptr;
  return kind == nullptr ? "" : kind->text;
}

/// What a world or a set-up holds, on one line.
std::string world_line(const std::string& file, yaml::Problems& problems) {
  yaml::Problems own;
  const world::WorldSpec spec = world::read_world_file(file, own);
  if (own.empty()) rehearse(spec, own);
  for (const yaml::Problem& problem : own.list()) problems.add(problem.place, problem.text);
  return fmt::format("{}: a world, {}, {}", file, counted(spec.clusters.size(), "cluster"),
                     counted(spec.instances.size(), "instance"));
}
std::string setup_line(const std::string& file, yaml::Problems& problems) {
  return fmt::format("{}: a set-up, {}", file, counted(check_setup(file, problems), "step"));
}

}  // namespace

ExitCode lint(const LintOptions& options, const InstalledAt& at) {
  if (options.list) return list_language(options.json);
  if (options.files.empty()) {
    fmt::print(stderr, "{}\n", usage_line("plumbline", "FILE, or --list, is required", "plumbline lint"));
    return ExitCode::kUsage;
  }
  const auto rules = Register::read(at.home / "conformance/rules");
  if (!rules) return fail(ExitCode::kOurFailure, rules.error().text);
  yaml::Problems problems;
  std::vector<std::string> others;
  std::vector<std::filesystem::path> scenarios;
  for (const std::string& file : options.files) {
    const std::string kind = kind_of(file);
    if (kind == "World") {
      others.push_back(world_line(file, problems));
    } else if (kind == "Setup") {
      others.push_back(setup_line(file, problems));
    } else {
      scenarios.emplace_back(file);
    }
  }
  const auto plans = read_plans(scenarios, *rules, at, problems);
  for (const Plan& plan : plans) rehearse(plan, problems);
  if (!problems.empty()) {
    fmt::print(stderr, "{}", problems.text());
    return ExitCode::kUsage;
  }
  if (options.json) {
    json list = json::array();
    for (const Plan& plan : plans) list.push_back(to_json(plan));
    fmt::print("{}\n", list.dump(2));
    return ExitCode::kGood;
  }
  for (const Plan& plan : plans) {
    fmt::print("{}: {}, {}\n", plan.row.empty() ? plan.scenario : plan.scenario + "/" + plan.row,
               counted(plan.steps.size(), "step"), counted(plan.expect.size(), "expectation"));
  }
  for (const std::string& line : others) fmt::print("{}\n", line);
  fmt::print("{}, no mistakes\n", plans.empty() ? counted(others.size(), "file") : counted(plans.size(), "plan"));
  return ExitCode::kGood;
}

}  // namespace plumbline::conformance
