#include "conformance/language/step_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/language/library.h"

namespace plumbline::conformance {

/// What the language knows of a verb.
struct VerbTable {
  struct Row {
    Verb verb;
    StepReader::Reader read;
    std::string shorthand;  ///< `verb: word` stands for `verb: {shorthand: word}`
    bool asks = false;      ///< asks the candidate: its name is an outcome
    bool sends = false;     ///< its name is a window
  };

  static const std::vector<Row>& rows() {
    static const std::vector<Row> kRows{
        {{"apply", "kubectl apply of manifests"}, &StepReader::apply, "", false, false},
        {{"authorize", "asks the candidate to authorise a cluster"}, &StepReader::authorize, "cluster", true, false},
        {{"createTunnel", "creates a tunnel"}, &StepReader::create_tunnel, "", true, false},
        {{"delete", "deletes one Kubernetes object"}, &StepReader::delete_object, "", false, false},
        {{"deletePods", "deletes Pods, which may serve on while they terminate"},
         &StepReader::delete_pods,
         "pods",
         false,
         false},
        {{"deleteTunnel", "deletes a tunnel"}, &StepReader::delete_tunnel, "tunnel", true, false},
        {{"describeCluster", "asks for a cluster's state"}, &StepReader::describe_cluster, "cluster", true, false},
        {{"describeTunnel", "asks for a tunnel's definition"}, &StepReader::describe_tunnel, "tunnel", true, false},
        {{"exchange", "sends requests that are recorded in full at all four edges"},
         &StepReader::exchange,
         "",
         false,
         true},
        {{"fault", "makes Pods do something wrong"}, &StepReader::fault, "", false, false},
        {{"faultApi", "makes trouble for the clients of a cluster's API server"},
         &StepReader::fault_api,
         "",
         false,
         false},
        {{"heal", "makes Pods well again"}, &StepReader::heal, "pods", false, false},
        {{"healApi", "ends the trouble of an API server"}, &StepReader::heal_api, "cluster", false, false},
        {{"label", "changes labels of Pods"}, &StepReader::label, "", false, false},
        {{"listTunnels", "asks for all tunnels, or for those with these tags"},
         &StepReader::list_tunnels,
         "",
         true,
         false},
        {{"modifyTunnel", "changes fields of a tunnel"}, &StepReader::modify_tunnel, "", true, false},
        {{"pause", "lets time pass without users"}, &StepReader::pause, "for", false, false},
        {{"publish", "creates an API that uses a tunnel, and releases it"}, &StepReader::publish, "", true, false},
        {{"scale", "changes the size of a Deployment"}, &StepReader::scale, "", false, false},
        {{"send", "sends requests and counts who got them"}, &StepReader::send, "", false, true},
        {{"setNode", "makes a node ready, not ready, or lost"}, &StepReader::set_node, "", false, false},
        {{"settle", "probes until every node has answered on every worker"}, &StepReader::settle, "api", false, false},
        {{"stop", "ends a window that goes on in the background"}, &StepReader::stop, "window", false, false},
        {{"tamper", "puts addresses into a Service's Endpoints by hand"}, &StepReader::tamper, "", false, false},
        {{"unpublish", "takes an API away"}, &StepReader::unpublish, "api", true, false},
    };
    return kRows;
  }
};

std::vector<Verb> verbs() {
  std::vector<Verb> list;
  const world::WorldSpec nowhere;
  yaml::Problems ignored;
  std::vector<std::string> no_files;
  yaml::Value nothing;
  nothing.kind = yaml::Value::Kind::kMap;
  for (const auto& row : VerbTable::rows()) {
    StepReader reader(nowhere, ignored, no_files);
    yaml::Fields fields(nothing, row.verb.name, ignored);
    (reader.*row.read)(fields);
    list.push_back({row.verb.name, row.verb.meaning, row.shorthand, fields.asked()});
  }
  return list;
}

namespace {

bool is_field_of(const std::string& verb, const std::string& field) {
  const auto all = verbs();
  return std::any_of(all.begin(), all.end(), [&](const Verb& one) {
    return one.name == verb && std::find(one.fields.begin(), one.fields.end(), field) != one.fields.end();
  });
}

std::string no_verb(const std::string& word, const std::vector<std::string>& names) {
  const std::string first = word.substr(0, word.find(' '));
  if (first != word && std::find(names.begin(), names.end(), first) != names.end())
    return fmt::format("a colon is missing after '{}'", first);
  return fmt::format("there is no verb '{}'{}", word, suggestion(word, names));
}

}  // namespace

StepReader::StepReader(const world::WorldSpec& world, yaml::Problems& problems, std::vector<std::string>& files)
    : world_(world), problems_(problems), files_(files) {}

std::optional<Step> StepReader::read(const yaml::Value& value) {
  ++number_;
  std::vector<std::string> names;
  for (const auto& row : VerbTable::rows()) names.push_back(row.verb.name);
  if (!value.is_map()) {
    problems_.add(value.place, fmt::format("a step is a map with one verb, not {}", value.kind_name()));
    return std::nullopt;
  }
  bool outdented = false;  ///< the verb's fields stand beside it
  const VerbTable::Row* row = nullptr;
  const yaml::Entry* verb = nullptr;
  Step step;
  step.place = value.place;
  step.as = fmt::format("{}-{}", unnamed_, number_);
  for (const yaml::Entry& entry : value.entries) {
    if (entry.key.text == "as") {
      if (entry.value.is_scalar() && is_name(entry.value.text)) {
        step.as = entry.value.text;
      } else {
        problems_.add(entry.value.place,
                      "'as' takes a name: letters, digits, '-', '_' and '.', the first a letter or digit");
      }
      continue;
    }
    const auto found = std::find_if(VerbTable::rows().begin(), VerbTable::rows().end(),
                                    [&](const auto& candidate) { return candidate.verb.name == entry.key.text; });
    if (found == VerbTable::rows().end()) {
      const bool is_field = verb != nullptr && verb->value.is_null() && is_field_of(verb->key.text, entry.key.text);
      if (is_field && !outdented) {
        problems_.add(entry.key.place, fmt::format("'{0}' is a field of '{1}': indent it further than '{1}'",
                                                   entry.key.text, verb->key.text));
      } else if (!is_field) {
        problems_.add(entry.key.place, no_verb(entry.key.text, names));
      }
      outdented = outdented || is_field;
      verb = verb == nullptr ? &entry : verb;
    } else if (verb != nullptr) {
      problems_.add(entry.key.place, fmt::format("one verb a step; '{}' is the second", entry.key.text));
    } else {
      verb = &entry;
      row = &*found;
    }
  }
  if (verb == nullptr) problems_.add(value.place, fmt::format("a step needs a verb{}", suggestion("", names)));
  if (std::find(all_.begin(), all_.end(), step.as) != all_.end()) {
    problems_.add(value.place, fmt::format("'{}' names a step already", step.as));
  }
  all_.push_back(step.as);
  if (row == nullptr || outdented) {
    unreadable_.push_back(step.as);
    const std::string meant = verb == nullptr ? "" : nearest(verb->key.text, names);
    if (meant == "createTunnel" || meant == "publish") missing_.steps = true;
    return std::nullopt;
  }
  if (row->asks) outcomes_.push_back(step.as);
  if (row->sends) windows_.push_back(step.as);

  yaml::Value expanded = verb->value;
  if (expanded.is_scalar() && !row->shorthand.empty()) {
    yaml::Value map;
    map.kind = yaml::Value::Kind::kMap;
    map.place = expanded.place;
    yaml::Value key = expanded;
    key.text = row->shorthand;
    map.entries.push_back({key, expanded});
    expanded = std::move(map);
  }
  yaml::Fields fields(expanded, row->verb.name, problems_);
  step.verb = row->verb.name;
  verbs_[step.as] = step.verb;
  step.action = (this->*row->read)(fields);
  if (expanded.find("as") != nullptr)
    fields.problem(fields.find("as"), fmt::format("'as' stands beside '{}', not in it", row->verb.name));
  fields.finish();
  if (const auto* window = std::get_if<Send>(&step.action); window != nullptr && window->background) {
    going_on_.push_back(step.as);
  }
  return step;
}

std::string StepReader::verb_of(const std::string& name) const {
  const auto found = verbs_.find(name);
  return found == verbs_.end() ? "" : found->second;
}

void StepReader::own_steps() {
  unnamed_ = "step";
  number_ = 0;
}

std::vector<std::string> StepReader::clusters() const {
  std::vector<std::string> names;
  for (const auto& cluster : world_.clusters) names.push_back(cluster.name.str());
  return names;
}

ObjectName StepReader::object_name(const yaml::Value* value, const std::string& what, bool may_be_pattern) {
  if (value == nullptr) return {};
  const auto parsed = value->is_scalar() ? parse_object_name(value->text) : std::nullopt;
  if (!parsed) {
    problems_.add(value->place, fmt::format("{} is written cluster/namespace/name, not '{}'", what, value->text));
    return {};
  }
  const ObjectName& name = *parsed;
  const auto star = name.name.find('*');
  if (star != std::string::npos && (!may_be_pattern || star + 1 != name.name.size())) {
    problems_.add(value->place,
                  may_be_pattern ? "'*' may only end a name" : fmt::format("{} cannot be a pattern", what));
  }
  const auto known = clusters();
  if (!missing_.world && std::find(known.begin(), known.end(), name.cluster.str()) == known.end()) {
    problems_.add(value->place, fmt::format("this world has no cluster '{}'{}", name.cluster.str(),
                                            suggestion(name.cluster.str(), known)));
  }
  return name;
}

std::string StepReader::known_name(yaml::Fields& fields, const std::string& field,
                                   const std::vector<std::string>& known) {
  const yaml::Value* value = fields.find_scalar(field, true);
  if (value == nullptr) return "";
  const bool may_be_missing = field == "cluster" ? missing_.world : missing_.steps;
  if (!may_be_missing && std::find(known.begin(), known.end(), value->text) == known.end()) {
    problems_.add(value->place,
                  fmt::format("no {} '{}' before this step{}", field, value->text, suggestion(value->text, known)));
  }
  return value->text;
}

void StepReader::needs(const std::string& feature) {
  if (std::find(features_.begin(), features_.end(), feature) == features_.end()) features_.push_back(feature);
}

void StepReader::touches(const std::string& feature) {
  if (std::find(touched_.begin(), touched_.end(), feature) == touched_.end()) touched_.push_back(feature);
}

}  // namespace plumbline::conformance
