// One version of an object as the store keeps it. Immutable. Its encoding is made on first use and kept until the store
// lets go of it: everybody who watches writes the same bytes. Not thread-safe: it belongs to the cluster's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/store/kind.h"
#include "simulator/kube/value/value.h"

namespace plumbline::kube {

/// Where an object lives. Ordered by kind, namespace, name.
struct ObjectKey {
  KindId kind = KindId::kNamespace;
  std::string space;
  std::string name;
  friend auto operator<=>(const ObjectKey&, const ObjectKey&) = default;
};

/// What never changes about an object; all its versions have it in common.
struct Identity {
  KindId kind = KindId::kNamespace;
  std::string space, name, uid;
  std::uint64_t created = 0;  ///< resourceVersion of its creation
};

class Object {
 public:
  /// `value` is a whole object: metadata has a name, a uid and this resourceVersion.
  Object(std::shared_ptr<const Identity> identity, Value value, std::uint64_t resource_version);

  KindId kind() const { return identity_->kind; }
  const std::string& space() const { return identity_->space; }
  const std::string& name() const { return identity_->name; }
  const std::string& uid() const { return identity_->uid; }
  const std::shared_ptr<const Identity>& identity() const { return identity_; }
  ObjectKey key() const { return {kind(), space(), name()}; }
  std::uint64_t resource_version() const { return resource_version_; }
  /// Orders objects by age where timestamps of a second are too coarse.
  std::uint64_t created() const { return identity_->created; }
  bool deleting() const { return deleting_; }

  const Value& value() const { return value_; }
  const Value& operator[](std::string_view field) const { return value_[field]; }
  const Value& at(std::string_view path) const { return value_.at(path); }
  /// The string at `path`, or "". Valid as long as the object.
  std::string_view text(std::string_view path) const { return value_.at(path).text(); }
  /// The integer at `path`, or `fallback`: also for a fraction and for what does not fit.
  std::int64_t number(std::string_view path, std::int64_t fallback = 0) const;
  const Value& labels() const;
  const Value& annotations() const;
  /// The annotation's text, or "".
  std::string_view annotation(std::string_view name) const;
  bool has_finalizers() const { return !value_.at("metadata.finalizers").empty(); }
  bool has_finalizer(std::string_view name) const;
  /// The uids in metadata.ownerReferences.
  std::vector<std::string_view> owners() const;
  /// The reference with controller: true, or null.
  const Value& controller() const;

  /// JSON text.
  const std::shared_ptr<const std::string>& encoded() const;
  bool is_encoded() const { return encoded_ != nullptr; }
  /// Frees the encoding; whoever still has it keeps it.
  void forget_encoding() const { encoded_.reset(); }

 private:
  std::shared_ptr<const Identity> identity_;
  Value value_;
  std::uint64_t resource_version_;
  bool deleting_;
  mutable std::shared_ptr<const std::string> encoded_;
};

/// Shared by the store, its window of changes, and every watcher that has not written it yet.
using ObjectPtr = std::shared_ptr<const Object>;

/// Every pair of `wanted` is in `labels`.
bool carries(const Value& labels, const Value& wanted);

}  // namespace plumbline::kube
