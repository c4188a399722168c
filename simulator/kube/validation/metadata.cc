#include <fmt/format.h>

#include <algorithm>

#include "simulator/kube/schema/names.h"
#include "simulator/kube/validation/validation.h"

namespace plumbline::kube {
namespace {

constexpr std::size_t kAnnotationsBytesMax = std::size_t{256} * 1024;

Complaints name_complaints(const Kind& kind, std::string_view name) {
  switch (kind.id) {
    case KindId::kNamespace:
      return dns_label_complaints(name);
    case KindId::kService:
      return dns_1035_complaints(name);
    case KindId::kRole:
    case KindId::kClusterRole:
    case KindId::kRoleBinding:
    case KindId::kClusterRoleBinding:
      return path_segment_complaints(name);
    default:
      return dns_subdomain_complaints(name);
  }
}

void check_owners(const Value& owners, const FieldPath& path, Causes& causes) {
  const Value* controller = nullptr;
  for (const Value& owner : owners) {
    for (const char* field : {"apiVersion", "kind", "name", "uid"})
      if (owner[field].text().empty())
        causes.invalid(path / field, "",
                       std::string_view(field) == "apiVersion" ? "version must not be empty" : "must not be empty");
    if (!owner["controller"].boolean()) continue;
    if (controller != nullptr)
      causes.invalid(path, owners,
                     fmt::format("Only one reference can have Controller set to true. Found \"true\" in references for "
                                 "{}/{} and {}/{}",
                                 (*controller)["kind"].text(), (*controller)["name"].text(), owner["kind"].text(),
                                 owner["name"].text()));
    controller = &owner;
  }
}

void check_finalizers(const Kind& kind, const Value& finalizers, const FieldPath& path, Causes& causes) {
  for (const Value& finalizer : finalizers)
    for (const std::string& why : qualified_name_complaints(finalizer.text())) causes.invalid(path, finalizer, why);
  // Those of kinds that users define, and of their definitions, may have any name.
  if (kind.custom || kind.id == KindId::kCustomResourceDefinition) return;
  for (std::size_t i = 0; i < finalizers.size(); ++i) {
    const std::string_view name = finalizers[i].text();
    const bool standard = name == "kubernetes" || name == "orphan" || name == "foregroundDeletion";
    if (!standard && name.find('/') == std::string_view::npos)
      causes.invalid(path[i], name, "name is neither a standard finalizer name nor is it fully qualified");
  }
}

}  // namespace

void check_labels(const Value& labels, const FieldPath& path, Causes& causes) {
  for (const Member& label : labels.fields()) {
    for (const std::string& why : qualified_name_complaints(label.name())) causes.invalid(path, label.name(), why);
    for (const std::string& why : label_value_complaints(label.value.text())) causes.invalid(path, label.value, why);
  }
}

void check_annotations(const Value& annotations, const FieldPath& path, Causes& causes) {
  std::size_t bytes = 0;
  for (const Member& annotation : annotations.fields()) {
    std::string lower(annotation.name());
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    for (const std::string& why : qualified_name_complaints(lower)) causes.invalid(path, annotation.name(), why);
    bytes += annotation.name().size() + annotation.value.text().size();
  }
  if (bytes > kAnnotationsBytesMax) causes.too_long(path, kAnnotationsBytesMax);
}

void check_metadata(const Kind& kind, const Value& object, const Object* current, Causes& causes) {
  const FieldPath path("metadata");
  const Value& metadata = object["metadata"];
  const std::string_view name = metadata["name"].text();
  if (const std::string_view prefix = metadata["generateName"].text(); !prefix.empty()) {
    std::string sample(prefix);
    if (sample.back() == '-') sample += 'a';
    for (const std::string& why : name_complaints(kind, sample)) causes.invalid(path / "generateName", prefix, why);
  }
  if (name.empty()) {
    causes.required(path / "name", "name or generateName is required");
  } else {
    for (const std::string& why : name_complaints(kind, name)) causes.invalid(path / "name", name, why);
  }
  check_labels(metadata["labels"], path / "labels", causes);
  check_annotations(metadata["annotations"], path / "annotations", causes);
  check_owners(metadata["ownerReferences"], path / "ownerReferences", causes);
  check_finalizers(kind, metadata["finalizers"], path / "finalizers", causes);
  if (current == nullptr) return;
  // Nobody comes to an object that is on its way out.
  if (!current->deleting()) return;
  for (const Value& finalizer : metadata["finalizers"]) {
    if (current->has_finalizer(finalizer.text())) continue;
    Value added = Value::array();
    added.push_back(finalizer);
    causes.forbidden(path / "finalizers",
                     "no new finalizers can be added if the object is being deleted, found new "
                     "finalizers []string{\"" +
                         finalizer.string() + "\"}");
  }
}

void check_label_selector(const Value& selector, const FieldPath& path, Causes& causes) {
  check_labels(selector["matchLabels"], path / "matchLabels", causes);
  const Value& expressions = selector["matchExpressions"];
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    const FieldPath at = (path / "matchExpressions")[i];
    const Value& expression = expressions[i];
    const std::string_view op = expression["operator"].text();
    if (op == "In" || op == "NotIn") {
      if (expression["values"].empty())
        causes.required(at / "values", "must be specified when `operator` is 'In' or 'NotIn'");
    } else if (op == "Exists" || op == "DoesNotExist") {
      if (!expression["values"].empty())
        causes.forbidden(at / "values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    } else {
      causes.invalid(at / "operator", expression["operator"], "not a valid selector operator");
    }
    for (const std::string& why : qualified_name_complaints(expression["key"].text()))
      causes.invalid(at / "key", expression["key"], why);
    for (std::size_t n = 0; n < expression["values"].size(); ++n)
      for (const std::string& why : label_value_complaints(expression["values"][n].text()))
        causes.invalid((at / "values")[n], expression["values"][n], why);
  }
}

std::vector<Cause> validate(const Kind& kind, const Value& object, const Object* current) {
  Causes causes;
  check_metadata(kind, object, current, causes);
  if (kind.custom) check_custom(kind, object, causes);
  switch (kind.id) {
    case KindId::kPod:
      check_pod(object, current, causes);
      break;
    case KindId::kService:
      check_service(object, current, causes);
      break;
    case KindId::kEndpoints:
      check_endpoints(object, causes);
      break;
    case KindId::kEndpointSlice:
      check_endpoint_slice(object, current, causes);
      break;
    case KindId::kDeployment:
      check_deployment(object, current, causes);
      break;
    case KindId::kReplicaSet:
      check_replica_set(object, current, causes);
      break;
    case KindId::kStatefulSet:
      check_stateful_set(object, current, causes);
      break;
    case KindId::kDaemonSet:
      check_daemon_set(object, current, causes);
      break;
    case KindId::kIngress:
      check_ingress(object, current, causes);
      break;
    case KindId::kIngressClass:
      check_ingress_class(object, current, causes);
      break;
    case KindId::kPodDisruptionBudget:
      check_disruption_budget(object, causes);
      break;
    case KindId::kRole:
    case KindId::kClusterRole:
      check_role(kind, object, causes);
      break;
    case KindId::kRoleBinding:
    case KindId::kClusterRoleBinding:
      check_binding(kind, object, current, causes);
      break;
    case KindId::kSecret:
      check_secret(object, current, causes);
      break;
    case KindId::kConfigMap:
      check_config_map(object, current, causes);
      break;
    default:
      break;
  }
  return causes.take();
}

}  // namespace plumbline::kube
