// `plumbline lint`: reads scenarios, worlds, set-ups and descriptors, and says every mistake with its place.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "conformance/checks/nouns.h"
#include "conformance/command_line/candidates.h"
#include "conformance/command_line/commands.h"
#include "conformance/command_line/suite_choice.h"
#include "conformance/contract/descriptor.h"
#include "conformance/language/expectation_reader.h"
#include "conformance/language/scenario.h"
#include "conformance/language/setup.h"
#include "conformance/language/step_reader.h"
#include "conformance/runner/rehearsal.h"
#include "model/counted.h"
#include "model/nearest.h"
#include "model/usage.h"
#include "simulator/world/world_file.h"
#include "simulator/yaml/document.h"

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

/// For editors: {"plans": [plan], "mistakes": [{file, line, column, text}], "more": N}; there are no plans when there
/// are mistakes, line and column are 0 for a file as a whole, `more` is how many mistakes are not told.
json to_json(const std::vector<Plan>& plans, const yaml::Problems& problems) {
  json plan_list = json::array(), list = json::array();
  if (problems.empty())
    for (const Plan& plan : plans) plan_list.push_back(to_json(plan));
  for (const auto& [place, text] : problems.ordered())
    list.push_back({{"file", place.file}, {"line", place.line}, {"column", place.column}, {"text", text}});
  return {{"plans", plan_list}, {"mistakes", list}, {"more", problems.dropped()}};
}

/// Which of the house's kinds `documents` are of, spelling mistakes aside; "" when nobody can tell.
std::string kind_of(const std::vector<yaml::Value>& documents) {
  const yaml::Value* kind = documents.size() == 1 ? documents.front().find("kind") : nullptr;
  return kind == nullptr ? "" : nearest(kind->text, {"Scenario", "World", "Setup", "Candidate"});
}

/// What lint read, and what is wrong with it.
class Linted {
 public:
  Linted(const Register& rules, const InstalledAt& at) : rules_(rules), at_(at) {}

  void read(const std::string& file) {
    yaml::Problems own;
    if (const auto text = yaml::read_yaml_text(file, {file, 0, 0}, own)) read(file, *text, own);
    problems_.merge(own);
  }
  void finish() { check_names(plans_, problems_); }

  const std::vector<Plan>& plans() const { return plans_; }
  const std::vector<std::string>& others() const { return others_; }
  const yaml::Problems& mistakes() const { return problems_; }

 private:
  void read(const std::string& file, const std::string& text, yaml::Problems& own) {
    yaml::Problems ours;
    auto documents = yaml::read_yaml(text, file, ours);
    const std::string kind = kind_of(documents);
    if (kind == "World" || kind == "Setup" || kind == "Candidate") own.merge(ours);
    if (kind == "World") return read_world(file, std::move(documents), own);
    if (kind == "Setup") return read_setup(file, std::move(documents), own);
    if (kind == "Candidate") {
      check_rules(read_descriptor(std::move(documents), file, own), rules_, own);
      others_.push_back(file + ": a candidate");
      return;
    }
    ScenarioOptions options;
    options.library = at_.home / "scenarios";
    for (Plan& plan : read_scenario_text(text, file, rules_, own, options)) {
      rehearse(plan, own);
      plans_.push_back(std::move(plan));
    }
  }
  void read_world(const std::string& file, std::vector<yaml::Value> documents, yaml::Problems& own) {
    std::vector<std::string> files;
    const yaml::Value document = yaml::one_document(std::move(documents), file, "World", own);
    const world::WorldSpec spec = world::read_world(document, own, files);
    if (own.empty()) rehearse(spec, own);
    others_.push_back(fmt::format("{}: a world, {}, {}", file, counted(spec.clusters.size(), "cluster"),
                                  counted(spec.instances.size(), "instance")));
  }
  void read_setup(const std::string& file, std::vector<yaml::Value> documents, yaml::Problems& own) {
    const std::size_t steps = check_setup(std::move(documents), file, own);
    others_.push_back(fmt::format("{}: a set-up, {}", file, counted(steps, "step")));
  }

  const Register& rules_;
  const InstalledAt& at_;
  std::vector<Plan> plans_;
  std::vector<std::string> others_;
  yaml::Problems problems_;
};

}  // namespace

ExitCode lint(const LintOptions& options, const InstalledAt& at) {
  if (options.list) return list_language(options.json);
  if (options.files.empty()) {
    fmt::print(stderr, "{}\n", usage_line("plumbline", "FILE, or --list, is required", "plumbline lint"));
    return ExitCode::kUsage;
  }
  const auto rules = Register::read(at.home / "conformance/rules");
  if (!rules) return fail(ExitCode::kOurFailure, rules.error().text);
  Linted linted(*rules, at);
  for (const std::string& file : options.files) linted.read(file);
  linted.finish();
  const yaml::Problems& mistakes = linted.mistakes();
  const ExitCode code = mistakes.empty() ? ExitCode::kGood : ExitCode::kUsage;
  if (options.json) {
    fmt::print("{}\n", to_json(linted.plans(), mistakes).dump(2, ' ', false, json::error_handler_t::replace));
    return code;
  }
  if (!mistakes.empty()) {
    fmt::print(stderr, "{}", mistakes.text());
    return code;
  }
  for (const Plan& plan : linted.plans()) {
    fmt::print("{}: {}, {}\n", plan.row.empty() ? plan.scenario : plan.scenario + "/" + plan.row,
               counted(plan.steps.size(), "step"), counted(plan.expect.size(), "expectation"));
  }
  for (const std::string& line : linted.others()) fmt::print("{}\n", line);
  std::vector<std::string> counts;
  if (!linted.plans().empty()) counts.push_back(counted(linted.plans().size(), "plan"));
  if (!linted.others().empty()) counts.push_back(counted(linted.others().size(), "other file"));
  fmt::print("{}, no mistakes\n", fmt::join(counts, ", "));
  return ExitCode::kGood;
}

}  // namespace plumbline::conformance
