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

bool may_be_put(const Value& tolerations, const Value& node_spec) {
  for (const Value& taint : node_spec["taints"])
    if (taint["effect"] != "PreferNoSchedule" && !tolerated(taint, tolerations)) return false;
  if (!node_spec["unschedulable"].boolean()) return true;
  return tolerated(Value{{"key", kUnschedulableTaint}, {"effect", "NoSchedule"}}, tolerations);
}

}  // namespace plumbline::kube
