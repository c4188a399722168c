// The kinds of objects that a simulated cluster serves, as data: adding a kind is adding a row (kind.cc).
// Constant tables; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace plumbline::kube {

/// Position in the registry.
enum class KindId : std::uint8_t {
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
  kRole,
  kClusterRole,
  kRoleBinding,
  kClusterRoleBinding,
};
inline constexpr std::size_t kKindCount = 15;

/// Subresources, as bits of Kind::subresources.
enum Subresource : unsigned {
  kStatusPart = 1,
  kScalePart = 2,
  kProxyPart = 4,
  kTokenPart = 8,
  kLogPart = 16,
};

struct Kind {
  KindId id;
  std::string_view group;  ///< "" is the core group
  std::string_view version;
  std::string_view name;  ///< "Pod"
  std::string_view plural;
  std::string_view singular;
  std::string_view short_name;  ///< "" when it has none
  bool namespaced;
  bool in_all;  ///< member of the category that `kubectl get all` lists
  unsigned subresources;

  /// "v1", "apps/v1".
  std::string api_version() const;
  /// "pods", "deployments.apps": how messages name the resource.
  std::string qualified_plural() const;
};

/// Every kind, in the order of KindId.
std::span<const Kind> kinds();
const Kind& kind_of(KindId id);
/// By URL parts; null when not served.
const Kind* find_kind(std::string_view group, std::string_view version, std::string_view plural);
/// By its name ("Pod"); null when not served.
const Kind* find_kind_named(std::string_view name);

}  // namespace plumbline::kube
