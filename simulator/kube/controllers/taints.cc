#include "simulator/kube/controllers/taints.h"

namespace plumbline::kube {

bool tolerated(const Value& taint, const Value& tolerations, Value* toleration) {
  for (const Value& each : tolerations) {
    if (!each["effect"].text().empty() && each["effect"] != taint["effect"]) continue;
    if (each["key"].text().empty() && each["operator"] != "Exists") continue;
    if (!each["key"].text().empty() && each["key"] != taint["key"]) continue;
    if (each["operator"] != "Exists" && each["value"].text() != taint["value"].text()) continue;
    if (toleration != nullptr) *toleration = each;
    return true;
  }
  return false;
}

Value untolerated(const Value& tolerations, const Value& node_spec) {
  if (node_spec["unschedulable"].boolean()) {
    Value closed{{"key", kUnschedulableTaint}, {"effect", "NoSchedule"}};
    if (!tolerated(closed, tolerations)) return closed;
  }
  for (const Value& taint : node_spec["taints"])
    if (taint["effect"] != "PreferNoSchedule" && !tolerated(taint, tolerations)) return taint;
  return {};
}

bool may_be_put(const Value& tolerations, const Value& node_spec) {
  if (!node_spec["unschedulable"].boolean() && node_spec["taints"].empty()) return true;
  return untolerated(tolerations, node_spec).is_null();
}

}  // namespace plumbline::kube
