// How objects go: at once, or when their grace period, their finalizers or their contents are over.
#include <fmt/format.h>

#include <algorithm>

#include "simulator/kube/api/operations.h"

namespace plumbline::kube {
namespace {

constexpr std::int64_t kDefaultGraceSeconds = 30;

}  // namespace

Outcome<ObjectPtr> Operations::remove(const ObjectKey& key, const DeleteOptions& options) {
  const Kind& kind = store_.kind(key.kind);
  const ObjectPtr current = store_.find(key);
  if (!current) return not_found(kind, key.name);
  const auto precondition = [&](std::string_view why) {
    Kind named;  // these words name the kind where others name the resource
    named.group = kind.group;
    named.plural = kind.name;
    Failure failure = conflict(named, key.name);
    failure.message =
        fmt::format("Operation cannot be fulfilled on {} \"{}\": {}", named.qualified_plural(), key.name, why);
    return failure;
  };
  if (!options.uid.empty() && options.uid != current->uid())
    return precondition(
        fmt::format("the UID in the precondition ({}) does not match the UID in record ({}). The object "
                    "might have been deleted and then recreated",
                    options.uid, current->uid()));
  if (const std::string version = std::to_string(current->resource_version());
      !options.resource_version.empty() && options.resource_version != version)
    return precondition(
        fmt::format("the ResourceVersion in the precondition ({}) does not match the ResourceVersion in "
                    "record ({}). The object might have been modified",
                    options.resource_version, version));
  if (key.kind == KindId::kNamespace &&
      (key.name == "default" || key.name == "kube-system" || key.name == "kube-public"))
    return forbidden(kind, key.name, "this namespace may not be deleted");
  if (options.dry_run) return current;
  if (key.kind == KindId::kNamespace) return begin_deletion(current, 0, "");
  std::string_view finalizer;
  if (options.propagation == Propagation::kOrphan) finalizer = kOrphanFinalizer;
  if (options.propagation == Propagation::kForeground) finalizer = kForegroundFinalizer;
  // Nobody to wait for: nothing holds it.
  if (!store_.owns(current->uid())) finalizer = {};
  if (key.kind == KindId::kPod && finalizer.empty()) return remove_pod(current, options);
  if (!finalizer.empty() || current->has_finalizers()) return begin_deletion(current, 0, finalizer);
  return erase(key);
}

Outcome<ObjectPtr> Operations::erase(const ObjectKey& key) {
  auto erased = store_.erase(key);
  if (erased && key.kind == KindId::kService) services_.release((*erased)->value());
  return erased;
}

Outcome<ObjectPtr> Operations::begin_deletion(const ObjectPtr& object, std::int64_t grace_seconds,
                                              std::string_view finalizer) {
  Value next = object->value();
  if (!object->deleting()) {
    next["metadata"]["deletionTimestamp"] = store_.now(std::chrono::seconds(grace_seconds));
    next["metadata"]["deletionGracePeriodSeconds"] = grace_seconds;
    if (counts_generations(store_.kind(object->kind())))
      next["metadata"]["generation"] = object->number("metadata.generation") + 1;
  }
  if (object->kind() == KindId::kNamespace) next["status"]["phase"] = "Terminating";
  if (!finalizer.empty() && !object->has_finalizer(finalizer)) next["metadata"]["finalizers"].push_back(finalizer);
  return store_.replace(object, std::move(next));
}

Outcome<ObjectPtr> Operations::remove_pod(const ObjectPtr& pod, const DeleteOptions& options) {
  std::int64_t grace =
      options.grace_seconds.value_or(pod->number("spec.terminationGracePeriodSeconds", kDefaultGraceSeconds));
  const Value& phase = pod->at("status.phase");
  const bool runs = !pod->text("spec.nodeName").empty() && phase != "Succeeded" && phase != "Failed";
  grace = runs ? std::clamp<std::int64_t>(grace, 0, kGraceSecondsMax) : 0;
  if (pod->deleting() && grace >= pod->number("metadata.deletionGracePeriodSeconds")) return pod;
  if (grace == 0 && !pod->has_finalizers()) return erase(pod->key());
  Value next = pod->value();
  Value& metadata = next["metadata"];
  metadata["deletionTimestamp"] = store_.now(std::chrono::seconds(grace));
  metadata["deletionGracePeriodSeconds"] = grace;
  metadata["generation"] = pod->number("metadata.generation") + 1;
  return store_.replace(pod, std::move(next));
}

}  // namespace plumbline::kube
