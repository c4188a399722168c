// The size of an object, apart from the rest of it.
#include <fmt/format.h>

#include "simulator/kube/api/operations.h"

namespace plumbline::kube {

Value Operations::scale_of(const Object& object) const {
  const ScalePaths& paths = store_.kind(object.kind()).storage().scale;
  std::string selector;
  if (!paths.selector.empty()) {
    selector = object.text(paths.selector);
  } else if (const auto parsed = LabelSelector::from_value(object.at("spec.selector")); parsed) {
    selector = parsed->text();
  }
  const std::int64_t replicas = object.number(paths.spec_replicas);
  Value status{{"replicas", object.number(paths.status_replicas)}};
  if (!selector.empty()) status["selector"] = selector;
  return {{"kind", "Scale"},
          {"apiVersion", "autoscaling/v1"},
          {"metadata",
           {{"name", object.name()},
            {"namespace", object.space()},
            {"uid", object.uid()},
            {"resourceVersion", object.at("metadata.resourceVersion")},
            {"creationTimestamp", object.at("metadata.creationTimestamp")}}},
          {"spec", replicas == 0 ? Value::object() : Value{{"replicas", replicas}}},
          {"status", std::move(status)}};
}

Outcome<ObjectPtr> Operations::set_replicas(const ObjectKey& key, std::int64_t replicas, const WriteOptions& options) {
  const Kind& kind = store_.kind(key.kind);
  const ObjectPtr current = store_.find(key);
  if (!current) return not_found(kind, key.name);
  if (replicas < 0 || replicas > INT32_MAX) {
    Kind scale;
    scale.group = "autoscaling";
    scale.name = "Scale";
    const std::string_view bound = replicas < 0 ? "greater than or equal to 0" : "an int32";
    return invalid(
        scale, key.name,
        {{"FieldValueInvalid", fmt::format("Invalid value: {}: must be {}", replicas, bound), "spec.replicas"}});
  }
  Value next = current->value();
  next.reach(kind.storage().scale.spec_replicas) = replicas;
  return update_checked(current, std::move(next), options);
}

}  // namespace plumbline::kube
