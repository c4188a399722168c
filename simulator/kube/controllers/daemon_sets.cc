#include "simulator/kube/controllers/daemon_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "simulator/kube/api/pod_state.h"
#include "simulator/kube/controllers/deployments.h"
#include "simulator/kube/controllers/field_manager.h"
#include "simulator/kube/controllers/taints.h"

namespace plumbline::kube {
namespace {

constexpr const char* kGenerationLabel = "pod-template-generation";

/// Pods of a DaemonSet stay on nodes that have trouble.
Value tolerations_of(const Value& pod_spec) {
  Value tolerations = pod_spec["tolerations"];
  for (const auto& [key, effect] :
       {std::pair{kNotReadyTaint, "NoExecute"}, std::pair{kUnreachableTaint, "NoExecute"},
        std::pair{"node.kubernetes.io/disk-pressure", "NoSchedule"},
        std::pair{"node.kubernetes.io/memory-pressure", "NoSchedule"},
        std::pair{"node.kubernetes.io/pid-pressure", "NoSchedule"}, std::pair{kUnschedulableTaint, "NoSchedule"}})
    tolerations.push_back({{"key", key}, {"operator", "Exists"}, {"effect", effect}});
  return tolerations;
}

std::string_view hash_of(const Object& pod) { return pod.labels()[kRevisionHashLabel].text(); }

}  // namespace

DaemonSets::DaemonSets(boost::asio::io_context& io, Operations& operations, EventRecorder& events)
    : operations_(operations),
      recorder_(events),
      store_(operations.store()),
      queue_(io, [this](const ObjectKey& key) { sync(key); }),
      sets_(store_.subscribe(KindId::kDaemonSet, "",
                             [this](const Event& event) {
                               if (event.op != Op::kDeleted) queue_.add(event.object->key());
                             })),
      pods_(store_.subscribe(KindId::kPod, "",
                             [this](const Event& event) {
                               const ObjectPtr owner = store_.find_uid(event.object->controller()["uid"].text());
                               if (owner && owner->kind() == KindId::kDaemonSet) queue_.add(owner->key());
                             })),
      nodes_(store_.subscribe(KindId::kNode, "", [this](const Event& event) {
        // Nodes say often that they live; only what decides where Pods may be counts.
        if (event.op == Op::kModified && event.previous && event.previous->at("spec") == event.object->at("spec") &&
            event.previous->labels() == event.object->labels())
          return;
        for (const ObjectPtr& set : store_.list(KindId::kDaemonSet)) queue_.add(set->key());
      })) {}

DaemonSets::OnNodes DaemonSets::pods_of(const Object& set) const {
  OnNodes pods;
  for (const ObjectPtr& pod : store_.owned_by(set.uid()))
    if (pod->kind() == KindId::kPod) pods[pod->at("spec.nodeName").string()].push_back(pod);
  return pods;
}

void DaemonSets::sync(const ObjectKey& key) {
  const ObjectPtr set = store_.find(key);
  if (!set || set->deleting()) return;
  OnNodes pods = pods_of(*set);
  std::vector<std::string> live;
  for (const auto& [_, on_node] : pods)
    for (const ObjectPtr& pod : on_node) live.emplace_back(hash_of(*pod));
  const Revisions revisions = sync_revisions(operations_, *set, live);
  if (!revisions.update) return;
  const Value& pod_template = set->at("spec.template");
  const Value tolerations = tolerations_of(pod_template["spec"]);
  const Value& hash = revisions.update->labels()[kRevisionHashLabel];

  std::size_t desired = 0, misplaced = 0;
  std::int64_t unavailable = 0;
  std::vector<ObjectPtr> old;
  for (const ObjectPtr& node : store_.list(KindId::kNode)) {
    auto on_node = std::move(pods[node->name()]);
    pods.erase(node->name());
    if (!carries(node->labels(), pod_template.at("spec.nodeSelector")) || !may_be_put(tolerations, node->at("spec"))) {
      misplaced += on_node.empty() ? 0 : 1;
      for (const ObjectPtr& pod : on_node)
        if (!pod->deleting()) remove_pod(*set, *pod);
      continue;
    }
    ++desired;
    bool kept = false;
    for (const ObjectPtr& pod : on_node) {
      if (pod->deleting()) continue;
      if (pod->at("status.phase") == "Failed")
        recorder_.warning(kDaemonSetController, *set, "FailedDaemonPod",
                          fmt::format("Found failed daemon pod {}/{} on node {}, will try to kill it", pod->space(),
                                      pod->name(), node->name()));
      if (kept || is_finished(*pod)) {
        remove_pod(*set, *pod);
        continue;
      }
      kept = true;
      if (!is_ready(*pod)) ++unavailable;
      if (hash_of(*pod) != hash.text()) old.push_back(pod);
    }
    if (kept) continue;
    ++unavailable;
    // One that is still ending is waited for: it may hold what the next one needs.
    if (std::any_of(on_node.begin(), on_node.end(), [](const ObjectPtr& pod) { return pod->deleting(); })) continue;
    Value pod{{"metadata", pod_template["metadata"]}, {"spec", pod_template["spec"]}};
    Value& metadata = pod["metadata"];
    metadata.erase("creationTimestamp");
    metadata["generateName"] = set->name() + "-";
    metadata["labels"][kRevisionHashLabel] = hash;
    metadata["labels"][kGenerationLabel] = std::to_string(set->number("metadata.generation", 1));
    metadata["ownerReferences"] = Value::array({controller_reference(store_.kind(set->kind()), *set)});
    pod["spec"]["tolerations"] = tolerations;
    pod["spec"]["nodeName"] = node->name();
    if (const auto created = operations_.create(KindId::kPod, set->space(), std::move(pod), as_controller())) {
      recorder_.normal(kDaemonSetController, *set, "SuccessfulCreate", "Created pod: " + (*created)->name());
      // Real ones leave the node to the scheduler, which finds that only one will do.
      recorder_.scheduling(
          **created, false, "Scheduled", "Binding",
          fmt::format("Successfully assigned {}/{} to {}", set->space(), (*created)->name(), node->name()));
    } else {
      recorder_.warning(kDaemonSetController, *set, "FailedCreate", "Error creating: " + created.error().message);
      queue_.add_after(key, std::chrono::seconds(1));
    }
  }
  // On nodes that are gone.
  for (const auto& [_, on_node] : pods)
    for (const ObjectPtr& pod : on_node)
      if (!pod->deleting()) remove_pod(*set, *pod);

  if (set->text("spec.updateStrategy.type") != "OnDelete") {
    const std::int64_t most =
        std::max<std::int64_t>(1, share_of(set->at("spec.updateStrategy.rollingUpdate.maxUnavailable"),
                                           static_cast<std::int64_t>(desired), true));
    for (const ObjectPtr& pod : old) {
      // A Pod that does not serve costs nothing.
      if (is_ready(*pod) && unavailable >= most) continue;
      if (is_ready(*pod)) ++unavailable;
      remove_pod(*set, *pod);
    }
  }
  write_status(key, revisions, desired, misplaced);
}

void DaemonSets::remove_pod(const Object& set, const Object& pod) {
  if (operations_.remove(pod.key()))
    recorder_.normal(kDaemonSetController, set, "SuccessfulDelete", "Deleted pod: " + pod.name());
}

void DaemonSets::write_status(const ObjectKey& key, const Revisions& revisions, std::size_t desired,
                              std::size_t misplaced) {
  const ObjectPtr set = store_.find(key);
  if (!set) return;
  const std::string_view wanted = revisions.update->labels()[kRevisionHashLabel].text();
  std::size_t scheduled = 0, ready = 0, updated = 0;
  for (const auto& [_, on_node] : pods_of(*set)) {
    const auto pod =
        std::find_if(on_node.begin(), on_node.end(), [](const ObjectPtr& each) { return is_active(*each); });
    if (pod == on_node.end()) continue;
    ++scheduled;
    ready += is_ready(**pod) ? 1 : 0;
    updated += hash_of(**pod) == wanted ? 1 : 0;
  }
  Value status{{"currentNumberScheduled", scheduled},
               {"numberMisscheduled", misplaced},
               {"desiredNumberScheduled", desired},
               {"numberReady", ready},
               {"observedGeneration", set->number("metadata.generation", 1)}};
  if (updated != 0) status["updatedNumberScheduled"] = updated;
  if (ready != 0) status["numberAvailable"] = ready;
  if (desired > ready) status["numberUnavailable"] = desired - ready;
  if (set->at("status") == status) return;
  Value next = set->value();
  next["status"] = std::move(status);
  (void)operations_.write(set, std::move(next), kControllerManager, "status");
}

}  // namespace plumbline::kube
