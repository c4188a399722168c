// The verbs of the API on stored objects: what an HTTP request, a controller and the world's own hand have in common.
// Not HTTP and not access control. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/kube/api/admission.h"
#include "simulator/kube/store/patch.h"
#include "simulator/kube/store/store.h"

namespace plumbline::kube {

/// Which part of an object a write is about: all but the status, or the status only (Kubernetes API conventions).
enum class Part { kMain, kStatus };

enum class Propagation { kBackground, kForeground, kOrphan };

struct DeleteOptions {
  std::optional<std::int64_t> grace_seconds;
  Propagation propagation = Propagation::kBackground;
  std::string uid;               ///< precondition when not empty
  std::string resource_version;  ///< precondition when not empty
};

/// The longest grace period of a Pod, about 31 years; more counts as this, so that its end is a date.
inline constexpr std::int64_t kGraceSecondsMax = 1'000'000'000;

class Operations {
 public:
  /// Both must outlive this.
  Operations(Store& store, Admission& admission) : store_(store), admission_(admission) {}

  /// 400 for an object of another kind or namespace, 403 in a terminating namespace, 404 when the namespace does not
  /// exist, 409 when the object does, 422 when it is invalid. With `dry_run` nothing is stored.
  Outcome<ObjectPtr> create(KindId kind, const std::string& space, Json object, bool dry_run = false);
  /// 404; 409 when metadata.resourceVersion is given and stale; 422.
  Outcome<ObjectPtr> update(const Key& key, Json object, Part part = Part::kMain, bool dry_run = false);
  /// As update, for the object with `patch` applied.
  Outcome<ObjectPtr> patch(const Key& key, PatchType type, const Json& patch, Part part = Part::kMain,
                           bool dry_run = false);
  /// Deletes, or begins to: Pods have a grace period, namespaces empty first, finalizers are waited for.
  /// Returns the object as it is left. 404; 409 when a precondition does not hold.
  Outcome<ObjectPtr> remove(const Key& key, const DeleteOptions& options = {});
  /// Removes what has stopped already, whatever its grace period: what kubelets and controllers do at the end.
  Outcome<ObjectPtr> erase(const Key& key);

  /// The Scale of a Deployment or ReplicaSet.
  static Json scale_of(const Object& object);
  /// 422 when `replicas` is negative.
  Outcome<ObjectPtr> set_replicas(const Key& key, std::int64_t replicas);

  Store& store() { return store_; }

 private:
  Outcome<ObjectPtr> create_checked(KindId kind, const std::string& space, Json object, bool dry_run);
  Outcome<ObjectPtr> update_checked(const ObjectPtr& current, Json next, Part part, bool dry_run);
  Outcome<ObjectPtr> mark_deleting(const ObjectPtr& object, std::int64_t grace_seconds, bool foreground);
  Outcome<ObjectPtr> remove_pod(const ObjectPtr& pod, const DeleteOptions& options);
  void orphan_dependents(const ObjectPtr& owner);

  Store& store_;
  Admission& admission_;
};

/// The finalizer that holds an object until its dependents are gone.
inline constexpr std::string_view kForegroundFinalizer = "foregroundDeletion";

}  // namespace plumbline::kube
