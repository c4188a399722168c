// The objects of one cluster, their versions, and the recent changes that watchers may resume from.
// Not admission and not access control: it keeps what it is given. One thread only (the cluster's).
// Costs: a write is O(log objects of its kind) + the watchers it concerns; nothing here walks all objects of a kind
// but a list that asks for them.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "simulator/kernel/random.h"
#include "simulator/kube/store/failure.h"
#include "simulator/kube/store/object.h"
#include "simulator/kube/store/selector.h"

namespace plumbline::kube {

enum class Op { kAdded, kModified, kDeleted };
/// "ADDED", "MODIFIED", "DELETED".
std::string_view to_string(Op op);

/// One committed change. A deleted object carries the deletion's resourceVersion.
struct Event {
  Op op;
  ObjectPtr object;
  ObjectPtr previous;  ///< null for kAdded
};

class Store {
 public:
  struct Options {
    std::size_t watch_window = 10000;  ///< changes kept per kind
    std::function<std::chrono::system_clock::time_point()> wall_clock;
    kernel::Random random{1};  ///< for uids and generated names
  };
  using Observer = std::function<void(const Event&)>;

  /// Ends its subscription when destroyed. Must not outlive the store.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(Subscription&& other) noexcept;
    Subscription& operator=(Subscription&& other) noexcept;
    ~Subscription();

   private:
    friend class Store;
    struct Slot;
    explicit Subscription(std::shared_ptr<Slot> slot) : slot_(std::move(slot)) {}
    std::shared_ptr<Slot> slot_;
  };

  explicit Store(Options options);

  std::uint64_t resource_version() const { return resource_version_; }
  /// The wall clock, plus `later`, as metadata has it: "2026-11-23T01:57:52Z".
  std::string now(std::chrono::seconds later = std::chrono::seconds{0}) const;

  // Reading.
  ObjectPtr find(KindId kind, std::string_view space, std::string_view name) const;
  ObjectPtr find(const Key& key) const { return find(key.kind, key.space, key.name); }
  ObjectPtr find_uid(const std::string& uid) const;
  /// Calls `visit` for every object of `kind` in `space` ("" is every namespace) that matches, ordered by namespace
  /// and name. `visit` must not write to the store. Uses the label index when a requirement allows it.
  void visit(KindId kind, std::string_view space, const LabelSelector& labels,
             const std::function<void(const ObjectPtr&)>& visit) const;
  std::vector<ObjectPtr> list(KindId kind, std::string_view space = "", const LabelSelector& labels = {}) const;
  /// The objects that name `uid` in their ownerReferences.
  std::vector<Key> owned_by(const std::string& uid) const;
  std::size_t count(KindId kind) const;
  /// True when there is an object of `kind` in `space`.
  bool holds(KindId kind, std::string_view space) const { return shelf(kind).spaces.contains(space); }

  // Writing. Sets uid, creationTimestamp, resourceVersion; metadata.name (or generateName) and, for namespaced kinds,
  // metadata.namespace must be there.
  /// 409 AlreadyExists.
  Outcome<ObjectPtr> create(KindId kind, Json object);
  /// Replaces `current`, keeping its uid and creationTimestamp. Writes nothing, and returns `current`, when nothing
  /// but the resourceVersion differs. 409 when the store has another version than `current`; 404 when it is gone.
  Outcome<ObjectPtr> replace(const ObjectPtr& current, Json next);
  /// 404 when it is gone. Returns the object with the deletion's resourceVersion.
  Outcome<ObjectPtr> erase(const Key& key);

  // Watching. Observers run inside the write, in the order of their subscription, every one seeing changes in the
  // order of their commits; they may write, which is delivered after the change under way.
  [[nodiscard]] Subscription subscribe(Observer observer);
  /// `space` "" is every namespace.
  [[nodiscard]] Subscription subscribe(KindId kind, std::string_view space, Observer observer);
  /// The changes of `kind` after `resource_version`. 410 when some are no longer kept.
  Outcome<std::vector<Event>> changes_since(KindId kind, std::uint64_t resource_version) const;

 private:
  using Names = std::map<std::string, ObjectPtr, std::less<>>;
  using Slots = std::vector<std::shared_ptr<Subscription::Slot>>;
  struct Shelf {
    std::map<std::string, Names, std::less<>> spaces;
    /// namespace + '\n' + key + '=' + value -> names; Pods only, where selectors are hot.
    std::unordered_map<std::string, std::set<std::string>> by_label;
    std::deque<Event> window;
    std::uint64_t dropped = 0;  ///< resourceVersion of the newest change no longer in `window`
    std::size_t count = 0;
    Slots everywhere;
    std::map<std::string, Slots, std::less<>> in_space;
  };

  Shelf& shelf(KindId kind) { return shelves_[static_cast<std::size_t>(kind)]; }
  const Shelf& shelf(KindId kind) const { return shelves_[static_cast<std::size_t>(kind)]; }
  void add(Slots& slots, std::shared_ptr<Subscription::Slot> slot) const;
  std::string generate_name(KindId kind, std::string_view space, const std::string& prefix);
  std::string generate_uid();
  void index(const ObjectPtr& object);
  void unindex(const ObjectPtr& object);
  void commit(Event event);
  void deliver(const Event& event);
  static void notify(Slots& slots, const Event& event);

  Options options_;
  kernel::Random names_;
  std::uint64_t resource_version_ = 1;
  std::vector<Shelf> shelves_;
  std::unordered_map<std::string, Key> by_uid_;
  std::unordered_map<std::string, std::set<Key>> by_owner_;
  Slots all_;
  std::deque<Event> undelivered_;
  bool delivering_ = false;
};

}  // namespace plumbline::kube
