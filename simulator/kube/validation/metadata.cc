#include <algorithm>

#include "simulator/kube/schema/names.h"
#include "simulator/kube/validation/validation.h"

namespace plumbline::kube {
namespace {

constexpr std::size_t kAnnotationsBytesMax = 256 * 1024;

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
  bool managed = false;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    const Value& owner = owners[i];
    for (const char* field : {"apiVersion", "kind", "name", "uid"})
      if (owner[field].text().empty()) causes.invalid(path[i] / field, owner[field], "must not be empty");
    if (!owner["controller"].boolean()) continue;
    if (managed) causes.invalid(path, owners, "Only one reference can have Controller set to true");
    managed = true;
  }
}

}  // namespace

void check_labels(const Value& labels, const FieldPath& path, Causes& causes) {
  for (const Member& label : labels.fields()) {
    for (const std::string& why : qualified_name_complaints(label.name())) causes.invalid(path, label.name(), why);
    for (const std::string& why : label_value_complaints(label.value.text())) causes.invalid(path, label.value, why);
  }
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
  std::size_t bytes = 0;
  for (const Member& annotation : metadata["annotations"].fields()) {
    std::string lower(annotation.name());
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    for (const std::string& why : qualified_name_complaints(lower))
      causes.invalid(path / "annotations", annotation.name(), why);
    bytes += annotation.name().size() + annotation.value.text().size();
  }
  if (bytes > kAnnotationsBytesMax) causes.too_long(path / "annotations", kAnnotationsBytesMax);
  check_owners(metadata["ownerReferences"], path / "ownerReferences", causes);
  for (const Value& finalizer : metadata["finalizers"])
    for (const std::string& why : qualified_name_complaints(finalizer.text()))
      causes.invalid(path / "finalizers", finalizer, why);
  if (current == nullptr) return;
  // Nobody comes to an object that is on its way out.
  if (!current->deleting()) return;
  for (const Value& finalizer : metadata["finalizers"]) {
    if (current->has_finalizer(finalizer.text())) continue;
    Value added = Value::array();
    added.push_back(finalizer);
    causes.forbidden(path / "finalizers", "no new finalizers can be added if the object is being deleted, found new "
                                          "finalizers []string{\"" + finalizer.string() + "\"}");
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
    case KindId::kRole:
    case KindId::kClusterRole:
      check_role(kind, object, causes);
      break;
    case KindId::kRoleBinding:
    case KindId::kClusterRoleBinding:
      check_binding(object, current, causes);
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
