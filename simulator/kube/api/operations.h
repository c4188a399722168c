// The verbs of the API on stored objects: what an HTTP request, a controller and the world's own hand have in common.
// Not HTTP and not access control. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/api/pod_admission.h"
#include "simulator/kube/api/service_admission.h"
#include "simulator/kube/merge/ownership.h"
#include "simulator/kube/merge/patch.h"
#include "simulator/kube/store/store.h"
#include "simulator/kube/value/pool.h"

namespace plumbline::kube {

/// Which part of an object a write is about: all but the status, the status only, or its size (Kubernetes API
/// conventions).
enum class Part { kMain, kStatus, kScale };

enum class Propagation { kBackground, kForeground, kOrphan };

/// What to do about fields that are not known, or that stand twice.
enum class FieldValidation { kIgnore, kWarn, kStrict };

struct WriteOptions {
  Part part = Part::kMain;
  std::string manager = "plumbline";  ///< who owns from now on what is written
  bool dry_run = false;
  FieldValidation validation = FieldValidation::kIgnore;
  std::vector<std::string> duplicates;  ///< of the text that was read
  std::string_view version;             ///< in which the object is written; "" is the stored one
  std::vector<std::string>* warnings = nullptr;
  /// Whether the writer may make this of what there is (null when it is new).
  std::function<Outcome<void>(const Value& object, const Object* current)> permission = nullptr;
};

/// The longest grace period of a Pod, about 31 years; more counts as this, so that its end is a date.
inline constexpr std::int64_t kGraceSecondsMax = 1'000'000'000;

struct DeleteOptions {
  std::optional<std::int64_t> grace_seconds;
  std::optional<Propagation> propagation;  ///< by default what the kind has: background
  std::string uid;                         ///< precondition when not empty
  std::string resource_version;            ///< precondition when not empty
  bool dry_run = false;
};

class Operations {
 public:
  /// All must outlive this.
  Operations(Store& store, ServiceAdmission& services) : store_(store), services_(services), pods_(store) {}

  /// 400 for an object of another kind or namespace or form, 403 in a terminating namespace, 404 when the namespace
  /// does not exist, 409 when the object does, 422 when it is invalid.
  Outcome<ObjectPtr> create(KindId kind, const std::string& space, Value object, const WriteOptions& options = {});
  /// 400 when it names no object, or another; 404; 409 when metadata.resourceVersion is given and stale; 422.
  Outcome<ObjectPtr> update(const ObjectKey& key, Value object, const WriteOptions& options = {});
  /// As update, for the object with `patch` applied; 422 when that is no object of its kind.
  Outcome<ObjectPtr> patch(const ObjectKey& key, PatchType type, const Value& patch, const WriteOptions& options = {});
  /// Server-side apply: as update, or create when there is no such object, with `config` applied. Fields that are
  /// another manager's, and would change, are a 409 unless `force`.
  Outcome<ObjectPtr> apply(const ObjectKey& key, Value config, bool force, const WriteOptions& options);
  /// What a part of the control plane writes: not validated. `subresource` is "status", or "" for the object itself.
  /// Writes nothing, and returns `current`, when `next` is the same.
  Outcome<ObjectPtr> write(const ObjectPtr& current, Value next, std::string_view manager,
                           std::string_view subresource = {});
  /// Deletes, or begins to: Pods have a grace period, namespaces empty first, finalizers are waited for.
  /// Returns the object as it is left. 404; 409 when a precondition does not hold.
  Outcome<ObjectPtr> remove(const ObjectKey& key, const DeleteOptions& options = {});
  /// Removes a Pod as remove() does, if its disruption budget lets it go. 429 when it does not or is not known yet, 403
  /// overdrawn, 500 when several speak of the Pod; 404; 409, the budget charged, when a precondition does not hold.
  Outcome<void> evict(const ObjectKey& pod, const DeleteOptions& options = {});
  /// Removes what has stopped already, whatever its grace period: what kubelets and controllers do at the end.
  Outcome<ObjectPtr> erase(const ObjectKey& key);

  /// The Scale of an object of a kind that has kScalePart.
  Value scale_of(const Object& object) const;
  /// As update, of the size alone. 422 when `replicas` is negative or no int32.
  Outcome<ObjectPtr> set_replicas(const ObjectKey& key, std::int64_t replicas, const WriteOptions& options = {});

  /// 400 when `object` says that it is not of this version of the kind; which need not be one that is stored.
  std::optional<Failure> other_than(const Kind& kind, const KindVersion& version, const Value& object) const;

  Store& store() { return store_; }
  /// Told of CustomResourceDefinitions before they are stored; may change or refuse them.
  void on_definition(std::function<Outcome<void>(Value& definition, const Object* current)> check) {
    check_definition_ = std::move(check);
  }

 private:
  static bool counts_generations(const Kind& kind);
  Outcome<ObjectPtr> create_checked(const Kind& kind, const std::string& space, Value object,
                                    const WriteOptions& options, bool applied);
  Outcome<ObjectPtr> update_checked(const ObjectPtr& current, Value next, const WriteOptions& options,
                                    bool applied = false);
  void own(const Kind& kind, const Object* current, Value& next, const Author& author);
  Value shared(const Value& managed);
  Value owners(const Kind& kind, const Value& before, const Value& next, const Author& author);
  /// Why an object cannot be read as one of its kind.
  struct Unreadable {
    std::string said, version;  ///< what it says that it is
    std::string why;
    Failure failure(const Kind& kind) const;
  };
  std::optional<Unreadable> other_kind(const Kind& kind, const KindVersion& version, const Value& object) const;
  std::optional<Unreadable> read(const Kind& kind, Value& object, const WriteOptions& options) const;
  Outcome<void> check_space(const Kind& kind, const std::string& space, std::string_view name) const;
  Outcome<void> admit(const Kind& kind, Value& object, const Object* current, bool dry_run);
  Outcome<ObjectPtr> begin_deletion(const ObjectPtr& object, std::int64_t grace_seconds, std::string_view finalizer);
  Outcome<void> charge(const ObjectPtr& budget, const Object& pod, bool dry_run);
  Outcome<ObjectPtr> remove_pod(const ObjectPtr& pod, const DeleteOptions& options);

  Store& store_;
  ServiceAdmission& services_;
  PodAdmission pods_;
  ValuePool alike_{4096};  ///< parts of objects that many have in common
  /// The last object that was made, and who owns it: the next one often has the same fields.
  struct Made {
    const Type* type = nullptr;
    Author author;
    Value nothing, held;  ///< as_held()
    Value now, managed;
  };
  Made made_;
  std::function<Outcome<void>(Value&, const Object*)> check_definition_;
};

// The finalizers that hold an object until its dependents are gone, or belong to nobody.
inline constexpr std::string_view kForegroundFinalizer = "foregroundDeletion";
inline constexpr std::string_view kOrphanFinalizer = "orphan";

}  // namespace plumbline::kube
