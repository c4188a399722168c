// What types are called in OpenAPI documents: "io.k8s.api.core.v1.PodSpec". Clients find kinds by their group, version
// and kind, but people and generated code know these names.
#pragma once

#include <string>
#include <unordered_map>

#include "simulator/kube/store/kind.h"

namespace plumbline::kube {

class TypeNames {
 public:
  /// Names every type that the served kinds of `registry` are made of. `registry` must outlive this.
  explicit TypeNames(const Registry& registry);

  /// "" for a type that stands nowhere on its own: it is described where it is used.
  const std::string& of(const Type& type) const;
  /// Of the kind itself in this version, and of lists of it.
  std::string of(const Kind& kind, const KindVersion& version) const;
  std::string list_of(const Kind& kind, const KindVersion& version) const;

 private:
  void reach(const Type* type, const std::string& package);
  std::unordered_map<const Type*, std::string> names_;
};

/// Types that stand for scalars with a form of their own.
inline constexpr const char* kTimeName = "io.k8s.apimachinery.pkg.apis.meta.v1.Time";
inline constexpr const char* kMicroTimeName = "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime";
inline constexpr const char* kQuantityName = "io.k8s.apimachinery.pkg.api.resource.Quantity";
inline constexpr const char* kIntOrStringName = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
inline constexpr const char* kListMetaName = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";

}  // namespace plumbline::kube
