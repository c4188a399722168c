#include "simulator/kube/controllers/disruption_budgets.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "simulator/kube/api/conditions.h"
#include "simulator/kube/api/disruption_budget.h"
#include "simulator/kube/api/pod_state.h"
#include "simulator/kube/controllers/deployments.h"
#include "simulator/kube/controllers/field_manager.h"

namespace plumbline::kube {
namespace {

constexpr const char* kAllowed = "DisruptionAllowed";

/// As Go prints a selector.
std::string go_selector(const Value& selector) {
  std::string labels, expressions;
  for (const Member& pair : selector["matchLabels"].fields())
    labels += fmt::format("{}: {},", pair.name(), pair.value.text());
  for (const Value& each : selector["matchExpressions"]) {
    std::vector<std::string> values;
    for (const Value& value : each["values"]) values.push_back(value.string());
    expressions += fmt::format("LabelSelectorRequirement{{Key:{},Operator:{},Values:[{}],}},", each["key"].text(),
                               each["operator"].text(), fmt::join(values, " "));
  }
  return fmt::format(
      "&LabelSelector{{MatchLabels:map[string]string{{{}}},MatchExpressions:[]LabelSelectorRequirement{{{}}},}}",
      labels, expressions);
}

Value allowed_condition(std::string_view reason, const std::string& message, std::int64_t generation,
                        const Value& now) {
  Value condition{{"type", kAllowed},
                  {"status", reason == "SufficientPods" ? "True" : "False"},
                  {"reason", reason},
                  {"message", message},
                  {"lastTransitionTime", now}};
  if (generation != 0) condition["observedGeneration"] = generation;
  return condition;
}

}  // namespace

DisruptionBudgets::DisruptionBudgets(boost::asio::io_context& io, Operations& operations, EventRecorder& events,
                                     std::chrono::microseconds look_again)
    : operations_(operations),
      recorder_(events),
      store_(operations.store()),
      look_again_(look_again),
      queue_(io, [this](const ObjectKey& key) { sync(key); }),
      budgets_(store_.subscribe(KindId::kPodDisruptionBudget, "",
                                [this](const Event& event) {
                                  if (event.op != Op::kDeleted) queue_.add(event.object->key());
                                })),
      pods_(store_.subscribe(KindId::kPod, "", [this](const Event& event) { on_pod(event); })) {}

void DisruptionBudgets::on_pod(const Event& event) {
  const Object& pod = *event.object;
  if (!store_.holds(KindId::kPodDisruptionBudget, pod.space())) return;
  if (event.op == Op::kModified && event.previous && event.previous->labels() == pod.labels() &&
      event.previous->deleting() == pod.deleting() && is_ready(*event.previous) == is_ready(pod) &&
      event.previous->controller() == pod.controller())
    return;
  std::vector<std::string> names;
  store_.visit(KindId::kPodDisruptionBudget, pod.space(), {}, [&](const ObjectPtr& budget) {
    const bool now = speaks_of(*budget, pod.labels());
    if (now) names.push_back(budget->name());
    if (now || (event.previous && speaks_of(*budget, event.previous->labels()))) queue_.add(budget->key());
  });
  if (names.size() > 1 && event.op != Op::kDeleted)
    recorder_.warning(kDisruptionController, pod, "MultiplePodDisruptionBudgets",
                      fmt::format("Pod \"{}\"/\"{}\" matches multiple PodDisruptionBudgets.  Chose \"{}\" arbitrarily.",
                                  pod.space(), pod.name(), names.front()));
}

void DisruptionBudgets::sync(const ObjectKey& key) {
  if (pace_.rests(key)) return;
  const ObjectPtr budget = store_.find(key);
  if (!budget) return;
  std::vector<ObjectPtr> pods;
  if (const auto chosen = chosen_by(*budget)) pods = store_.list(KindId::kPod, key.space, *chosen);
  pace_.worked(key, pods.size());
  if (pods.empty()) recorder_.normal(kDisruptionController, *budget, "NoPods", "No matching pods found");

  const auto expects = expected(*budget, pods);
  Value status = budget->at("status");
  if (!expects) {
    const std::string& why = expects.error().message;
    recorder_.warning(kDisruptionController, *budget, "CalculateExpectedPodCountFailed",
                      "Failed to calculate the number of expected pods: " + why);
    status["disruptionsAllowed"] = 0;
    put_condition(status,
                  allowed_condition("SyncFailed", why, budget->number("status.observedGeneration"), store_.now()));
    return write_status(budget, std::move(status));
  }
  const Value going = still_going(*budget, pods);
  const auto healthy = std::count_if(pods.begin(), pods.end(), [&](const ObjectPtr& pod) {
    return !pod->deleting() && !going.contains(pod->name()) && is_ready(*pod);
  });
  // Where nothing is expected nothing may go: it may be that the Pods are not here yet.
  const std::int64_t allowed = expects->pods <= 0 ? 0 : std::max<std::int64_t>(0, healthy - expects->healthy);
  const std::int64_t generation = budget->number("metadata.generation");
  status["observedGeneration"] = generation;
  status["disruptionsAllowed"] = allowed;
  status["currentHealthy"] = healthy;
  status["desiredHealthy"] = expects->healthy;
  status["expectedPods"] = expects->pods;
  if (going.empty())
    status.erase("disruptedPods");
  else
    status["disruptedPods"] = going;
  put_condition(status,
                allowed_condition(allowed > 0 ? "SufficientPods" : "InsufficientPods", "", generation, store_.now()));
  write_status(budget, std::move(status));
  if (!going.empty()) queue_.add_after(key, look_again_);
}

Outcome<DisruptionBudgets::Expected> DisruptionBudgets::expected(const Object& budget,
                                                                 const std::vector<ObjectPtr>& pods) {
  const Value &most = budget.at("spec.maxUnavailable"), &least = budget.at("spec.minAvailable");
  if (most.is_null() && least.is_null()) return Expected{};
  if (most.is_null() && !least.is_string()) return Expected{static_cast<std::int64_t>(pods.size()), least.integer()};
  const auto scale = scale_of(pods);
  if (!scale) return scale.error();
  if (scale->unmanaged)
    recorder_.warning(
        kDisruptionController, budget, "UnmanagedPods",
        fmt::format("Pods selected by this PodDisruptionBudget (selector: {}) were found to be unmanaged. As a result, "
                    "the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To "
                    "account for these pods please set \".spec.minAvailable\" field of the PDB to an integer value.",
                    go_selector(budget.at("spec.selector"))));
  const std::int64_t share = share_of(most.is_null() ? least : most, scale->replicas, true);
  return Expected{scale->replicas, most.is_null() ? share : std::max<std::int64_t>(0, scale->replicas - share)};
}

Outcome<DisruptionBudgets::Scale> DisruptionBudgets::scale_of(const std::vector<ObjectPtr>& pods) const {
  Scale scale;
  std::set<std::string, std::less<>> keepers, counted;
  for (const ObjectPtr& pod : pods) {
    const Value& controller = pod->controller();
    if (controller.is_null()) {
      scale.unmanaged = true;
      continue;
    }
    if (!keepers.insert(controller["uid"].string()).second) continue;
    ObjectPtr keeper = store_.find_uid(controller["uid"].text());
    if (!keeper) return Failure{404, "", fmt::format("found no controllers for pod \"{}\"", pod->name()), nullptr};
    // A Deployment speaks for its ReplicaSets.
    if (const ObjectPtr above = store_.find_uid(keeper->controller()["uid"].text());
        above && keeper->kind() == KindId::kReplicaSet && above->kind() == KindId::kDeployment)
      keeper = above;
    const Kind& kind = store_.kind(keeper->kind());
    if (!kind.has(kScalePart))
      return Failure{404, "", kind.qualified_plural() + " does not implement the scale subresource", nullptr};
    if (counted.insert(keeper->uid()).second)
      scale.replicas += operations_.scale_of(*keeper).at("spec.replicas").integer();
  }
  return scale;
}

Value DisruptionBudgets::still_going(const Object& budget, const std::vector<ObjectPtr>& pods) {
  Value going = Value::object();
  const Value& disrupted = budget.at("status.disruptedPods");
  if (disrupted.empty()) return going;
  const Value oldest = store_.now(-kDisruptionLimit);
  for (const ObjectPtr& pod : pods) {
    const Value* since = pod->deleting() ? nullptr : disrupted.find(pod->name());
    if (since == nullptr) continue;
    if (since->text() >= oldest.text()) {
      going.set(pod->name()) = *since;
      continue;
    }
    recorder_.warning(
        kDisruptionController, *pod, "NotDeleted",
        fmt::format("Pod was expected by PDB {}/{} to be deleted but it wasn't", budget.space(), budget.name()));
  }
  return going;
}

void DisruptionBudgets::write_status(const ObjectPtr& budget, Value status) {
  if (budget->at("status") == status) return;
  Value next = budget->value();
  next["status"] = std::move(status);
  (void)operations_.write(budget, std::move(next), kControllerManager, "status");
}

}  // namespace plumbline::kube
