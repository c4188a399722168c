#include "simulator/kube/controllers/deployments.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "simulator/kube/controllers/field_manager.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr std::string_view kHashLabel = "pod-template-hash";
constexpr const char* kRevision = "deployment.kubernetes.io/revision";
/// Of a Deployment's annotations those that its ReplicaSets do not take over.
constexpr std::string_view kOwnAnnotations[] = {"kubectl.kubernetes.io/last-applied-configuration",
                                                kRevision,
                                                "deployment.kubernetes.io/revision-history",
                                                "deployment.kubernetes.io/desired-replicas",
                                                "deployment.kubernetes.io/max-replicas",
                                                "deprecated.deployment.rollback.to"};
constexpr std::int64_t kRevisionMax = INT64_MAX - 1;  ///< one can be added
constexpr std::string_view kHashLetters = "bcdfghjklmnpqrstvwxz2456789";

std::int64_t replicas_of(const Object& set) { return set.number("spec.replicas", 0); }
std::int64_t available_of(const Object& set) { return set.number("status.availableReplicas", 0); }
std::int64_t ready_of(const Object& set) { return set.number("status.readyReplicas", 0); }
std::int64_t running_of(const Object& set) { return set.number("status.replicas", 0); }

std::int64_t revision_of(const Object& set) {
  const std::string_view text = set.annotation(kRevision);
  std::int64_t revision = 0;
  std::from_chars(text.data(), text.data() + text.size(), revision);
  return std::min(revision, kRevisionMax);
}

/// The annotations of a Deployment's current ReplicaSet, which had `annotations`: what is taken away from a Deployment
/// stays with its ReplicaSet. kubectl keeps the reason of a change there.
Value annotations_of_set(const Object& deployment, Value annotations, std::int64_t revision) {
  for (const Member& member : deployment.at("metadata.annotations").fields())
    if (std::find(std::begin(kOwnAnnotations), std::end(kOwnAnnotations), member.name()) == std::end(kOwnAnnotations))
      annotations.set(member.name()) = member.value;
  annotations[kRevision] = std::to_string(revision);
  return annotations;
}

}  // namespace

std::int64_t share_of(const Value& value, std::int64_t whole, bool up) {
  std::int64_t number = value.integer();
  if (value.is_string()) {
    const std::string_view text = value.text();
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc::result_out_of_range)
      number = INT32_MAX;
  }
  number = std::clamp<std::int64_t>(number, 0, INT32_MAX);
  return value.is_string() ? std::min<std::int64_t>((number * whole + (up ? 99 : 0)) / 100, INT32_MAX) : number;
}

RollingLimits rolling_limits(const Value& deployment, std::int64_t replicas) {
  RollingLimits limits{share_of(deployment.at("spec.strategy.rollingUpdate.maxSurge"), replicas, true),
                       share_of(deployment.at("spec.strategy.rollingUpdate.maxUnavailable"), replicas, false)};
  if (limits.surge == 0 && limits.unavailable == 0) limits.unavailable = 1;
  limits.unavailable = std::min(limits.unavailable, replicas);
  return limits;
}

std::string template_hash(const Value& pod_template) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char letter : to_text(pod_template)) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
  std::string text;
  for (int i = 0; i < 10; ++i, hash /= kHashLetters.size()) text += kHashLetters[hash % kHashLetters.size()];
  return text;
}

Deployments::Deployments(boost::asio::io_context& io, Operations& operations, EventRecorder& events)
    : operations_(operations),
      recorder_(events),
      store_(operations.store()),
      queue_(io, [this](const ObjectKey& key) { sync(key); }),
      deployments_(store_.subscribe(KindId::kDeployment, "",
                                    [this](const Event& event) {
                                      if (event.op != Op::kDeleted) queue_.add(event.object->key());
                                    })),
      sets_(store_.subscribe(KindId::kReplicaSet, "", [this](const Event& event) { queue_owner(*event.object); })),
      pods_(store_.subscribe(KindId::kPod, "", [this](const Event& event) {
        // A Recreate goes on when the last Pod is gone; a ReplicaSet's status doesn't tell that.
        if (event.op != Op::kDeleted) return;
        const ObjectPtr set = store_.find_uid(event.object->controller()["uid"].text());
        if (set && replicas_of(*set) == 0) queue_owner(*set);
      })) {}

void Deployments::queue_owner(const Object& set) {
  const ObjectPtr owner = store_.find_uid(set.controller()["uid"].text());
  if (owner && owner->kind() == KindId::kDeployment) queue_.add(owner->key());
}

Deployments::Sets Deployments::sets_of(const Object& deployment, const std::string& hash) const {
  Sets sets;
  for (const ObjectPtr& set : store_.owned_by(deployment.uid())) {
    if (!set || set->kind() != KindId::kReplicaSet || set->deleting()) continue;
    if (set->labels()[kHashLabel] == hash)
      sets.current = set;
    else
      sets.old.push_back(set);
  }
  std::sort(sets.old.begin(), sets.old.end(),
            [](const ObjectPtr& left, const ObjectPtr& right) { return left->created() < right->created(); });
  return sets;
}

void Deployments::sync(const ObjectKey& key) {
  const ObjectPtr deployment = store_.find(key);
  if (!deployment || deployment->deleting()) return;
  const std::string hash = template_hash(deployment->at("spec.template"));
  Sets sets = sets_of(*deployment, hash);
  std::int64_t revision = 1;
  for (const ObjectPtr& old : sets.old) revision = std::max(revision, revision_of(*old) + 1);
  const bool paused = deployment->at("spec.paused").boolean();
  const bool recreates = deployment->text("spec.strategy.type") == "Recreate";
  const std::int64_t wanted = deployment->number("spec.replicas", 1);

  if (!sets.current && !paused) {
    const bool first = sets.old.empty();
    sets.current = make_current(*deployment, hash, revision, first ? wanted : 0);
  } else if (sets.current) {
    // Its revision is the latest: an old template may be current again (a rollback).
    const Value& had = sets.current->at("metadata.annotations");
    Value annotations = annotations_of_set(*deployment, had.is_object() ? had : Value::object(),
                                           std::max(revision, revision_of(*sets.current)));
    if (!(annotations == had)) {
      Value next = sets.current->value();
      next["metadata"]["annotations"] = std::move(annotations);
      if (const auto replaced = operations_.write(sets.current, std::move(next), kControllerManager))
        sets.current = *replaced;
    }
  }
  if (sets.current) {
    if (paused && !sets.old.empty()) {
      // Neither rolls on nor back.
    } else if (recreates) {
      recreate(*deployment, sets);
    } else {
      roll(*deployment, sets);
    }
  }
  sets = sets_of(*deployment, hash);
  clean_up(*deployment, sets);
  write_status(key, sets, sets.current ? revision_of(*sets.current) : 0);
}

ObjectPtr Deployments::make_current(const Object& deployment, const std::string& hash, std::int64_t revision,
                                    std::int64_t replicas) {
  Value pod_template = deployment.at("spec.template");
  pod_template["metadata"]["labels"][kHashLabel] = hash;
  pod_template["metadata"].erase("creationTimestamp");
  Value selector = deployment.at("spec.selector");
  selector["matchLabels"][kHashLabel] = hash;
  const Value owner{{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", deployment.name()},
                    {"uid", deployment.uid()}, {"controller", true},   {"blockOwnerDeletion", true}};
  Value set{{"metadata",
             {{"name", deployment.name() + "-" + hash},
              {"labels", pod_template.at("metadata.labels")},
              {"annotations", annotations_of_set(deployment, Value::object(), revision)},
              {"ownerReferences", Value::array({owner})}}},
            {"spec", {{"replicas", replicas}, {"selector", selector}, {"template", pod_template}}}};
  const auto created = operations_.create(KindId::kReplicaSet, deployment.space(), std::move(set), as_controller());
  if (!created) {
    recorder_.warning(kDeploymentController, deployment, "ReplicaSetCreateError",
                      fmt::format("Failed to create new replica set \"{}-{}\": {}", deployment.name(), hash,
                                  created.error().message));
    return nullptr;
  }
  if (replicas > 0) tell_scaled(deployment, **created, 0, replicas);
  return *created;
}

void Deployments::set_replicas(const Object& deployment, const ObjectPtr& set, std::int64_t replicas) {
  const ObjectPtr latest = store_.find(set->key());
  if (latest && replicas_of(*latest) != replicas && operations_.set_replicas(latest->key(), replicas, as_controller()))
    tell_scaled(deployment, *latest, replicas_of(*latest), replicas);
}

void Deployments::tell_scaled(const Object& deployment, const Object& set, std::int64_t from, std::int64_t to) {
  recorder_.normal(
      kDeploymentController, deployment, "ScalingReplicaSet",
      fmt::format("Scaled {} replica set {} from {} to {}", to > from ? "up" : "down", set.name(), from, to));
}

void Deployments::roll(const Object& deployment, const Sets& sets) {
  const std::int64_t wanted = deployment.number("spec.replicas", 1);
  const RollingLimits limits = rolling_limits(deployment.value(), wanted);
  std::int64_t total = replicas_of(*sets.current), available = available_of(*sets.current);
  std::int64_t leaving = 0;  // Pods that a ReplicaSet still has to remove
  for (const ObjectPtr& old : sets.old) {
    total += replicas_of(*old);
    leaving += std::max<std::int64_t>(0, running_of(*old) - replicas_of(*old));
    available += available_of(*old);
  }
  const std::int64_t current = replicas_of(*sets.current);
  if (current > wanted) return set_replicas(deployment, sets.current, wanted);
  if (current < wanted) {
    const std::int64_t room = wanted + (sets.old.empty() ? 0 : limits.surge) - total - leaving;
    if (room > 0) return set_replicas(deployment, sets.current, current + std::min(room, wanted - current));
  }

  const std::int64_t least = wanted - limits.unavailable;
  std::int64_t removable = total - least - (current - available_of(*sets.current));
  if (removable <= 0) return;
  // Old Pods that don't serve cost nothing.
  std::vector<std::int64_t> left;
  for (const ObjectPtr& old : sets.old) {
    const std::int64_t unhealthy =
        std::min(removable, std::max<std::int64_t>(0, replicas_of(*old) - available_of(*old)));
    left.push_back(replicas_of(*old) - unhealthy);
    removable -= unhealthy;
  }
  std::int64_t spare = std::min(removable, available - least);
  for (std::size_t i = 0; i < sets.old.size(); ++i) {
    const std::int64_t taken = std::clamp<std::int64_t>(spare, 0, left[i]);
    left[i] -= taken;
    spare -= taken;
    set_replicas(deployment, sets.old[i], left[i]);
  }
}

void Deployments::recreate(const Object& deployment, const Sets& sets) {
  bool stopped = true;
  for (const ObjectPtr& old : sets.old) {
    set_replicas(deployment, old, 0);
    // Terminating Pods still run; the new ones must not meet them.
    stopped = stopped && !store_.owns(old->uid());
  }
  if (stopped) set_replicas(deployment, sets.current, deployment.number("spec.replicas", 1));
}

void Deployments::clean_up(const Object& deployment, const Sets& sets) {
  const auto kept =
      static_cast<std::size_t>(std::max<std::int64_t>(0, deployment.number("spec.revisionHistoryLimit", 10)));
  std::size_t surplus = sets.old.size() > kept ? sets.old.size() - kept : 0;
  for (const ObjectPtr& old : sets.old) {
    if (surplus == 0) return;
    if (replicas_of(*old) != 0 || running_of(*old) != 0) continue;
    (void)operations_.remove(old->key());
    --surplus;
  }
}

void Deployments::write_status(const ObjectKey& key, const Sets& sets, std::int64_t revision) {
  const ObjectPtr deployment = store_.find(key);
  if (!deployment) return;
  const std::int64_t wanted = deployment->number("spec.replicas", 1);
  std::int64_t running = 0, ready = 0, available = 0;
  const auto count = [&](const ObjectPtr& set) {
    running += running_of(*set);
    ready += ready_of(*set);
    available += available_of(*set);
  };
  if (sets.current) count(sets.current);
  for (const ObjectPtr& old : sets.old) count(old);

  Value status{{"observedGeneration", deployment->number("metadata.generation", 1)}};
  const std::int64_t updated = sets.current ? running_of(*sets.current) : 0;
  for (const auto& [field, value] : {std::pair{"replicas", running}, std::pair{"updatedReplicas", updated},
                                     std::pair{"readyReplicas", ready}, std::pair{"availableReplicas", available},
                                     std::pair{"unavailableReplicas", std::max<std::int64_t>(0, wanted - available)}})
    if (value != 0) status[field] = value;

  const auto condition = [&](std::string_view type, bool holds, std::string_view reason, const std::string& message) {
    Value fresh{{"type", type},       {"status", holds ? "True" : "False"}, {"reason", reason},
                {"message", message}, {"lastUpdateTime", store_.now()},     {"lastTransitionTime", store_.now()}};
    for (const Value& old : deployment->at("status.conditions")) {
      if (old["type"] != type || old["status"] != fresh["status"]) continue;
      fresh["lastTransitionTime"] = old["lastTransitionTime"];
      if (old["reason"] == reason && old["message"] == message) fresh["lastUpdateTime"] = old["lastUpdateTime"];
    }
    status["conditions"].push_back(std::move(fresh));
  };
  const bool enough = available >= wanted - rolling_limits(deployment->value(), wanted).unavailable;
  condition("Available", enough, enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
            enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.");
  const bool complete = updated == wanted && running == wanted && available == wanted;
  const std::string set_name = sets.current ? sets.current->name() : "";
  condition(
      "Progressing", true, complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
      fmt::format("ReplicaSet \"{}\" {}", set_name, complete ? "has successfully progressed." : "is progressing."));

  Value next = deployment->value();
  next["status"] = std::move(status);
  if (revision > 0) next["metadata"]["annotations"][kRevision] = std::to_string(revision);
  (void)operations_.write(deployment, std::move(next), kControllerManager, "status");
}

}  // namespace plumbline::kube
