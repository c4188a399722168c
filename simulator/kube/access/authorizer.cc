#include "simulator/kube/access/authorizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace plumbline::kube {
namespace {

using Words = std::set<std::string, std::less<>>;

Words words_of(const Json& rule, const char* field) {
  Words words;
  const Json& list = at(rule, field);
  if (list.is_array())
    for (const Json& word : list)
      if (word.is_string()) words.insert(word.get<std::string>());
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

PolicyRule rule_of(const Json& json) {
  PolicyRule rule;
  rule.verbs = words_of(json, "verbs");
  rule.groups = words_of(json, "apiGroups");
  rule.resources = words_of(json, "resources");
  rule.names = words_of(json, "resourceNames");
  const Words paths = words_of(json, "nonResourceURLs");
  rule.paths.assign(paths.begin(), paths.end());
  return rule;
}

Json cluster_role(std::string_view name, Json rules) {
  return {{"metadata", {{"name", name}, {"labels", {{"kubernetes.io/bootstrapping", "rbac-defaults"}}}}},
          {"rules", std::move(rules)}};
}

Json group_binding(std::string_view name, std::string_view role, const std::vector<std::string>& groups) {
  Json subjects = Json::array();
  for (const std::string& group : groups)
    subjects.push_back({{"kind", "Group"}, {"name", group}, {"apiGroup", "rbac.authorization.k8s.io"}});
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

std::string Authorizer::refusal(const User& user, const Attributes& asked) {
  if (!asked.resource_request)
    return fmt::format("User \"{}\" cannot {} path \"{}\"", user.name, asked.verb, asked.path);
  return fmt::format(
      "User \"{}\" cannot {} resource \"{}\" in API group \"{}\" {}", user.name, asked.verb, asked.resource,
      asked.group, asked.space.empty() ? "at the cluster scope" : fmt::format("in the namespace \"{}\"", asked.space));
}

std::vector<PolicyRule> Authorizer::rules_of(const Json& role_ref, const std::string& space) const {
  const bool cluster = at(role_ref, "kind") == "ClusterRole";
  const ObjectPtr role =
      store_.find(cluster ? KindId::kClusterRole : KindId::kRole, cluster ? "" : space, text_at(role_ref, "name"));
  std::vector<PolicyRule> rules;
  if (!role) return rules;
  const Json& listed = at(role->json(), "rules");
  if (listed.is_array())
    for (const Json& rule : listed) rules.push_back(rule_of(rule));
  return rules;
}

void Authorizer::rebuild() {
  bindings_.clear();
  for (const KindId kind : {KindId::kClusterRoleBinding, KindId::kRoleBinding})
    store_.visit(kind, "", {}, [this](const ObjectPtr& object) {
      Binding binding;
      binding.space = object->space();
      binding.rules = rules_of(at(object->json(), "roleRef"), object->space());
      const Json& subjects = at(object->json(), "subjects");
      if (!subjects.is_array()) return;
      for (const Json& subject : subjects) {
        const std::string type = text_at(subject, "kind"), name = text_at(subject, "name");
        if (type == "Group")
          binding.groups.insert(name);
        else if (type == "ServiceAccount")
          binding.users.insert(fmt::format("system:serviceaccount:{}:{}", text_at(subject, "namespace"), name));
        else
          binding.users.insert(name);
      }
      bindings_.push_back(std::move(binding));
    });
  stale_ = false;
}

std::vector<std::pair<KindId, Json>> Authorizer::bootstrap_objects() {
  const Json everything = Json::array(
      {{{"apiGroups", {"*"}}, {"resources", {"*"}}, {"verbs", {"*"}}}, {{"nonResourceURLs", {"*"}}, {"verbs", {"*"}}}});
  const Json reads = Json::array({"get", "list", "watch"});
  const Json workload = Json::array(
      {"pods", "pods/log", "services", "endpoints", "configmaps", "serviceaccounts", "events", "namespaces"});
  const Json apps = Json::array({"deployments", "deployments/scale", "replicasets", "replicasets/scale"});
  const Json view = Json::array({{{"apiGroups", {""}}, {"resources", workload}, {"verbs", reads}},
                                 {{"apiGroups", {"apps"}}, {"resources", apps}, {"verbs", reads}}});
  const Json all_verbs =
      Json::array({"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"});
  Json edited = workload;
  for (const char* more : {"secrets", "pods/proxy", "services/proxy", "pods/status", "services/status"})
    edited.push_back(more);
  const Json edit = Json::array({{{"apiGroups", {""}}, {"resources", edited}, {"verbs", all_verbs}},
                                 {{"apiGroups", {"apps"}}, {"resources", apps}, {"verbs", all_verbs}}});
  const Json public_paths = Json::array({"/healthz", "/livez", "/readyz", "/version", "/version/"});
  const Json discovery_paths = Json::array({"/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi",
                                            "/openapi/*", "/readyz", "/version", "/version/"});
  return {
      {KindId::kClusterRole, cluster_role("cluster-admin", everything)},
      {KindId::kClusterRole, cluster_role("tke:admin", everything)},
      {KindId::kClusterRole, cluster_role("view", view)},
      {KindId::kClusterRole, cluster_role("edit", edit)},
      {KindId::kClusterRole,
       cluster_role("system:discovery", Json::array({{{"nonResourceURLs", discovery_paths}, {"verbs", {"get"}}}}))},
      {KindId::kClusterRole, cluster_role("system:public-info-viewer",
                                          Json::array({{{"nonResourceURLs", public_paths}, {"verbs", {"get"}}}}))},
      {KindId::kClusterRole,
       cluster_role("system:basic-user", Json::array({{{"apiGroups", {"authorization.k8s.io"}},
                                                       {"resources", {"selfsubjectaccessreviews"}},
                                                       {"verbs", {"create"}}}}))},
      {KindId::kClusterRoleBinding, group_binding("cluster-admin", "cluster-admin", {std::string(kMasters)})},
      {KindId::kClusterRoleBinding, group_binding("system:discovery", "system:discovery", {"system:authenticated"})},
      {KindId::kClusterRoleBinding, group_binding("system:basic-user", "system:basic-user", {"system:authenticated"})},
      {KindId::kClusterRoleBinding, group_binding("system:public-info-viewer", "system:public-info-viewer",
                                                  {"system:authenticated", "system:unauthenticated"})},
  };
}

}  // namespace plumbline::kube
