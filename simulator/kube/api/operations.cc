#include "simulator/kube/api/operations.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace plumbline::kube {
namespace {

constexpr std::int64_t kDefaultGraceSeconds = 30;

Failure malformed(const Json::exception& error) {
  return bad_request(fmt::format("the object is malformed: {}", error.what()));
}

// The type of the body must be the type of the request; what may be left out is filled in.
Outcome<void> set_type(const Kind& kind, Json& object) {
  if (!object.is_object()) return bad_request("the object must be a JSON object");
  const std::string name = text_at(object, "kind"), version = text_at(object, "apiVersion");
  if ((!name.empty() && name != kind.name) || (!version.empty() && version != kind.api_version()))
    return bad_request(fmt::format("the object provided is unrecognized: {}/{} sent to {}/{}", version, name,
                                   kind.api_version(), kind.plural));
  object["kind"] = kind.name;
  object["apiVersion"] = kind.api_version();
  if (!object.contains("metadata") || object["metadata"].is_null()) object["metadata"] = Json::object();
  if (!object["metadata"].is_object()) return bad_request("metadata must be a JSON object");
  object["metadata"].erase("managedFields");
  return {};
}

// Pods' status is written by the kubelet, and so on; what a creator says of it does not count.
bool status_is_the_systems(const Kind& kind) {
  return (kind.subresources & kStatusPart) != 0 && kind.id != KindId::kNode;
}

bool counts_generations(KindId kind) { return kind == KindId::kDeployment || kind == KindId::kReplicaSet; }

void keep(Json& next, const Json& current, const char* field) {
  if (current.contains(field))
    next[field] = current.at(field);
  else
    next.erase(field);
}

ObjectPtr unsaved(KindId kind, Json json, std::uint64_t version) {
  return std::make_shared<const Object>(kind, std::move(json), version, version);
}

bool has_finalizers(const Json& json) {
  const Json& finalizers = at(json, "metadata.finalizers");
  return finalizers.is_array() && !finalizers.empty();
}

}  // namespace

Outcome<ObjectPtr> Operations::create(KindId kind, const std::string& space, Json object, bool dry_run) {
  try {
    return create_checked(kind, space, std::move(object), dry_run);
  } catch (const Json::exception& error) {
    return malformed(error);
  }
}

Outcome<ObjectPtr> Operations::create_checked(KindId id, const std::string& space, Json object, bool dry_run) {
  const Kind& kind = kind_of(id);
  if (const auto typed = set_type(kind, object); !typed) return typed.error();
  Json& metadata = object["metadata"];
  if (kind.namespaced) {
    const std::string given = text_at(metadata, "namespace");
    if (!given.empty() && given != space)
      return bad_request("the namespace of the provided object does not match the namespace sent on the request");
    metadata["namespace"] = space;
    const ObjectPtr home = store_.find(KindId::kNamespace, "", space);
    if (!home) return not_found(kind_of(KindId::kNamespace), space);
    if (home->deleting())
      return forbidden(
          kind, text_at(metadata, "name"),
          fmt::format("unable to create new content in namespace {} because it is being terminated", space));
  } else {
    metadata.erase("namespace");
  }
  const std::string asked_version = text_at(metadata, "resourceVersion");
  if (!asked_version.empty() && asked_version != "0")
    return bad_request("resourceVersion should not be set on objects to be created");
  for (const char* field : {"deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation"})
    metadata.erase(field);
  if (status_is_the_systems(kind)) object.erase("status");
  if (counts_generations(id)) metadata["generation"] = 1;
  Admission::set_defaults(id, object);
  const std::string name = text_at(metadata, "name");
  if (const auto causes = Admission::validate(id, object, nullptr); !causes.empty()) return invalid(kind, name, causes);
  if (!name.empty() && store_.find(id, space, name)) return already_exists(kind, name);
  if (dry_run) {
    if (name.empty()) object["metadata"]["name"] = text_at(object, "metadata.generateName") + "xxxxx";
    object["metadata"]["creationTimestamp"] = store_.now();
    return unsaved(id, std::move(object), 0);
  }
  if (id == KindId::kService)
    if (const auto allocated = admission_.allocate(object, nullptr); !allocated) return allocated.error();
  return store_.create(id, std::move(object));
}

Outcome<ObjectPtr> Operations::update(const Key& key, Json object, Part part, bool dry_run) {
  const Kind& kind = kind_of(key.kind);
  const ObjectPtr current = store_.find(key);
  if (!current) return not_found(kind, key.name);
  try {
    if (const auto typed = set_type(kind, object); !typed) return typed.error();
    return update_checked(current, std::move(object), part, dry_run);
  } catch (const Json::exception& error) {
    return malformed(error);
  }
}

Outcome<ObjectPtr> Operations::patch(const Key& key, PatchType type, const Json& patch, Part part, bool dry_run) {
  const Kind& kind = kind_of(key.kind);
  const ObjectPtr current = store_.find(key);
  if (!current) return not_found(kind, key.name);
  try {
    auto next = patched(current->json(), type, patch);
    if (!next) return next.error();
    if (const auto typed = set_type(kind, *next); !typed) return typed.error();
    return update_checked(current, std::move(*next), part, dry_run);
  } catch (const Json::exception& error) {
    return malformed(error);
  }
}

Outcome<ObjectPtr> Operations::update_checked(const ObjectPtr& current, Json next, Part part, bool dry_run) {
  const Key key = current->key();
  const Kind& kind = kind_of(key.kind);
  const Json& before = current->json();
  Json& metadata = next["metadata"];
  if (const std::string name = text_at(metadata, "name"); !name.empty() && name != key.name)
    return bad_request(
        fmt::format("the name of the object ({}) does not match the name on the URL ({})", name, key.name));
  if (const std::string space = text_at(metadata, "namespace"); !space.empty() && space != key.space)
    return bad_request("the namespace of the provided object does not match the namespace sent on the request");
  const std::string version = text_at(metadata, "resourceVersion"), uid = text_at(metadata, "uid");
  if (!version.empty() && version != "0" && version != std::to_string(current->resource_version()))
    return conflict(kind, key.name);
  if (!uid.empty() && uid != current->uid()) return conflict(kind, key.name);

  if (part == Part::kStatus) {
    Json whole = before;
    keep(whole, next, "status");
    next = std::move(whole);
  } else {
    const Json& was = before.at("metadata");
    for (const char* field : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp", "generateName",
                              "deletionTimestamp", "deletionGracePeriodSeconds", "generation"})
      keep(metadata, was, field);
    if ((kind.subresources & kStatusPart) != 0) keep(next, before, "status");
    Admission::set_defaults(key.kind, next);
    if (counts_generations(key.kind) && at(next, "spec") != at(before, "spec"))
      next["metadata"]["generation"] = number_at(before, "metadata.generation", 0) + 1;
  }
  if (const auto causes = Admission::validate(key.kind, next, current.get()); !causes.empty())
    return invalid(kind, key.name, causes);
  if (dry_run) return unsaved(key.kind, std::move(next), current->resource_version());
  if (key.kind == KindId::kService && part == Part::kMain)
    if (const auto allocated = admission_.allocate(next, current.get()); !allocated) return allocated.error();
  const auto replaced = store_.replace(current, std::move(next));
  // The last finalizer has gone. Pods wait for their kubelet, namespaces for their contents.
  if (replaced && (*replaced)->deleting() && !has_finalizers((*replaced)->json()) &&
      number_at((*replaced)->json(), "metadata.deletionGracePeriodSeconds", 0) == 0 && key.kind != KindId::kNamespace)
    return erase(key);
  return replaced;
}

Outcome<ObjectPtr> Operations::remove(const Key& key, const DeleteOptions& options) {
  const Kind& kind = kind_of(key.kind);
  const ObjectPtr current = store_.find(key);
  if (!current) return not_found(kind, key.name);
  if ((!options.uid.empty() && options.uid != current->uid()) ||
      (!options.resource_version.empty() && options.resource_version != std::to_string(current->resource_version())))
    return conflict(kind, key.name);
  if (options.propagation == Propagation::kOrphan) orphan_dependents(current);
  if (key.kind == KindId::kPod) return remove_pod(current, options);
  if (key.kind == KindId::kNamespace) return mark_deleting(current, 0, false);
  const bool foreground = options.propagation == Propagation::kForeground && !store_.owned_by(current->uid()).empty();
  if (foreground || has_finalizers(current->json())) return mark_deleting(current, 0, foreground);
  return erase(key);
}

Outcome<ObjectPtr> Operations::erase(const Key& key) {
  auto erased = store_.erase(key);
  if (erased && key.kind == KindId::kService) admission_.release((*erased)->json());
  return erased;
}

Outcome<ObjectPtr> Operations::mark_deleting(const ObjectPtr& object, std::int64_t grace_seconds, bool foreground) {
  Json next = object->json();
  Json& metadata = next["metadata"];
  if (!object->deleting()) {
    metadata["deletionTimestamp"] = store_.now(std::chrono::seconds(grace_seconds));
    metadata["deletionGracePeriodSeconds"] = grace_seconds;
    if (counts_generations(object->kind()))
      metadata["generation"] = number_at(object->json(), "metadata.generation", 0) + 1;
  }
  if (object->kind() == KindId::kNamespace) next["status"]["phase"] = "Terminating";
  if (foreground) {
    Json& finalizers = metadata["finalizers"];
    if (!finalizers.is_array()) finalizers = Json::array();
    if (std::find(finalizers.begin(), finalizers.end(), kForegroundFinalizer) == finalizers.end())
      finalizers.push_back(kForegroundFinalizer);
  }
  return store_.replace(object, std::move(next));
}

Outcome<ObjectPtr> Operations::remove_pod(const ObjectPtr& pod, const DeleteOptions& options) {
  std::int64_t grace = options.grace_seconds.value_or(
      number_at(pod->json(), "spec.terminationGracePeriodSeconds", kDefaultGraceSeconds));
  const std::string phase = text_at(pod->json(), "status.phase");
  const bool runs = !text_at(pod->json(), "spec.nodeName").empty() && phase != "Succeeded" && phase != "Failed";
  grace = runs ? std::clamp<std::int64_t>(grace, 0, kGraceSecondsMax) : 0;
  if (pod->deleting()) {
    const std::int64_t left = number_at(pod->json(), "metadata.deletionGracePeriodSeconds", 0);
    if (grace >= left) return pod;
  }
  if (grace == 0 && !has_finalizers(pod->json())) return erase(pod->key());
  Json next = pod->json();
  next["metadata"]["deletionTimestamp"] = store_.now(std::chrono::seconds(grace));
  next["metadata"]["deletionGracePeriodSeconds"] = grace;
  return store_.replace(pod, std::move(next));
}

void Operations::orphan_dependents(const ObjectPtr& owner) {
  for (const Key& key : store_.owned_by(owner->uid())) {
    const ObjectPtr dependent = store_.find(key);
    if (!dependent) continue;
    Json next = dependent->json();
    Json kept = Json::array();
    for (const Json& reference : at(next, "metadata.ownerReferences"))
      if (text_at(reference, "uid") != owner->uid()) kept.push_back(reference);
    if (kept.empty())
      next["metadata"].erase("ownerReferences");
    else
      next["metadata"]["ownerReferences"] = std::move(kept);
    (void)store_.replace(dependent, std::move(next));
  }
}

Json Operations::scale_of(const Object& object) {
  std::string selector;
  for (const auto& [key, value] : labels_of(at(object.json(), "spec.selector.matchLabels")))
    selector += fmt::format("{}{}={}", selector.empty() ? "" : ",", key, value);
  const Json& metadata = object.json().at("metadata");
  return {{"kind", "Scale"},
          {"apiVersion", "autoscaling/v1"},
          {"metadata",
           {{"name", object.name()},
            {"namespace", object.space()},
            {"uid", object.uid()},
            {"resourceVersion", metadata.at("resourceVersion")},
            {"creationTimestamp", metadata.at("creationTimestamp")}}},
          {"spec", {{"replicas", number_at(object.json(), "spec.replicas", 0)}}},
          {"status", {{"replicas", number_at(object.json(), "status.replicas", 0)}, {"selector", selector}}}};
}

Outcome<ObjectPtr> Operations::set_replicas(const Key& key, std::int64_t replicas) {
  return patch(key, PatchType::kMerge, Json{{"spec", {{"replicas", replicas}}}});
}

}  // namespace plumbline::kube
