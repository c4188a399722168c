#include "simulator/kube/access/escalation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace plumbline::kube {
namespace {

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";

std::vector<std::string> listed(const Value& rule, std::string_view field) {
  std::vector<std::string> words;
  for (const Value& word : rule[field]) words.push_back(word.string());
  return words;
}

/// Each right that the rules give, one verb on one thing, in their order.
std::vector<Attributes> rights_of(const Value& rules) {
  std::vector<Attributes> rights;
  for (const Value& rule : rules) {
    const auto verbs = listed(rule, "verbs");
    auto names = listed(rule, "resourceNames");
    if (names.empty()) names.emplace_back();
    for (const std::string& group : listed(rule, "apiGroups"))
      for (const std::string& resource : listed(rule, "resources"))
        for (const std::string& name : names)
          for (const std::string& verb : verbs) rights.push_back({verb, true, group, resource, "", name, ""});
    for (const std::string& path : listed(rule, "nonResourceURLs"))
      for (const std::string& verb : verbs) rights.push_back({verb, false, "", "", "", "", path});
  }
  return rights;
}

std::string quoted(const std::vector<std::string>& words) {
  std::vector<std::string> each;
  each.reserve(words.size());
  for (const std::string& word : words) each.push_back("\"" + word + "\"");
  return fmt::format("[{}]", fmt::join(each, " "));
}

/// A line each for what is missing, ordered: verbs on one thing are told together, those on paths apart.
std::string told(const std::vector<Attributes>& missing) {
  std::vector<std::pair<Attributes, std::vector<std::string>>> things;
  for (const Attributes& right : missing) {
    Attributes thing = right;
    thing.verb.clear();
    auto found = std::find_if(things.begin(), things.end(), [&](const auto& one) { return one.first == thing; });
    if (found == things.end() || !right.resource_request) found = things.insert(things.end(), {thing, {}});
    found->second.push_back(right.verb);
  }
  std::vector<std::string> lines;
  for (const auto& [thing, verbs] : things) {
    const std::string on = thing.resource_request ? fmt::format("APIGroups:{}, Resources:{}", quoted({thing.group}),
                                                                quoted({thing.resource}))
                                                  : fmt::format("NonResourceURLs:{}", quoted({thing.path}));
    const std::string only = thing.name.empty() ? "" : fmt::format(", ResourceNames:{}", quoted({thing.name}));
    lines.push_back(fmt::format("{{{}{}, Verbs:{}}}", on, only, quoted(verbs)));
  }
  std::sort(lines.begin(), lines.end());
  return fmt::format("{}", fmt::join(lines, "\n"));
}

bool is_role(KindId kind) { return kind == KindId::kRole || kind == KindId::kClusterRole; }

/// Only what garbage collection needs differs: finalizers, owners, who manages fields. What leaves out its uid differs.
bool is_kept(const Object& current, const Value& object) {
  const auto rest = [](Value value) {
    for (const char* field : {"kind", "apiVersion"}) value.erase(field);
    for (const char* field : {"ownerReferences", "finalizers", "managedFields"}) value["metadata"].erase(field);
    return value;
  };
  return rest(current.value()) == rest(object);
}

/// Those of the `rules` that nothing in `held` gives, in their order.
std::vector<Attributes> missing_of(const Value& rules, const std::vector<PolicyRule>& held) {
  std::vector<Attributes> missing = rights_of(rules);
  std::erase_if(missing, [&](const Attributes& right) {
    return std::any_of(held.begin(), held.end(), [&](const PolicyRule& rule) {
      // A right to all objects is more than one to an object without a name.
      const bool narrower = right.resource_request && right.name.empty() && !rule.names.empty();
      return rule.allows(right) && !narrower;
    });
  });
  return missing;
}

bool aggregates(const Value& role) { return !role.at("aggregationRule.clusterRoleSelectors").empty(); }

Value everything() {
  return Value::array(
      {{{"apiGroups", {"*"}}, {"resources", {"*"}}, {"verbs", {"*"}}}, {{"nonResourceURLs", {"*"}}, {"verbs", {"*"}}}});
}

}  // namespace

Outcome<void> check_escalation(Authorizer& authorizer, const Store& store, const User& user, const Kind& kind,
                               std::string_view name, const Value& object, const Object* current) {
  if (current != nullptr && is_kept(*current, object)) return {};
  const bool role = is_role(kind.id);
  const std::string space = object.at("metadata.namespace").string();
  const Value& reference = object["roleRef"];
  const bool of_cluster = role ? kind.id == KindId::kClusterRole : reference["kind"] == "ClusterRole";
  Attributes asked;
  asked.verb = role ? "escalate" : "bind";
  asked.group = kRbac;
  asked.resource = of_cluster ? "clusterroles" : "roles";
  asked.space = space;
  asked.name = role ? std::string(name) : reference["name"].string();
  if (authorizer.allowed(user, asked)) return {};
  Value rules = object["rules"];
  if (!role) {
    const KindId id = of_cluster ? KindId::kClusterRole : KindId::kRole;
    const ObjectPtr bound = store.find(id, of_cluster ? "" : space, asked.name);
    // Real servers name it so.
    if (!bound) return not_found(kind, asked.name);
    rules = bound->at("rules");
  }
  const std::vector<PolicyRule> held = authorizer.held(user, space);
  const std::string_view written = object.at("metadata.name").text();
  if (const auto missing = missing_of(rules, held); !missing.empty()) {
    const std::string why =
        fmt::format("user \"{}\" (groups={}) is attempting to grant RBAC permissions not currently held:\n{}",
                    user.name, quoted(user.groups), told(missing));
    return forbidden(kind, written, why);
  }
  // It can gather anything.
  const bool gathers = role && (aggregates(object) || (current != nullptr && aggregates(current->value())));
  if (gathers && !missing_of(everything(), held).empty())
    return forbidden(kind, written, "must have cluster-admin privileges to use the aggregationRule");
  return {};
}

}  // namespace plumbline::kube
