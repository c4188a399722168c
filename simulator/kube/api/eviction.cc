// Evictions: deletions of Pods that ask the Pod's disruption budget (Kubernetes: API-initiated Eviction).
#include <fmt/format.h>

#include <utility>

#include "simulator/kube/api/operations.h"

namespace plumbline::kube {
namespace {

constexpr std::string_view kServer = "kube-apiserver";
constexpr std::int64_t kRetrySeconds = 10;
constexpr std::size_t kDisruptedPodsMax = 2000;

const Value& condition_of(const Value& status, std::string_view type) {
  static const Value kNone;
  for (const Value& condition : status["conditions"])
    if (condition["type"] == type) return condition;
  return kNone;
}

void put_condition_of(Value& status, Value fresh) {
  for (std::size_t i = 0; i < std::as_const(status)["conditions"].size(); ++i) {
    const Value& old = std::as_const(status)["conditions"][i];
    if (old["type"] != std::as_const(fresh)["type"]) continue;
    if (old["status"] == std::as_const(fresh)["status"]) fresh["lastTransitionTime"] = old["lastTransitionTime"];
    status["conditions"].item(i) = std::move(fresh);
    return;
  }
  status["conditions"].push_back(std::move(fresh));
}

Failure too_many(const std::string& why, std::int64_t retry_seconds) {
  Value details{{"causes", Value::array({{{"reason", "DisruptionBudget"}, {"message", why}}})}};
  if (retry_seconds > 0) details["retryAfterSeconds"] = retry_seconds;
  return {429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", details};
}

/// A Pod that does not run yet, or no longer, is nobody's loss.
bool needs_leave(const Object& pod) {
  const Value& phase = pod.at("status.phase");
  return !pod.deleting() && phase != "Pending" && phase != "Succeeded" && phase != "Failed";
}

/// Whether a Pod that is not ready may go without asking.
bool lets_unready_go(const Object& budget) {
  const std::int64_t healthy = budget.number("status.currentHealthy"), wanted = budget.number("status.desiredHealthy");
  return budget.text("spec.unhealthyPodEvictionPolicy") == "AlwaysAllow" || (healthy >= wanted && wanted > 0);
}

}  // namespace

Outcome<void> Operations::evict(const ObjectKey& key, const DeleteOptions& options) {
  const ObjectPtr pod = store_.find(key);
  if (!pod) return not_found(store_.kind(KindId::kPod), key.name);
  if (needs_leave(*pod)) {
    std::vector<ObjectPtr> budgets;
    store_.visit(KindId::kPodDisruptionBudget, pod->space(), {}, [&](const ObjectPtr& budget) {
      const Value& wanted = budget->at("spec.selector");
      const auto selector = LabelSelector::from_value(wanted);
      if (!wanted.is_null() && selector && selector->matches(pod->labels())) budgets.push_back(budget);
    });
    if (budgets.size() > 1)
      return Failure{500, "",
                     "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
                     nullptr};
    const bool ready = condition_of(pod->at("status"), "Ready")["status"] == "True";
    if (!budgets.empty() && (ready || !lets_unready_go(*budgets.front())))
      if (const auto charged = charge(budgets.front(), *pod, options.dry_run); !charged) return charged.error();
  }
  const ObjectPtr latest = store_.find(key);
  if (!options.dry_run && latest && !latest->deleting()) {
    Value next = latest->value();
    put_condition_of(next["status"], {{"type", "DisruptionTarget"},
                                      {"status", "True"},
                                      {"lastProbeTime", nullptr},
                                      {"lastTransitionTime", store_.now()},
                                      {"reason", "EvictionByEvictionAPI"},
                                      {"message", "Eviction API: evicting"}});
    (void)write(latest, std::move(next), kServer, "status");
  }
  const auto removed = remove(key, options);
  if (!removed) return removed.error();
  return {};
}

/// Takes one of the disruptions that the budget allows.
Outcome<void> Operations::charge(const ObjectPtr& budget, const Object& pod, bool dry_run) {
  const Value& status = budget->at("status");
  const std::string& name = budget->name();
  if (status["observedGeneration"].integer() < budget->number("metadata.generation"))
    return too_many(fmt::format("The disruption budget {} is still being processed by the server.", name),
                    kRetrySeconds);
  if (status["disruptedPods"].size() > kDisruptedPodsMax) {
    Kind named;
    named.group = "policy";
    named.plural = "poddisruptionbudget";
    return forbidden(named, name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
  }
  const std::int64_t allowed = status["disruptionsAllowed"].integer();
  if (allowed <= 0) {
    const Value& condition = condition_of(status, "DisruptionAllowed");
    if (condition["reason"] == "SyncFailed")
      return too_many(
          fmt::format("The disruption budget {} does not allow evicting pods currently because it failed sync: {}",
                      name, condition["message"].text()),
          0);
    return too_many(fmt::format("The disruption budget {} needs {} healthy pods and has {} currently", name,
                                status["desiredHealthy"].integer(), status["currentHealthy"].integer()),
                    0);
  }
  if (dry_run) return {};
  Value next = budget->value();
  next["status"]["disruptionsAllowed"] = allowed - 1;
  next["status"]["disruptedPods"].set(pod.name()) = store_.now();
  if (allowed == 1)
    put_condition_of(next["status"], {{"type", "DisruptionAllowed"},
                                      {"status", "False"},
                                      {"reason", "InsufficientPods"},
                                      {"message", ""},
                                      {"observedGeneration", status["observedGeneration"]},
                                      {"lastTransitionTime", store_.now()}});
  const auto written = write(budget, std::move(next), kServer, "status");
  if (!written) return written.error();
  return {};
}

}  // namespace plumbline::kube
