#include "simulator/kube/api/pod_state.h"

namespace plumbline::kube {

bool is_ready(const Object& pod) {
  for (const Value& condition : pod.at("status.conditions"))
    if (condition["type"] == "Ready") return condition["status"] == "True";
  return false;
}

bool is_finished(const Object& pod) {
  const Value& phase = pod.at("status.phase");
  return phase == "Succeeded" || phase == "Failed";
}

bool is_active(const Object& pod) { return !pod.deleting() && !is_finished(pod); }

const Value& hostname_in(const Object& service, const Object& pod) {
  static const Value kNone;
  return pod.at("spec.subdomain") == service.name() ? pod.at("spec.hostname") : kNone;
}

bool same_endpoint(const Object& left, const Object& right) {
  return left.labels() == right.labels() && left.deleting() == right.deleting() && is_ready(left) == is_ready(right) &&
         is_finished(left) == is_finished(right) && left.at("status.podIP") == right.at("status.podIP") &&
         left.at("spec.nodeName") == right.at("spec.nodeName");
}

}  // namespace plumbline::kube
