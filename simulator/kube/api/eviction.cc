// Evictions: deletions of Pods that ask the Pod's disruption budget (Kubernetes: API-initiated Eviction).
#include <fmt/format.h>

#include <utility>

#include "simulator/kube/api/conditions.h"
#include "simulator/kube/api/disruption_budget.h"
#include "simulator/kube/api/operations.h"
#include "simulator/kube/api/pod_state.h"

namespace plumbline::kube {
namespace {

constexpr std::string_view kServer = "kube-apiserver";
constexpr std::int64_t kRetrySeconds = 10;
constexpr std::size_t kDisruptedPodsMax = 2000;

Failure too_many(const std::string& why, std::int64_t retry_seconds) {
  Value details{{"causes", Value::array({{{"reason", "DisruptionBudget"}, {"message", why}}})}};
  if (retry_seconds > 0) details["retryAfterSeconds"] = retry_seconds;
  return {429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", details};
}

/// A Pod that does not run yet, or no longer, is nobody's loss.
bool needs_leave(const Object& pod) { return is_active(pod) && pod.at("status.phase") != "Pending"; }

/// Whether a Pod that is not ready may go without asking.
bool lets_unready_go(const Object& budget) {
  const std::int64_t healthy = budget.number("status.currentHealthy"), wanted = budget.number("status.desiredHealthy");
  return budget.text("spec.unhealthyPodEvictionPolicy") == "AlwaysAllow" || (healthy >= wanted && wanted > 0);
}

}  // namespace

Outcome<void> Operations::evict(const ObjectKey& key, const DeleteOptions& options) {
  const ObjectPtr pod = store_.find(key);
  if (!pod) return not_found(store_.kind(KindId::kPod), key.name);
  DeleteOptions removal = options;
  if (needs_leave(*pod)) {
    std::vector<ObjectPtr> budgets;
    store_.visit(KindId::kPodDisruptionBudget, pod->space(), {}, [&](const ObjectPtr& budget) {
      if (speaks_of(*budget, pod->labels())) budgets.push_back(budget);
    });
    if (budgets.size() > 1)
      return Failure{500, "",
                     "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
                     nullptr};
    if (!budgets.empty() && !is_ready(*pod) && lets_unready_go(*budgets.front()))
      removal.resource_version.clear();  // real servers put the version that they judged in its place
    else if (!budgets.empty())
      if (const auto charged = charge(budgets.front(), *pod, options.dry_run); !charged) return charged.error();
  }
  // Real servers charge the budget before they look at preconditions, and keep the charge when those do not hold.
  DeleteOptions trial = removal;
  trial.dry_run = true;
  const auto removable = remove(key, trial);
  if (!removable) return removable.error();
  if (options.dry_run) return {};
  Value next = (*removable)->value();
  put_condition(next["status"], {{"type", "DisruptionTarget"},
                                 {"status", "True"},
                                 {"lastProbeTime", nullptr},
                                 {"lastTransitionTime", store_.now()},
                                 {"reason", "EvictionByEvictionAPI"},
                                 {"message", "Eviction API: evicting"}});
  // Nobody owns the mark in real servers either.
  if (next != (*removable)->value())
    if (const auto marked = store_.replace(*removable, std::move(next)); !marked) return marked.error();
  removal.resource_version.clear();  // it held; the mark is of another version
  const auto removed = remove(key, removal);
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
  Kind named;  // these words name one, where others name the resource
  named.group = "policy";
  named.plural = "poddisruptionbudget";
  const std::int64_t allowed = status["disruptionsAllowed"].integer();
  if (allowed < 0) return forbidden(named, name, "pdb disruptions allowed is negative");
  if (status["disruptedPods"].size() > kDisruptedPodsMax)
    return forbidden(named, name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
  if (allowed == 0)
    return too_many(fmt::format("The disruption budget {} needs {} healthy pods and has {} currently", name,
                                status["desiredHealthy"].integer(), status["currentHealthy"].integer()),
                    0);
  if (dry_run) return {};
  Value next = budget->value();
  next["status"]["disruptionsAllowed"] = allowed - 1;
  next["status"]["disruptedPods"].set(pod.name()) = store_.now();
  if (allowed == 1)
    put_condition(next["status"], {{"type", "DisruptionAllowed"},
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
