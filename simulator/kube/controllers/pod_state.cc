#include "simulator/kube/controllers/pod_state.h"

namespace plumbline::kube {

bool is_ready(const Object& pod) {
  const Json& conditions = at(pod.json(), "status.conditions");
  if (!conditions.is_array()) return false;
  for (const Json& condition : conditions)
    if (at(condition, "type") == "Ready") return at(condition, "status") == "True";
  return false;
}

bool is_finished(const Object& pod) {
  const Json& phase = at(pod.json(), "status.phase");
  return phase == "Succeeded" || phase == "Failed";
}

bool is_active(const Object& pod) { return !pod.deleting() && !is_finished(pod); }

}  // namespace plumbline::kube
