// The kinds of objects that a cluster serves: those that every cluster has, as a table, and those that users define.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/schema/type.h"
#include "simulator/kube/value/value.h"

namespace plumbline::kube {

/// Number of a kind in its registry; custom kinds have those from kCustom on, never the same twice.
enum class KindId : std::uint16_t {
  kNamespace,
  kNode,
  kPod,
  kService,
  kEndpoints,
  kServiceAccount,
  kSecret,
  kConfigMap,
  kEvent,
  kDeployment,
  kReplicaSet,
  kStatefulSet,
  kDaemonSet,
  kControllerRevision,
  kEndpointSlice,
  kIngress,
  kIngressClass,
  kRole,
  kClusterRole,
  kRoleBinding,
  kClusterRoleBinding,
  kLease,
  kPodDisruptionBudget,
  kCustomResourceDefinition,
  kCustom,
};
inline constexpr std::size_t kBuiltinKindCount = static_cast<std::size_t>(KindId::kCustom);

/// Subresources, as bits of Kind::subresources.
enum Subresource : unsigned {
  kStatusPart = 1,
  kScalePart = 2,
  kProxyPart = 4,
  kTokenPart = 8,
  kLogPart = 16,
  kEvictionPart = 32,
  kBindingPart = 64,
  kFinalizePart = 128,
  kExecPart = 256,  ///< exec, attach, portforward: refused, in words
};

/// A column that `kubectl get` shows of a custom kind.
struct PrinterColumn {
  std::string name, type, format, description, json_path;
  std::int64_t priority = 0;
};

/// Where the size of something that can be scaled stands.
struct ScalePaths {
  std::string spec_replicas = "spec.replicas";
  std::string status_replicas = "status.replicas";
  std::string selector;  ///< of the selector as text; "" when it has none
};

struct KindVersion {
  std::string name;            ///< "v1"
  const Type* type = nullptr;  ///< of the whole object; null when anything goes
  bool served = true;
  std::string warning;  ///< sent with every answer: the version is deprecated
  std::vector<PrinterColumn> columns;
  std::vector<std::string> selectable_fields;  ///< of custom kinds, beside metadata.name and metadata.namespace
  unsigned subresources = 0;                   ///< what this version has of Kind::subresources
  ScalePaths scale;
};

struct Kind {
  KindId id = KindId::kCustom;
  std::string group;  ///< "" is the core group
  std::string name;   ///< "Pod"
  std::string list_name;
  std::string plural, singular;
  std::vector<std::string> short_names, categories;
  bool namespaced = true;
  bool custom = false;
  unsigned subresources = 0;
  std::size_t stored = 0;  ///< in `versions`: the one in which objects are kept
  std::vector<KindVersion> versions;

  bool has(Subresource part) const { return (subresources & part) != 0; }
  const KindVersion& storage() const { return versions[stored]; }
  /// Null when it is not served in that version.
  const KindVersion* version(std::string_view wanted) const;
  /// "v1", "apps/v1": of the stored version, or of `version`.
  std::string api_version() const { return api_version(storage()); }
  std::string api_version(const KindVersion& version) const;
  /// "pods", "deployments.apps": how messages name the resource.
  std::string qualified_plural() const;
  /// "Pod", "Deployment.apps": how messages name an object that is invalid.
  std::string qualified_name() const;
};

/// "apps" of "apps/v1"; "" of "v1".
inline std::string_view group_of(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
}

/// A kind that is served, in a version that is; without it `problem` says why there is none.
struct Named {
  const Kind* kind = nullptr;
  const KindVersion* version = nullptr;
  std::string problem;
};

/// The kinds of one cluster. A kind's address stays good as long as the registry, even after it was removed.
class Registry {
 public:
  Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  const Kind& kind(KindId id) const { return *kinds_[static_cast<std::size_t>(id)]; }
  /// By the parts of a URL; nullptr when it is not served.
  const Kind* find(std::string_view group, std::string_view version, std::string_view plural) const;
  /// By what manifests say; nullptr when it is not served.
  const Kind* find_named(std::string_view group, std::string_view name) const;
  /// The first of that name in any group, the built-in ones before the custom ones.
  const Kind* find_named(std::string_view name) const;
  /// What the `apiVersion` and `kind` of a manifest name.
  Named named(std::string_view api_version, std::string_view kind) const;
  /// That no kind of this name is served, with a suggestion.
  std::string unserved(std::string_view name) const;
  /// All that are served, in the order of their ids.
  const std::vector<const Kind*>& served() const { return served_; }

  /// Takes a custom kind in; its id is set here. Requires that its group has no other kind of that plural.
  const Kind& add(std::unique_ptr<Kind> kind);
  /// A new description of a custom kind keeps its id; objects keep pointing to the id, not to the description.
  const Kind& replace(KindId id, std::unique_ptr<Kind> kind);
  void remove(KindId id);
  /// Grows when kinds come, change or go: what is derived from the registry may be kept as long as this stays.
  std::uint64_t revision() const { return revision_; }

 private:
  void rebuild();
  std::vector<const Kind*> kinds_;  ///< by id; the latest description
  std::deque<std::unique_ptr<const Kind>> owned_;
  std::vector<bool> removed_;
  std::vector<const Kind*> served_;
  std::uint64_t revision_ = 1;
};

}  // namespace plumbline::kube
