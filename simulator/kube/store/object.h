// One object as the store keeps it: parsed, and encoded once for everybody who reads or watches it.
// Immutable after construction. Not thread-safe: the encoding is made on first use, on the cluster's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/labels.h"
#include "simulator/kube/store/kind.h"

namespace plumbline::kube {

using Json = nlohmann::json;

/// How deep the lists and maps of an object may lie inside each other, the object itself being 0.
inline constexpr std::size_t kObjectDepthMax = 128;

/// Where an object lives. Ordered by kind, namespace, name.
struct Key {
  KindId kind;
  std::string space;
  std::string name;
  friend auto operator<=>(const Key&, const Key&) = default;
};

class Object {
 public:
  /// Requires metadata.name, uid and resourceVersion in `json`. `created` is the resourceVersion of its creation.
  Object(KindId kind, Json json, std::uint64_t resource_version, std::uint64_t created);

  KindId kind() const { return key_.kind; }
  const Key& key() const { return key_; }
  const std::string& space() const { return key_.space; }
  const std::string& name() const { return key_.name; }
  const std::string& uid() const { return uid_; }
  std::uint64_t resource_version() const { return resource_version_; }
  /// Orders objects by age where timestamps of a second are too coarse.
  std::uint64_t created() const { return created_; }
  const Labels& labels() const { return labels_; }
  const Json& json() const { return json_; }
  bool deleting() const { return deleting_; }
  /// The uids in metadata.ownerReferences.
  const std::vector<std::string>& owners() const { return owners_; }
  /// The uid of the owner with controller: true, or "".
  const std::string& controller() const { return controller_; }
  /// JSON text, encoded at the first call.
  const std::string& bytes() const;

 private:
  Key key_;
  std::string uid_;
  std::uint64_t resource_version_;
  std::uint64_t created_;
  Labels labels_;
  Json json_;
  bool deleting_;
  std::vector<std::string> owners_;
  std::string controller_;
  mutable std::string bytes_;
};

/// Shared by the store, its history window and every watcher that has not written it yet.
using ObjectPtr = std::shared_ptr<const Object>;

/// The value at `path` ("status.podIP"), or null when a step is missing. Map keys only.
const Json& at(const Json& json, std::string_view path);
/// The string at `path`, or "".
std::string text_at(const Json& json, std::string_view path);
/// The integer at `path`, or `fallback`: also for a fraction and for what does not fit.
std::int64_t number_at(const Json& json, std::string_view path, std::int64_t fallback);
/// A JSON map of strings as Labels; other values are skipped.
Labels labels_of(const Json& json);

}  // namespace plumbline::kube
