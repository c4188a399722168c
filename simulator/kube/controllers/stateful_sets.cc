#include "simulator/kube/controllers/stateful_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "simulator/kube/api/pod_state.h"
#include "simulator/kube/controllers/field_manager.h"

namespace plumbline::kube {
namespace {

constexpr const char* kPodName = "statefulset.kubernetes.io/pod-name";
constexpr const char* kPodIndex = "apps.kubernetes.io/pod-index";

/// 3 of "db-3", of the set "db"; -1 when the name is not one of the set's.
std::int64_t ordinal_of(const Object& pod, std::string_view set) {
  const std::string_view name = pod.name();
  if (!name.starts_with(set) || name.size() <= set.size() + 1 || name[set.size()] != '-') return -1;
  std::int64_t ordinal = -1;
  const std::string_view digits = name.substr(set.size() + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
  return error == std::errc{} && end == digits.data() + digits.size() ? ordinal : -1;
}

std::string_view hash_of(const Object& pod) { return pod.labels()[kRevisionHashLabel].text(); }

bool serves(const ObjectPtr& pod) { return pod && is_ready(*pod) && !pod->deleting(); }

struct Range {
  std::int64_t first, end;
  bool contains(std::int64_t ordinal) const { return ordinal >= first && ordinal < end; }
};

Range range_of(const Object& set) {
  const std::int64_t first = std::max<std::int64_t>(0, set.number("spec.ordinals.start"));
  return {first, first + std::max<std::int64_t>(0, set.number("spec.replicas", 1))};
}

}  // namespace

StatefulSets::StatefulSets(boost::asio::io_context& io, Operations& operations, EventRecorder& events)
    : operations_(operations),
      recorder_(events),
      store_(operations.store()),
      queue_(io, [this](const ObjectKey& key) { sync(key); }),
      sets_(store_.subscribe(KindId::kStatefulSet, "",
                             [this](const Event& event) {
                               if (event.op != Op::kDeleted) queue_.add(event.object->key());
                             })),
      pods_(store_.subscribe(KindId::kPod, "", [this](const Event& event) {
        const ObjectPtr owner = store_.find_uid(event.object->controller()["uid"].text());
        if (owner && owner->kind() == KindId::kStatefulSet) queue_.add(owner->key());
      })) {}

StatefulSets::Replicas StatefulSets::replicas_of(const Object& set) const {
  Replicas replicas;
  for (const ObjectPtr& pod : store_.owned_by(set.uid()))
    if (pod->kind() == KindId::kPod)
      if (const std::int64_t ordinal = ordinal_of(*pod, set.name()); ordinal >= 0) replicas.emplace(ordinal, pod);
  return replicas;
}

void StatefulSets::sync(const ObjectKey& key) {
  const ObjectPtr set = store_.find(key);
  if (!set || set->deleting()) return;
  const Replicas replicas = replicas_of(*set);
  std::vector<std::string> live;
  for (const auto& [_, pod] : replicas) live.emplace_back(hash_of(*pod));
  const Revisions revisions = sync_revisions(operations_, *set, live);
  if (revisions.update && scale(*set, revisions, replicas) && set->text("spec.updateStrategy.type") != "OnDelete")
    roll(*set, revisions, replicas);
  write_status(key, revisions);
}

bool StatefulSets::scale(const Object& set, const Revisions& revisions, const Replicas& replicas) {
  const bool together = set.text("spec.podManagementPolicy") == "Parallel";
  const Range range = range_of(set);
  const std::int64_t partition = set.number("spec.updateStrategy.rollingUpdate.partition");
  const std::string_view current = set.text("status.currentRevision");
  const auto old = std::find_if(revisions.all.begin(), revisions.all.end(),
                                [&](const ObjectPtr& each) { return each->name() == current; });
  for (std::int64_t ordinal = range.first; ordinal < range.end; ++ordinal) {
    const auto found = replicas.find(ordinal);
    if (found != replicas.end() && is_finished(*found->second)) {
      const bool failed = found->second->at("status.phase") == "Failed";
      recorder_.warning(kStatefulSetController, set, failed ? "RecreatingFailedPod" : "RecreatingTerminatedPod",
                        fmt::format("StatefulSet {}/{} is recreating {} Pod {}", set.space(), set.name(),
                                    failed ? "failed" : "terminated", found->second->name()));
      remove_replica(set, *found->second);
      return false;
    }
    if (found == replicas.end()) {
      // Below the partition a Pod that has to be made again is of the old revision.
      const bool keeps = ordinal < partition && old != revisions.all.end();
      create_replica(set, keeps ? **old : *revisions.update, ordinal);
      if (!together) return false;
      continue;
    }
    if (!together && !serves(found->second)) return false;
  }
  // From the highest ordinal down; one at a time, unless together.
  for (auto each = replicas.rbegin(); each != replicas.rend(); ++each) {
    if (range.contains(each->first)) continue;
    if (!each->second->deleting()) remove_replica(set, *each->second);
    if (!together) return false;
  }
  return true;
}

void StatefulSets::roll(const Object& set, const Revisions& revisions, const Replicas& replicas) {
  const Range range = range_of(set);
  const std::int64_t partition = std::max(range.first, set.number("spec.updateStrategy.rollingUpdate.partition"));
  const std::string_view wanted = revisions.update->labels()[kRevisionHashLabel].text();
  for (std::int64_t ordinal = range.end; ordinal-- > partition;) {
    const auto found = replicas.find(ordinal);
    if (found == replicas.end()) return;
    if (hash_of(*found->second) != wanted && !found->second->deleting()) {
      remove_replica(set, *found->second);
      return;
    }
    if (!serves(found->second)) return;
  }
}

void StatefulSets::create_replica(const Object& set, const Object& revision, std::int64_t ordinal) {
  const Value& pod_template = revision.at("data.spec.template");
  const std::string name = fmt::format("{}-{}", set.name(), ordinal);
  Value pod{{"metadata", pod_template["metadata"]}, {"spec", pod_template["spec"]}};
  Value& metadata = pod["metadata"];
  metadata.erase("creationTimestamp");
  metadata["name"] = name;
  metadata["labels"][kPodName] = name;
  metadata["labels"][kPodIndex] = std::to_string(ordinal);
  metadata["labels"][kRevisionHashLabel] = revision.labels()[kRevisionHashLabel];
  metadata["ownerReferences"] = Value::array({controller_reference(store_.kind(set.kind()), set)});
  pod["spec"]["hostname"] = name;
  if (const Value& service = set.at("spec.serviceName"); !service.text().empty()) pod["spec"]["subdomain"] = service;
  if (const auto created = operations_.create(KindId::kPod, set.space(), std::move(pod), as_controller())) {
    recorder_.normal(kStatefulSetController, set, "SuccessfulCreate",
                     fmt::format("create Pod {} in StatefulSet {} successful", name, set.name()));
  } else {
    recorder_.warning(
        kStatefulSetController, set, "FailedCreate",
        fmt::format("create Pod {} in StatefulSet {} failed error: {}", name, set.name(), created.error().message));
    queue_.add_after(set.key(), std::chrono::seconds(1));
  }
}

void StatefulSets::remove_replica(const Object& set, const Object& pod) {
  if (operations_.remove(pod.key()))
    recorder_.normal(kStatefulSetController, set, "SuccessfulDelete",
                     fmt::format("delete Pod {} in StatefulSet {} successful", pod.name(), set.name()));
}

void StatefulSets::write_status(const ObjectKey& key, const Revisions& revisions) {
  const ObjectPtr set = store_.find(key);
  if (!set || !revisions.update) return;
  const Replicas replicas = replicas_of(*set);
  const std::string_view wanted = revisions.update->labels()[kRevisionHashLabel].text();
  std::string current = set->at("status.currentRevision").string();
  if (current.empty()) current = revisions.update->name();
  std::int64_t ready = 0, updated = 0;
  for (const auto& [_, pod] : replicas) {
    ready += serves(pod) ? 1 : 0;
    updated += hash_of(*pod) == wanted && !pod->deleting() ? 1 : 0;
  }
  const auto total = static_cast<std::int64_t>(replicas.size());
  const bool rolled = updated == total && ready == total && total == set->number("spec.replicas", 1);
  if (rolled) current = revisions.update->name();
  std::int64_t of_current = 0;
  for (const auto& [_, pod] : replicas)
    if (fmt::format("{}-{}", set->name(), hash_of(*pod)) == current && !pod->deleting()) ++of_current;
  Value status{{"observedGeneration", set->number("metadata.generation", 1)},
               {"replicas", total},
               {"availableReplicas", ready},
               {"currentRevision", current},
               {"updateRevision", revisions.update->name()},
               {"collisionCount", 0}};
  for (const auto& [field, value] : {std::pair{"readyReplicas", ready}, std::pair{"currentReplicas", of_current},
                                     std::pair{"updatedReplicas", updated}})
    if (value != 0) status[field] = value;
  if (set->at("status") == status) return;
  Value next = set->value();
  next["status"] = std::move(status);
  (void)operations_.write(set, std::move(next), kControllerManager, "status");
}

}  // namespace plumbline::kube
