#include "simulator/kube/store/kind.h"

#include <array>

namespace plumbline::kube {
namespace {

constexpr std::string_view kApps = "apps";
constexpr std::string_view kRbac = "rbac.authorization.k8s.io";

// clang-format off
constexpr std::array<Kind, kKindCount> kKinds{{
  // id                           group  ver.  kind                  plural                 singular              short   ns     all    subresources
  {KindId::kNamespace,          "",    "v1", "Namespace",          "namespaces",          "namespace",          "ns",     false, false, kStatusPart},
  {KindId::kNode,               "",    "v1", "Node",               "nodes",               "node",               "no",     false, false, kStatusPart | kProxyPart},
  {KindId::kPod,                "",    "v1", "Pod",                "pods",                "pod",                "po",     true,  true,  kStatusPart | kProxyPart | kLogPart},
  {KindId::kService,            "",    "v1", "Service",            "services",            "service",            "svc",    true,  true,  kStatusPart | kProxyPart},
  {KindId::kEndpoints,          "",    "v1", "Endpoints",          "endpoints",           "endpoints",          "ep",     true,  false, 0},
  {KindId::kServiceAccount,     "",    "v1", "ServiceAccount",     "serviceaccounts",     "serviceaccount",     "sa",     true,  false, kTokenPart},
  {KindId::kSecret,             "",    "v1", "Secret",             "secrets",             "secret",             "",       true,  false, 0},
  {KindId::kConfigMap,          "",    "v1", "ConfigMap",          "configmaps",          "configmap",          "cm",     true,  false, 0},
  {KindId::kEvent,              "",    "v1", "Event",              "events",              "event",              "ev",     true,  false, 0},
  {KindId::kDeployment,         kApps, "v1", "Deployment",         "deployments",         "deployment",         "deploy", true,  true,  kStatusPart | kScalePart},
  {KindId::kReplicaSet,         kApps, "v1", "ReplicaSet",         "replicasets",         "replicaset",         "rs",     true,  true,  kStatusPart | kScalePart},
  {KindId::kRole,               kRbac, "v1", "Role",               "roles",               "role",               "",       true,  false, 0},
  {KindId::kClusterRole,        kRbac, "v1", "ClusterRole",        "clusterroles",        "clusterrole",        "",       false, false, 0},
  {KindId::kRoleBinding,        kRbac, "v1", "RoleBinding",        "rolebindings",        "rolebinding",        "",       true,  false, 0},
  {KindId::kClusterRoleBinding, kRbac, "v1", "ClusterRoleBinding", "clusterrolebindings", "clusterrolebinding", "",       false, false, 0},
}};
// clang-format on

constexpr bool in_order() {
  for (std::size_t i = 0; i < kKinds.size(); ++i)
    if (static_cast<std::size_t>(kKinds[i].id) != i) return false;
  return true;
}
static_assert(in_order(), "kind_of() indexes the table by KindId");

}  // namespace

std::string Kind::api_version() const {
  return group.empty() ? std::string(version) : std::string(group) + "/" + std::string(version);
}

std::string Kind::qualified_plural() const {
  return group.empty() ? std::string(plural) : std::string(plural) + "." + std::string(group);
}

std::span<const Kind> kinds() { return kKinds; }

const Kind& kind_of(KindId id) { return kKinds[static_cast<std::size_t>(id)]; }

const Kind* find_kind(std::string_view group, std::string_view version, std::string_view plural) {
  for (const Kind& kind : kKinds)
    if (kind.plural == plural && kind.group == group && kind.version == version) return &kind;
  return nullptr;
}

const Kind* find_kind_named(std::string_view name) {
  for (const Kind& kind : kKinds)
    if (kind.name == name) return &kind;
  return nullptr;
}

}  // namespace plumbline::kube
