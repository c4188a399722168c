#include "simulator/kube/controllers/replica_sets.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "simulator/kube/api/defaults.h"
#include "simulator/kube/api/pod_state.h"
#include "simulator/kube/controllers/field_manager.h"

namespace plumbline::kube {
namespace {

constexpr std::chrono::seconds kRefusedRetry{1};
constexpr std::size_t kCreatedAtOnce = 256;  ///< Pods made in one turn of the event loop

LabelSelector selector_of(const Object& set) {
  const auto parsed = LabelSelector::from_value(set.at("spec.selector"));
  return parsed ? *parsed : LabelSelector();
}

/// Which Pod goes first: not scheduled, not running, not ready, cheap to delete, young.
auto deletion_rank(const Object& pod) {
  std::int64_t cost = 0;
  const std::string_view annotation = pod.annotation("controller.kubernetes.io/pod-deletion-cost");
  std::from_chars(annotation.data(), annotation.data() + annotation.size(), cost);
  return std::make_tuple(!pod.text("spec.nodeName").empty(), pod.at("status.phase") == "Running", is_ready(pod), cost,
                         ~pod.created());
}

Value reference_to(const Object& set) {
  return {{"apiVersion", "apps/v1"}, {"kind", "ReplicaSet"}, {"name", set.name()},
          {"uid", set.uid()},        {"controller", true},   {"blockOwnerDeletion", true}};
}

}  // namespace

ReplicaSets::ReplicaSets(boost::asio::io_context& io, Operations& operations, EventRecorder& events)
    : operations_(operations),
      recorder_(events),
      store_(operations.store()),
      queue_(io, [this](const ObjectKey& key) { sync(key); }),
      strays_(io, [this](const ObjectKey& key) { adopt(key); }),
      pods_(store_.subscribe(KindId::kPod, "", [this](const Event& event) { on_pod(event); })),
      sets_(store_.subscribe(KindId::kReplicaSet, "", [this](const Event& event) { on_replica_set(event); })) {}

void ReplicaSets::Tally::forget(std::string_view pod) {
  const auto found = active.find(pod);
  if (found == active.end()) return;
  if (found->second) --ready;
  active.erase(found);
}

void ReplicaSets::Tally::count(std::string_view pod, bool is_ready) {
  forget(pod);
  active.emplace(pod, is_ready);
  if (is_ready) ++ready;
}

void ReplicaSets::on_pod(const Event& event) {
  const Object& pod = *event.object;
  const auto requeue = [this](const std::string& uid) {
    const ObjectPtr owner = store_.find_uid(uid);
    if (owner && owner->kind() == KindId::kReplicaSet) queue_.add(owner->key());
  };
  const std::string before = event.previous ? event.previous->controller()["uid"].string() : "";
  const std::string now = pod.controller()["uid"].string();
  if (!before.empty()) {
    tallies_[before].forget(pod.name());
    requeue(before);
  }
  if (event.op == Op::kDeleted) return;
  if (!now.empty() && is_active(pod)) {
    tallies_[now].count(pod.name(), is_ready(pod));
    requeue(now);
  }
  const bool labels_changed = !event.previous || !(event.previous->labels() == pod.labels());
  const bool lost_its_owner = event.previous && before != now;
  if (labels_changed || lost_its_owner) strays_.add(pod.key());
}

void ReplicaSets::on_replica_set(const Event& event) {
  if (event.op == Op::kDeleted) {
    tallies_.erase(event.object->uid());
    refused_.erase(event.object->uid());
    return;
  }
  queue_.add(event.object->key());
  if (event.op == Op::kAdded)
    store_.visit(KindId::kPod, event.object->space(), selector_of(*event.object), [this](const ObjectPtr& pod) {
      if (pod->controller().is_null()) strays_.add(pod->key());
    });
}

void ReplicaSets::sync(const ObjectKey& key) {
  const ObjectPtr set = store_.find(key);
  if (!set || set->deleting()) return;
  const Tally& tally = tallies_[set->uid()];
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(0, set->number("spec.replicas", 1)));
  if (tally.active.size() < wanted)
    create_pods(*set, wanted - tally.active.size());
  else
    refused_.erase(set->uid());
  if (tally.active.size() > wanted) remove_pods(*set, tally, tally.active.size() - wanted);
  // Whatever was created or removed has changed the tally, and has queued this set again for its status.
  write_status(set, tallies_[set->uid()]);
}

void ReplicaSets::create_pods(const Object& set, std::size_t count) {
  const Value& pod_template = set.at("spec.template");
  Value pod{{"metadata", pod_template["metadata"]}, {"spec", pod_template["spec"]}};
  pod["metadata"].erase("creationTimestamp");
  pod["metadata"]["generateName"] = set.name() + "-";
  pod["metadata"]["ownerReferences"] = Value::array({reference_to(set)});
  // Once for all, so that they share what they have alike.
  set_defaults(store_.kind(KindId::kPod), pod);
  const std::string& space = set.space();
  for (std::size_t made = 0; made < std::min(count, kCreatedAtOnce); ++made) {
    const auto created = operations_.create(KindId::kPod, space, pod, as_controller());
    if (!created) {
      refused_[set.uid()] = created.error().message;
      recorder_.warning(kReplicaSetController, set, "FailedCreate", "Error creating: " + created.error().message);
      return queue_.add_after(set.key(), kRefusedRetry);
    }
    recorder_.normal(kReplicaSetController, set, "SuccessfulCreate", "Created pod: " + (*created)->name());
  }
  refused_.erase(set.uid());
}

void ReplicaSets::remove_pods(const Object& set, const Tally& tally, std::size_t count) {
  std::vector<ObjectPtr> pods;
  pods.reserve(tally.active.size());
  for (const auto& [name, _] : tally.active)
    if (ObjectPtr pod = store_.find(KindId::kPod, set.space(), name)) pods.push_back(std::move(pod));
  std::vector<std::pair<decltype(deletion_rank(*pods.front())), ObjectKey>> ranked;
  ranked.reserve(pods.size());
  for (const ObjectPtr& pod : pods) ranked.emplace_back(deletion_rank(*pod), pod->key());
  std::sort(ranked.begin(), ranked.end());
  for (std::size_t i = 0; i < std::min(count, ranked.size()); ++i)
    if (operations_.remove(ranked[i].second))
      recorder_.normal(kReplicaSetController, set, "SuccessfulDelete", "Deleted pod: " + ranked[i].second.name);
}

void ReplicaSets::write_status(const ObjectPtr& set, const Tally& tally) {
  const ObjectPtr current = store_.find(set->key());
  if (!current) return;
  Value status{{"replicas", tally.active.size()}, {"observedGeneration", current->number("metadata.generation", 1)}};
  if (!tally.active.empty()) status["fullyLabeledReplicas"] = tally.active.size();
  if (tally.ready > 0) {
    status["readyReplicas"] = tally.ready;
    status["availableReplicas"] = tally.ready;
  }
  if (const auto refused = refused_.find(current->uid()); refused != refused_.end()) {
    Value condition{{"type", "ReplicaFailure"},
                    {"status", "True"},
                    {"reason", "FailedCreate"},
                    {"message", refused->second},
                    {"lastTransitionTime", store_.now()}};
    // It stays as it was first told: a refusal may name another Pod, and telling that would be a change to look at.
    for (const Value& old : current->at("status.conditions"))
      if (old["type"] == "ReplicaFailure") condition = old;
    status["conditions"] = Value::array({condition});
  }
  if (current->at("status") == status) return;
  Value next = current->value();
  next["status"] = std::move(status);
  (void)operations_.write(current, std::move(next), kControllerManager, "status");
}

void ReplicaSets::adopt(const ObjectKey& key) {
  const ObjectPtr pod = store_.find(key);
  if (!pod || pod->deleting()) return;
  if (const Value& controller = pod->controller(); !controller.is_null()) {
    const ObjectPtr owner = store_.find_uid(controller["uid"].text());
    if (owner && owner->kind() == KindId::kReplicaSet && !selector_of(*owner).matches(pod->labels()))
      release(pod, *owner);
    return;
  }
  if (is_finished(*pod)) return;
  for (const ObjectPtr& set : store_.list(KindId::kReplicaSet, pod->space())) {
    if (set->deleting() || !selector_of(*set).matches(pod->labels())) continue;
    Value next = pod->value();
    next["metadata"]["ownerReferences"].push_back(reference_to(*set));
    (void)operations_.write(pod, std::move(next), kControllerManager);
    return;
  }
}

void ReplicaSets::release(const ObjectPtr& pod, const Object& set) {
  Value next = pod->value();
  Value& owners = next["metadata"]["ownerReferences"];
  owners.erase_items_if([&](const Value& owner) { return owner["uid"] == set.uid(); });
  if (owners.empty()) next["metadata"].erase("ownerReferences");
  (void)operations_.write(pod, std::move(next), kControllerManager);
}

}  // namespace plumbline::kube
