#include "conformance/language/expectation_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/checks/nouns.h"
#include "model/error.h"
#include "simulator/yaml/units.h"

namespace plumbline::conformance {

std::vector<std::string> refusal_reasons() {
  std::vector<std::string> names;
  for (int value = 0; value <= static_cast<int>(Reason::kUnsupported); ++value) {
    names.emplace_back(to_string(static_cast<Reason>(value)));
  }
  return names;
}

namespace {

using nlohmann::json;

bool is_status(const std::string& text) {
  return text.size() == 3 && text[0] >= '1' && text[0] <= '5' &&
         (text.substr(1) == "xx" || (text[1] >= '0' && text[1] <= '9' && text[2] >= '0' && text[2] <= '9'));
}

constexpr std::string_view kOfCluster = "cluster ";

/// Where connections must not go; see the noun noConnections.
bool is_target(const std::string& text, const std::vector<std::string>& clusters) {
  static const std::vector<std::string> kWords{"traps", "foreign", "kubernetes-nodes", "pods"};
  if (std::find(kWords.begin(), kWords.end(), text) != kWords.end()) return true;
  if (text.starts_with(kOfCluster)) {
    return std::find(clusters.begin(), clusters.end(), text.substr(kOfCluster.size())) != clusters.end();
  }
  if (!text.starts_with(kEveryPodOf)) return false;
  const auto service = parse_object_name(text.substr(kEveryPodOf.size()));
  return service && std::find(clusters.begin(), clusters.end(), service->cluster.str()) != clusters.end();
}

class ArgumentReader {
 public:
  ArgumentReader(yaml::Fields& fields, const StepReader& steps) : fields_(fields), steps_(steps) {}

  void read(const Argument& argument, json& into) {
    const std::string name(argument.name);
    const yaml::Value* value = fields_.find(name, argument.required);
    if (value == nullptr) {
      if (argument.kind == ArgumentKind::kChoice) into[name] = std::string(argument.choices.front());
      return;
    }
    if (value->is_list() && value->items.empty() && argument.kind != ArgumentKind::kTunnels)
      return fields_.problem(value, fmt::format("'{}' names at least one", name));
    switch (argument.kind) {
      case ArgumentKind::kOutcome:
        into[name] = known(name, steps_.outcomes(), "step that asks the candidate", steps_.missing().steps);
        break;
      case ArgumentKind::kOutcomes:
        into[name] = all_known(name, steps_.outcomes(), "step that asks the candidate", steps_.missing().steps);
        break;
      case ArgumentKind::kWindow:
        into[name] = known(name, steps_.windows(), "window", steps_.missing().steps);
        if (const auto& on = steps_.going_on(); std::find(on.begin(), on.end(), value->text) != on.end())
          fields_.problem(value, fmt::format("'{}' goes on in the background and no step stops it: what is seen of it "
                                             "would depend on the moment",
                                             value->text));
        break;
      case ArgumentKind::kStep:
        into[name] = known(name, steps_.all(), "step", steps_.missing().steps);
        break;
      case ArgumentKind::kTunnel:
        into[name] = known(name, steps_.tunnels(), "tunnel", steps_.missing().steps);
        break;
      case ArgumentKind::kTunnels:
        into[name] = all_known(name, steps_.tunnels(), "tunnel", steps_.missing().steps);
        break;
      case ArgumentKind::kCluster:
        into[name] = known(name, steps_.clusters(), "cluster", steps_.missing().world);
        break;
      case ArgumentKind::kClusters:
        into[name] = all_known(name, steps_.clusters(), "cluster", steps_.missing().world);
        break;
      case ArgumentKind::kReasons:
        into[name] = all_known(name, refusal_reasons(), "reason", false);
        break;
      case ArgumentKind::kTargets:
        targets(name, into);
        break;
      case ArgumentKind::kText:
        into[name] = fields_.text(name);
        break;
      case ArgumentKind::kTexts:
        into[name] = argument.choices.empty()
                         ? fields_.texts(name)
                         : all_known(name, {argument.choices.begin(), argument.choices.end()}, "field", false);
        break;
      case ArgumentKind::kChoice:
        into[name] = fields_.choice(name, {argument.choices.begin(), argument.choices.end()});
        break;
      case ArgumentKind::kPercent:
        percent(name, into);
        break;
      case ArgumentKind::kWithin:
        within(name, into);
        break;
      case ArgumentKind::kStatuses:
        statuses(name, into);
        break;
      case ArgumentKind::kFlag:
        into[name] = fields_.flag(name);
        break;
    }
    check_verb(argument, *value);
  }

 private:
  /// A step of the right kind may still be of a verb that the noun cannot judge.
  void check_verb(const Argument& argument, const yaml::Value& value) {
    if (argument.of.empty() || !value.is_scalar()) return;
    const auto names = argument.kind == ArgumentKind::kOutcome  ? steps_.outcomes()
                       : argument.kind == ArgumentKind::kWindow ? steps_.windows()
                                                                : steps_.all();
    if (std::find(names.begin(), names.end(), value.text) == names.end()) return;
    if (const std::string verb = steps_.verb_of(value.text); !verb.empty() && verb != argument.of)
      fields_.problem(
          &value, fmt::format("'{}' is of '{}', and {} is about '{}'", value.text, verb, fields_.what(), argument.of));
  }
  std::string known(const std::string& name, const std::vector<std::string>& names, const std::string& what,
                    bool may_be_missing) {
    const yaml::Value* value = fields_.find_scalar(name);
    if (value == nullptr) return "";
    check(*value, value->text, names, what, may_be_missing);
    return value->text;
  }
  std::vector<std::string> all_known(const std::string& name, const std::vector<std::string>& names,
                                     const std::string& what, bool may_be_missing) {
    auto words = fields_.texts(name);
    for (const auto& word : words) check(place_of(name, word), word, names, what, may_be_missing);
    return words;
  }
  const yaml::Value& place_of(const std::string& name, const std::string& word) {
    const yaml::Value* value = fields_.find(name);
    for (const yaml::Value& item : value->items) {
      if (item.text == word) return item;
    }
    return *value;
  }
  void check(const yaml::Value& at, const std::string& word, const std::vector<std::string>& names,
             const std::string& what, bool may_be_missing) {
    const auto among = [&](const std::vector<std::string>& list) {
      return std::find(list.begin(), list.end(), word) != list.end();
    };
    if (may_be_missing || among(names) || among(steps_.unreadable())) return;
    const bool is_other = among(steps_.all());
    const std::string text =
        is_other ? fmt::format("step '{}' is no {}", word, what) : fmt::format("there is no {} '{}'", what, word);
    fields_.problem(&at, text + suggestion(word, names));
  }
  void targets(const std::string& name, json& into) {
    into[name] = fields_.texts(name);
    for (const auto& word : fields_.texts(name)) {
      const bool names_something = word.find(' ') != std::string::npos;
      if ((names_something && steps_.missing().world) || is_target(word, steps_.clusters())) continue;
      const auto service =
          word.starts_with(kEveryPodOf) ? parse_object_name(word.substr(kEveryPodOf.size())) : std::nullopt;
      if (service || word.starts_with(kOfCluster)) {
        const std::string cluster = service ? service->cluster.str() : word.substr(kOfCluster.size());
        fields_.problem(&place_of(name, word), fmt::format("this world has no cluster '{}'{}", cluster,
                                                           suggestion(cluster, steps_.clusters())));
        continue;
      }
      fields_.problem(&place_of(name, word),
                      fmt::format("'{}' is nowhere that connections go to{}", word,
                                  suggestion(word, {"traps", "foreign", "kubernetes-nodes", "pods", "cluster NAME",
                                                    "every-pod of CLUSTER/NAMESPACE/SERVICE"})));
    }
  }
  void percent(const std::string& name, json& into) {
    const yaml::Value* value = fields_.find_scalar(name);
    if (value == nullptr) return;
    const auto share = yaml::percent_of(value->text);
    if (!share || *share <= 0) {
      return fields_.problem(value, fmt::format("'{}' is a share such as 20%; '{}' is none", name, value->text));
    }
    into[name] = *share;
  }
  void within(const std::string& name, json& into) {
    const yaml::Value* value = fields_.find_scalar(name);
    if (value == nullptr) return;
    static const std::vector<std::string> kDeadlines{"propagation", "failover", "control", "start"};
    if (std::find(kDeadlines.begin(), kDeadlines.end(), value->text) != kDeadlines.end()) {
      into[name] = value->text;
    } else if (const auto span = yaml::duration_of(value->text)) {
      into[name] = span->count();
    } else {
      fields_.problem(value, fmt::format("'{}' is a deadline's name or a time such as 2s{}", name,
                                         suggestion(value->text, kDeadlines)));
    }
  }
  void statuses(const std::string& name, json& into) {
    into[name] = fields_.texts(name);
    for (const auto& word : fields_.texts(name)) {
      if (is_status(word)) continue;
      fields_.problem(&place_of(name, word), fmt::format("'{}' is no status; write 200 or 2xx", word));
    }
  }

  yaml::Fields& fields_;
  const StepReader& steps_;
};

}  // namespace

Expectation read_expectation(const yaml::Value& value, const StepReader& steps, yaml::Problems& problems) {
  Expectation expectation;
  expectation.place = value.place;
  expectation.arguments = json::object();
  if (!value.is_map() || value.entries.size() != 1) {
    problems.add(value.place, "an expectation is a map with one noun");
    return expectation;
  }
  const yaml::Entry& entry = value.entries.front();
  const Noun* noun = find_noun(entry.key.text);
  if (noun == nullptr) {
    std::vector<std::string> names;
    for (const Noun& known : nouns()) names.emplace_back(known.name);
    problems.add(entry.key.place,
                 fmt::format("there is no noun '{}'{}", entry.key.text, suggestion(entry.key.text, names)));
    return expectation;
  }
  expectation.noun = noun->name;
  yaml::Value arguments = entry.value;
  if (arguments.is_scalar() && !noun->primary.empty()) {
    yaml::Value map;
    map.kind = yaml::Value::Kind::kMap;
    map.place = arguments.place;
    yaml::Value key = arguments;
    key.text = noun->primary;
    map.entries.push_back({key, arguments});
    arguments = std::move(map);
  }
  yaml::Fields fields(arguments, entry.key.text, problems);
  ArgumentReader reader(fields, steps);
  for (const Argument& argument : noun->arguments) reader.read(argument, expectation.arguments);
  if (noun->name == "refused" && (fields.find("outcome") == nullptr) == (fields.find("anyOf") == nullptr)) {
    fields.problem(nullptr, "refused takes 'outcome' or 'anyOf', one of the two");
  }
  fields.finish();
  return expectation;
}

std::vector<Expectation> read_expectations(const yaml::Value& value, const StepReader& steps, const Register& rules,
                                           yaml::Problems& problems) {
  std::vector<Expectation> expectations;
  if (!value.is_map() || value.entries.empty()) {
    problems.add(value.place,
                 "'expect' is a map of rule ids, each with a list of nouns; a scenario names at least one rule");
    return expectations;
  }
  std::vector<std::string> known;
  for (const Rule& rule : rules.rules()) known.push_back(rule.id.str());
  for (const yaml::Entry& entry : value.entries) {
    const RuleId id(entry.key.text);
    const Rule* rule = rules.find(id);
    if (rule == nullptr) {
      problems.add(entry.key.place,
                   fmt::format("the register has no rule '{}'{}", id.str(), suggestion(id.str(), known)));
    }
    if (!entry.value.is_list() || entry.value.items.empty()) {
      problems.add(entry.value.place, fmt::format("{} takes a list of nouns", id.str()));
      continue;
    }
    for (const yaml::Value& item : entry.value.items) {
      Expectation expectation = read_expectation(item, steps, problems);
      expectation.rule = id;
      if (rule != nullptr) expectation.features = rule->features;
      expectations.push_back(std::move(expectation));
    }
  }
  return expectations;
}

}  // namespace plumbline::conformance
