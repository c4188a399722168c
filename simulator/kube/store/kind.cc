#include "simulator/kube/store/kind.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/check.h"
#include "model/nearest.h"
#include "simulator/kube/schema/builtin.h"

namespace plumbline::kube {
namespace {

struct Row {
  KindId id;
  std::string_view group, name, plural, singular, short_names;
  bool namespaced;
  bool in_all;  ///< `kubectl get all` lists it
  unsigned parts;
};

constexpr std::string_view kApps = "apps";
constexpr std::string_view kRbac = "rbac.authorization.k8s.io";
constexpr std::string_view kNetworking = "networking.k8s.io";

// clang-format off
constexpr Row kRows[] = {
  // id                                 group                   kind                        plural                       singular                    short      ns     all    subresources
  {KindId::kNamespace,                "",                     "Namespace",                "namespaces",                "namespace",                "ns",      false, false, kStatusPart | kFinalizePart},
  {KindId::kNode,                     "",                     "Node",                     "nodes",                     "node",                     "no",      false, false, kStatusPart | kProxyPart},
  {KindId::kPod,                      "",                     "Pod",                      "pods",                      "pod",                      "po",      true,  true,  kStatusPart | kProxyPart | kLogPart | kEvictionPart | kBindingPart | kExecPart},
  {KindId::kService,                  "",                     "Service",                  "services",                  "service",                  "svc",     true,  true,  kStatusPart | kProxyPart},
  {KindId::kEndpoints,                "",                     "Endpoints",                "endpoints",                 "endpoints",                "ep",      true,  false, 0},
  {KindId::kServiceAccount,           "",                     "ServiceAccount",           "serviceaccounts",           "serviceaccount",           "sa",      true,  false, kTokenPart},
  {KindId::kSecret,                   "",                     "Secret",                   "secrets",                   "secret",                   "",        true,  false, 0},
  {KindId::kConfigMap,                "",                     "ConfigMap",                "configmaps",                "configmap",                "cm",      true,  false, 0},
  {KindId::kEvent,                    "",                     "Event",                    "events",                    "event",                    "ev",      true,  false, 0},
  {KindId::kDeployment,               kApps,                  "Deployment",               "deployments",               "deployment",               "deploy",  true,  true,  kStatusPart | kScalePart},
  {KindId::kReplicaSet,               kApps,                  "ReplicaSet",               "replicasets",               "replicaset",               "rs",      true,  true,  kStatusPart | kScalePart},
  {KindId::kStatefulSet,              kApps,                  "StatefulSet",              "statefulsets",              "statefulset",              "sts",     true,  true,  kStatusPart | kScalePart},
  {KindId::kDaemonSet,                kApps,                  "DaemonSet",                "daemonsets",                "daemonset",                "ds",      true,  true,  kStatusPart},
  {KindId::kControllerRevision,       kApps,                  "ControllerRevision",       "controllerrevisions",       "controllerrevision",       "",        true,  false, 0},
  {KindId::kEndpointSlice,            "discovery.k8s.io",     "EndpointSlice",            "endpointslices",            "endpointslice",            "",        true,  false, 0},
  {KindId::kIngress,                  kNetworking,            "Ingress",                  "ingresses",                 "ingress",                  "ing",     true,  false, kStatusPart},
  {KindId::kIngressClass,             kNetworking,            "IngressClass",             "ingressclasses",            "ingressclass",             "",        false, false, 0},
  {KindId::kRole,                     kRbac,                  "Role",                     "roles",                     "role",                     "",        true,  false, 0},
  {KindId::kClusterRole,              kRbac,                  "ClusterRole",              "clusterroles",              "clusterrole",              "",        false, false, 0},
  {KindId::kRoleBinding,              kRbac,                  "RoleBinding",              "rolebindings",              "rolebinding",              "",        true,  false, 0},
  {KindId::kClusterRoleBinding,       kRbac,                  "ClusterRoleBinding",       "clusterrolebindings",       "clusterrolebinding",       "",        false, false, 0},
  {KindId::kLease,                    "coordination.k8s.io",  "Lease",                    "leases",                    "lease",                    "",        true,  false, 0},
  {KindId::kPodDisruptionBudget,      "policy",               "PodDisruptionBudget",      "poddisruptionbudgets",      "poddisruptionbudget",      "pdb",     true,  false, kStatusPart},
  {KindId::kCustomResourceDefinition, "apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions", "customresourcedefinition", "crd,crds", false, false, kStatusPart},
};
// clang-format on
static_assert(std::size(kRows) == kBuiltinKindCount, "a row a kind");

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> list;
  while (!text.empty()) {
    const auto comma = text.find(',');
    list.emplace_back(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return list;
}

Kind kind_of(const Row& row) {
  Kind kind;
  kind.id = row.id;
  kind.group = row.group;
  kind.name = row.name;
  kind.list_name = kind.name + "List";
  kind.plural = row.plural;
  kind.singular = row.singular;
  kind.short_names = words(row.short_names);
  if (row.in_all) kind.categories = {"all"};
  if (row.group == "apiextensions.k8s.io") kind.categories = {"api-extensions"};
  kind.namespaced = row.namespaced;
  kind.subresources = row.parts;
  KindVersion version;
  version.name = "v1";
  version.type = builtin_type(row.name);
  version.subresources = row.parts;
  CHECK(version.type != nullptr, "each built-in kind is described in the schema");
  kind.versions.push_back(std::move(version));
  return kind;
}

/// Built-in kinds are the same in every cluster.
const std::vector<Kind>& builtin_kinds() {
  static const std::vector<Kind> kKinds = [] {
    std::vector<Kind> list;
    for (const Row& row : kRows) {
      CHECK(static_cast<std::size_t>(row.id) == list.size(), "Registry::kind() finds kinds by KindId");
      list.push_back(kind_of(row));
    }
    return list;
  }();
  return kKinds;
}

}  // namespace

const KindVersion* Kind::version(std::string_view wanted) const {
  for (const KindVersion& version : versions)
    if (version.served && version.name == wanted) return &version;
  return nullptr;
}

std::string Kind::api_version(const KindVersion& version) const {
  return group.empty() ? version.name : group + "/" + version.name;
}

std::string Kind::qualified_plural() const { return group.empty() ? plural : plural + "." + group; }

std::string Kind::qualified_name() const { return group.empty() ? name : name + "." + group; }

Registry::Registry() {
  for (const Kind& kind : builtin_kinds()) kinds_.push_back(&kind);
  removed_.resize(kinds_.size());
  rebuild();
}

void Registry::rebuild() {
  ++revision_;
  served_.clear();
  for (std::size_t i = 0; i < kinds_.size(); ++i)
    if (!removed_[i]) served_.push_back(kinds_[i]);
}

const Kind* Registry::find(std::string_view group, std::string_view version, std::string_view plural) const {
  for (const Kind* kind : served_)
    if (kind->plural == plural && kind->group == group && kind->version(version)) return kind;
  return nullptr;
}

const Kind* Registry::find_named(std::string_view group, std::string_view name) const {
  for (const Kind* kind : served_)
    if (kind->name == name && kind->group == group) return kind;
  return nullptr;
}

const Kind* Registry::find_named(std::string_view name) const {
  for (const Kind* kind : served_)
    if (kind->name == name) return kind;
  return nullptr;
}

Named Registry::named(std::string_view api_version, std::string_view name) const {
  const Kind* any = find_named(name);
  if (any == nullptr) return {nullptr, nullptr, unserved(name)};
  if (api_version.empty())
    return {nullptr, nullptr, fmt::format("a {} needs 'apiVersion: {}'", name, any->api_version())};
  const Kind* kind = find_named(group_of(api_version), name);
  const std::string_view number = api_version.substr(api_version.find('/') + 1);
  const KindVersion* version = kind == nullptr ? nullptr : kind->version(number);
  if (version != nullptr) return {kind, version, ""};
  const Kind* there = kind == nullptr ? any : kind;
  return {nullptr, nullptr,
          fmt::format("no kind \"{}\" is served in {}; it is in {}", name, api_version, there->api_version())};
}

std::string Registry::unserved(std::string_view name) const {
  std::vector<std::string> known;
  for (const Kind* kind : served_) known.push_back(kind->name);
  return fmt::format("no kind \"{}\" is served{}", name, suggestion(name, known));
}

const Kind& Registry::add(std::unique_ptr<Kind> kind) {
  CHECK(kinds_.size() < 0xffff, "ids of kinds have sixteen bits");
  kind->id = static_cast<KindId>(kinds_.size());
  kind->custom = true;
  kinds_.push_back(kind.get());
  removed_.push_back(false);
  owned_.push_back(std::move(kind));
  rebuild();
  return *kinds_.back();
}

const Kind& Registry::replace(KindId id, std::unique_ptr<Kind> kind) {
  const auto index = static_cast<std::size_t>(id);
  CHECK(kinds_[index]->custom, "built-in kinds never change");
  kind->id = id;
  kind->custom = true;
  kinds_[index] = kind.get();
  owned_.push_back(std::move(kind));
  rebuild();
  return *kinds_[index];
}

void Registry::remove(KindId id) {
  CHECK(kind(id).custom, "built-in kinds never go");
  removed_[static_cast<std::size_t>(id)] = true;
  rebuild();
}

}  // namespace plumbline::kube
