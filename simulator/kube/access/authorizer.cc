#include "simulator/kube/access/authorizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace plumbline::kube {
namespace {

using Words = std::set<std::string, std::less<>>;

Words words_of(const Value& rule, std::string_view field) {
  Words words;
  for (const Value& word : rule[field]) words.insert(word.string());
  return words;
}

bool covers(const Words& words, std::string_view wanted) { return words.contains("*") || words.contains(wanted); }

// "pods", "*", "*/scale", "pods/*" against "pods/scale".
bool covers_resource(const Words& resources, std::string_view wanted) {
  if (covers(resources, wanted)) return true;
  const std::size_t slash = wanted.find('/');
  if (slash == std::string_view::npos) return false;
  return resources.contains("*" + std::string(wanted.substr(slash)));
}

PolicyRule rule_of(const Value& value) {
  PolicyRule rule;
  rule.verbs = words_of(value, "verbs");
  rule.groups = words_of(value, "apiGroups");
  rule.resources = words_of(value, "resources");
  rule.names = words_of(value, "resourceNames");
  const Words paths = words_of(value, "nonResourceURLs");
  rule.paths.assign(paths.begin(), paths.end());
  return rule;
}

Value cluster_role(std::string_view name, Value rules) {
  return {{"metadata", {{"name", name}, {"labels", {{"kubernetes.io/bootstrapping", "rbac-defaults"}}}}},
          {"rules", std::move(rules)}};
}

Value group_binding(std::string_view name, std::string_view role, const std::vector<std::string>& groups) {
  Value subjects = Value::array();
  for (const std::string& group : groups)
    subjects.push_back(Value{{"kind", "Group"}, {"name", group}, {"apiGroup", "rbac.authorization.k8s.io"}});
  return {{"metadata", {{"name", name}, {"labels", {{"kubernetes.io/bootstrapping", "rbac-defaults"}}}}},
          {"roleRef", {{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "ClusterRole"}, {"name", role}}},
          {"subjects", std::move(subjects)}};
}

}  // namespace

bool PolicyRule::allows(const Attributes& asked) const {
  if (!covers(verbs, asked.verb)) return false;
  if (!asked.resource_request)
    return std::any_of(paths.begin(), paths.end(), [&asked](const std::string& path) {
      return path.ends_with('*')
                 ? std::string_view(asked.path).starts_with(std::string_view(path).substr(0, path.size() - 1))
                 : asked.path == path;
    });
  return covers(groups, asked.group) && covers_resource(resources, asked.resource) &&
         (names.empty() || names.contains(asked.name));
}

bool Authorizer::Binding::concerns(const User& user) const {
  return users.contains(user.name) || std::any_of(user.groups.begin(), user.groups.end(),
                                                  [this](const std::string& group) { return groups.contains(group); });
}

Authorizer::Authorizer(Store& store) : store_(store) {
  for (const KindId kind : {KindId::kRole, KindId::kClusterRole, KindId::kRoleBinding, KindId::kClusterRoleBinding})
    changes_.push_back(store_.subscribe(kind, "", [this](const Event&) { stale_ = true; }));
}

bool Authorizer::allowed(const User& user, const Attributes& asked) {
  if (std::find(user.groups.begin(), user.groups.end(), kMasters) != user.groups.end()) return true;
  if (stale_) rebuild();
  return std::any_of(bindings_.begin(), bindings_.end(), [&](const Binding& binding) {
    // A RoleBinding speaks of resources in its own namespace.
    if (!binding.space.empty() && (!asked.resource_request || binding.space != asked.space)) return false;
    return binding.concerns(user) && std::any_of(binding.rules.begin(), binding.rules.end(),
                                                 [&asked](const PolicyRule& rule) { return rule.allows(asked); });
  });
}

std::vector<PolicyRule> Authorizer::held(const User& user, const std::string& space) {
  if (stale_) rebuild();
  std::vector<PolicyRule> rules;
  if (std::find(user.groups.begin(), user.groups.end(), kMasters) != user.groups.end()) {
    PolicyRule all, paths;
    all.verbs = all.groups = all.resources = paths.verbs = {"*"};
    paths.paths = {"*"};
    return {all, paths};
  }
  for (const Binding& binding : bindings_)
    if ((binding.space.empty() || binding.space == space) && binding.concerns(user))
      rules.insert(rules.end(), binding.rules.begin(), binding.rules.end());
  return rules;
}

Value Authorizer::rules_in(const User& user, const std::string& space) {
  const auto list = [](const auto& words) {
    Value values = Value::array();
    for (const auto& word : words) values.push_back(word);
    return values;
  };
  Value resources = Value::array(), paths = Value::array();
  const auto add = [&](const PolicyRule& rule) {
    if (!rule.resources.empty()) {
      Value entry{{"verbs", list(rule.verbs)}, {"apiGroups", list(rule.groups)}, {"resources", list(rule.resources)}};
      if (!rule.names.empty()) entry["resourceNames"] = list(rule.names);
      resources.push_back(std::move(entry));
    }
    if (!rule.paths.empty()) paths.push_back({{"verbs", list(rule.verbs)}, {"nonResourceURLs", list(rule.paths)}});
  };
  for (const PolicyRule& rule : held(user, space)) add(rule);
  return {{"resourceRules", resources}, {"nonResourceRules", paths}, {"incomplete", false}};
}

std::string Authorizer::refusal(const User& user, const Attributes& asked) {
  if (!asked.resource_request)
    return fmt::format("User \"{}\" cannot {} path \"{}\"", user.name, asked.verb, asked.path);
  return fmt::format(
      "User \"{}\" cannot {} resource \"{}\" in API group \"{}\" {}", user.name, asked.verb, asked.resource,
      asked.group, asked.space.empty() ? "at the cluster scope" : fmt::format("in the namespace \"{}\"", asked.space));
}

std::vector<PolicyRule> Authorizer::rules_of(const Value& role_ref, const std::string& space) const {
  const bool cluster = role_ref["kind"] == "ClusterRole";
  const ObjectPtr role =
      store_.find(cluster ? KindId::kClusterRole : KindId::kRole, cluster ? "" : space, role_ref["name"].text());
  std::vector<PolicyRule> rules;
  if (!role) return rules;
  for (const Value& rule : role->at("rules")) rules.push_back(rule_of(rule));
  return rules;
}

void Authorizer::rebuild() {
  bindings_.clear();
  for (const KindId kind : {KindId::kClusterRoleBinding, KindId::kRoleBinding})
    store_.visit(kind, "", {}, [this](const ObjectPtr& object) {
      Binding binding;
      binding.space = object->space();
      binding.rules = rules_of(object->at("roleRef"), object->space());
      for (const Value& subject : object->at("subjects")) {
        const std::string type = subject["kind"].string(), name = subject["name"].string();
        if (type == "Group")
          binding.groups.insert(name);
        else if (type == "ServiceAccount")
          binding.users.insert(fmt::format("system:serviceaccount:{}:{}", subject["namespace"].text(), name));
        else
          binding.users.insert(name);
      }
      bindings_.push_back(std::move(binding));
    });
  stale_ = false;
}

std::vector<std::pair<KindId, Value>> Authorizer::bootstrap_objects() {
  const Value everything = Value::array(
      {{{"apiGroups", {"*"}}, {"resources", {"*"}}, {"verbs", {"*"}}}, {{"nonResourceURLs", {"*"}}, {"verbs", {"*"}}}});
  const Value reads = Value::array({"get", "list", "watch"});
  const Value workload = Value::array(
      {"pods", "pods/log", "services", "endpoints", "configmaps", "serviceaccounts", "events", "namespaces"});
  const Value apps = Value::array({"deployments", "deployments/scale", "replicasets", "replicasets/scale"});
  const Value view = Value::array({{{"apiGroups", {""}}, {"resources", workload}, {"verbs", reads}},
                                   {{"apiGroups", {"apps"}}, {"resources", apps}, {"verbs", reads}}});
  const Value all_verbs =
      Value::array({"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"});
  Value edited = workload;
  for (const char* more : {"secrets", "pods/proxy", "services/proxy", "pods/status", "services/status"})
    edited.push_back(more);
  const Value edit = Value::array({{{"apiGroups", {""}}, {"resources", edited}, {"verbs", all_verbs}},
                                   {{"apiGroups", {"apps"}}, {"resources", apps}, {"verbs", all_verbs}}});
  const Value public_paths = Value::array({"/healthz", "/livez", "/readyz", "/version", "/version/"});
  const Value discovery_paths = Value::array({"/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi",
                                              "/openapi/*", "/readyz", "/version", "/version/"});
  return {
      {KindId::kClusterRole, cluster_role("cluster-admin", everything)},
      {KindId::kClusterRole, cluster_role("tke:admin", everything)},
      {KindId::kClusterRole, cluster_role("view", view)},
      {KindId::kClusterRole, cluster_role("edit", edit)},
      {KindId::kClusterRole,
       cluster_role("system:discovery", Value::array({{{"nonResourceURLs", discovery_paths}, {"verbs", {"get"}}}}))},
      {KindId::kClusterRole, cluster_role("system:public-info-viewer",
                                          Value::array({{{"nonResourceURLs", public_paths}, {"verbs", {"get"}}}}))},
      {KindId::kClusterRole,
       cluster_role("system:basic-user",
                    Value::array({{{"apiGroups", {"authorization.k8s.io"}},
                                   {"resources", Value::array({"selfsubjectaccessreviews", "selfsubjectrulesreviews"})},
                                   {"verbs", {"create"}}},
                                  {{"apiGroups", {"authentication.k8s.io"}},
                                   {"resources", {"selfsubjectreviews"}},
                                   {"verbs", {"create"}}}}))},
      {KindId::kClusterRoleBinding, group_binding("cluster-admin", "cluster-admin", {std::string(kMasters)})},
      {KindId::kClusterRoleBinding, group_binding("system:discovery", "system:discovery", {"system:authenticated"})},
      {KindId::kClusterRoleBinding, group_binding("system:basic-user", "system:basic-user", {"system:authenticated"})},
      {KindId::kClusterRoleBinding, group_binding("system:public-info-viewer", "system:public-info-viewer",
                                                  {"system:authenticated", "system:unauthenticated"})},
  };
}

}  // namespace plumbline::kube
