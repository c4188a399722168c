#include "simulator/kube/openapi/type_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace plumbline::kube {
namespace {

constexpr std::string_view kMeta = "io.k8s.apimachinery.pkg.apis.meta.v1";

// Described once for every group, whichever of its kinds is met first.
constexpr std::string_view kMetaTypes[] = {
    "Condition", "FieldSelectorRequirement", "FieldsV1",   "LabelSelector", "LabelSelectorRequirement",
    "ListMeta",  "ManagedFieldsEntry",       "ObjectMeta", "OwnerReference"};
constexpr std::string_view kCoreTypes[] = {"ObjectReference", "PersistentVolumeClaim", "PersistentVolumeClaimSpec",
                                           "PodTemplateSpec", "TypedLocalObjectReference"};

bool among(std::string_view name, const auto& names) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

/// "com.example" of "example.com".
std::string reversed(std::string_view group) {
  std::string turned;
  while (!group.empty()) {
    const std::size_t dot = group.rfind('.');
    turned.append(turned.empty() ? "" : ".").append(group.substr(dot == std::string_view::npos ? 0 : dot + 1));
    group = dot == std::string_view::npos ? std::string_view() : group.substr(0, dot);
  }
  return turned;
}

std::string package_of(const Kind& kind, const KindVersion& version) {
  if (kind.custom) return fmt::format("{}.{}", reversed(kind.group), version.name);
  if (kind.group == "apiextensions.k8s.io")
    return fmt::format("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.{}", version.name);
  return fmt::format("io.k8s.api.{}.{}", kind.group.empty() ? "core" : kind.group.substr(0, kind.group.find('.')),
                     version.name);
}

}  // namespace

TypeNames::TypeNames(const Registry& registry) {
  const auto reach_all = [&](bool core) {
    for (const Kind* kind : registry.served()) {
      if (kind->custom || kind->group.empty() != core) continue;
      for (const KindVersion& version : kind->versions) reach(version.type, package_of(*kind, version));
    }
  };
  reach_all(true);
  reach_all(false);
}

void TypeNames::reach(const Type* type, const std::string& package) {
  if (type == nullptr || names_.contains(type)) return;
  if (type->form == Type::Form::kObject && !type->name.empty()) {
    const std::string_view home = among(type->name, kMetaTypes)   ? kMeta
                                  : among(type->name, kCoreTypes) ? std::string_view("io.k8s.api.core.v1")
                                                                  : std::string_view(package);
    names_.emplace(type, fmt::format("{}.{}", home, type->name));
    for (const Field& field : type->fields) reach(field.type, std::string(home == kMeta ? kMeta : package));
    return;
  }
  if (type->element != nullptr) reach(type->element, package);
}

const std::string& TypeNames::of(const Type& type) const {
  static const std::string kNone;
  const auto found = names_.find(&type);
  return found == names_.end() ? kNone : found->second;
}

std::string TypeNames::of(const Kind& kind, const KindVersion& version) const {
  return fmt::format("{}.{}", package_of(kind, version), kind.name);
}

std::string TypeNames::list_of(const Kind& kind, const KindVersion& version) const {
  return fmt::format("{}.{}", package_of(kind, version), kind.list_name);
}

}  // namespace plumbline::kube
