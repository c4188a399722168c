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
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "simulator/kernel/random.h"
#include "simulator/kube/store/failure.h"
#include "simulator/kube/store/label_index.h"
#include "simulator/kube/store/object.h"
#include "simulator/kube/store/selector.h"

namespace plumbline::kube {

enum class Op : std::uint8_t { kAdded, kModified, kDeleted };
/// "ADDED", "MODIFIED", "DELETED".
std::string_view to_string(Op op);

/// One committed change. A deleted object carries the deletion's resourceVersion.
struct Event {
  Op op = Op::kAdded;
  ObjectPtr object;
  ObjectPtr previous;  ///< null for kAdded
};

class Store {
 public:
  using WallClock = std::function<std::chrono::system_clock::time_point()>;
  struct Options {
    /// Changes kept of a kind: all that are younger than `window_span` up to `window_max`, and of older ones the last
    /// `window_min`.
    std::size_t window_min = 1000;
    std::size_t window_max = 100'000;
    std::chrono::seconds window_span{60};
    WallClock wall_clock;
    kernel::Random random{1};               ///< for uids and generated names
    std::size_t encodings_max = 32u << 20;  ///< bytes of encoded objects that are kept for further readers
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

  Registry& registry() { return registry_; }
  const Registry& registry() const { return registry_; }
  const Kind& kind(KindId id) const { return registry_.kind(id); }

  std::uint64_t resource_version() const { return resource_version_; }
  std::chrono::system_clock::time_point wall_clock() const { return options_.wall_clock(); }
  /// The wall clock, plus `later`, as metadata has it: "2026-11-23T01:57:52Z". The same text for the whole second.
  Value now(std::chrono::seconds later = std::chrono::seconds{0}) const;

  // Reading.
  ObjectPtr find(KindId kind, std::string_view space, std::string_view name) const;
  ObjectPtr find(const ObjectKey& key) const { return find(key.kind, key.space, key.name); }
  ObjectPtr find_uid(std::string_view uid) const;
  /// Calls `visit` for every object of `kind` in `space` ("" is every namespace) that matches, ordered by namespace
  /// and name. `visit` must not write to the store.
  void visit(KindId kind, std::string_view space, const LabelSelector& labels,
             const std::function<void(const ObjectPtr&)>& visit) const;
  std::vector<ObjectPtr> list(KindId kind, std::string_view space = "", const LabelSelector& labels = {}) const;
  /// The objects that name `uid` in their ownerReferences.
  std::vector<ObjectPtr> owned_by(std::string_view uid) const;
  bool owns(std::string_view uid) const { return by_owner_.contains(uid); }
  std::size_t count(KindId kind) const { return shelf(kind).count; }
  std::size_t count(KindId kind, std::string_view space) const;
  /// True when there is an object of `kind` in `space`.
  bool holds(KindId kind, std::string_view space) const { return shelf(kind).spaces.contains(space); }

  /// Objects as they were at `resource_version`, after (`space`, `name`), in their order. 410 when the changes since
  /// are no longer kept.
  struct Place {
    std::string space, name;
  };
  Outcome<std::vector<ObjectPtr>> snapshot(KindId kind, std::string_view space, std::uint64_t resource_version,
                                           const Place& after) const;

  // Writing. Sets uid, creationTimestamp, resourceVersion; metadata.name (or generateName) and, for namespaced kinds,
  // metadata.namespace must be there.
  /// 409 AlreadyExists.
  Outcome<ObjectPtr> create(KindId kind, Value object);
  /// Replaces `current`, keeping its uid and creationTimestamp. Writes nothing, and returns `current`, when nothing
  /// but the resourceVersion differs. 409 when the store has another version than `current`; 404 when it is gone.
  Outcome<ObjectPtr> replace(const ObjectPtr& current, Value next);
  /// 404 when it is gone. Returns the object with the deletion's resourceVersion.
  Outcome<ObjectPtr> erase(const ObjectKey& key);
  /// What happened in another store, as it happened there: uid, creationTimestamp and resourceVersion are those of
  /// `object`, and the store's resourceVersion is the highest so far. 400 when it lacks one of them, 404 or 409 when it
  /// is not there, or is there already, as another object.
  Outcome<ObjectPtr> restore(Op op, KindId kind, Value object);
  /// As of another store: no object that is restored from now on has a lower resourceVersion.
  void restore_version(std::uint64_t resource_version);
  /// The name that generateName would get.
  std::string generate_name(KindId kind, std::string_view space, std::string_view prefix);
  /// A uid that nothing has.
  std::string generate_uid();

  // Watching. Observers run inside the write, in the order of their subscription, every one seeing changes in the
  // order of their commits; they may write, which is delivered after the change under way.
  [[nodiscard]] Subscription subscribe(Observer observer);
  /// `space` "" is every namespace.
  [[nodiscard]] Subscription subscribe(KindId kind, std::string_view space, Observer observer);
  /// The changes of `kind` after `resource_version`. 410 when some are no longer kept.
  Outcome<std::vector<Event>> changes_since(KindId kind, std::uint64_t resource_version) const;
  /// Forgets all changes up to now, as a compaction does: older resourceVersions get 410 from then on.
  void compact();
  /// Frees what is kept for speed only. To be called now and then, by nobody who holds parts of objects.
  void tidy();
  /// The JSON text of `object`, kept for further readers; frees the oldest of those that are kept beyond the limit.
  std::shared_ptr<const std::string> encoding(const ObjectPtr& object) const;

 private:
  using Names = std::map<std::string_view, ObjectPtr, std::less<>>;  ///< views into the objects' identities
  using Slots = std::vector<std::shared_ptr<Subscription::Slot>>;
  struct Change {
    Event event;
    std::chrono::system_clock::time_point at;
  };
  struct Space {
    Names names;
    LabelIndex labels;
  };
  struct Shelf {
    std::map<std::string, Space, std::less<>> spaces;
    std::deque<Change> window;
    std::uint64_t dropped = 0;  ///< resourceVersion of the newest change no longer in `window`
    std::size_t count = 0;
    Slots everywhere;
    std::map<std::string, Slots, std::less<>> in_space;
  };

  Shelf& shelf(KindId kind);
  const Shelf& shelf(KindId kind) const;
  void add(Slots& slots, std::shared_ptr<Subscription::Slot> slot) const;
  // What was decided; the objects have the new resourceVersion.
  void share(KindId kind, Value& object, const Object* before);
  void add(const ObjectPtr& created);
  void exchange(const ObjectPtr& stored, const ObjectPtr& replaced);
  void take_out(const ObjectPtr& stored, const ObjectPtr& erased);
  void put(const ObjectPtr& object);
  void own(const Object& object);
  void disown(const Object& object);
  void commit(Event event);
  void shorten(Shelf& shelf) const;
  void deliver(const Event& event);
  static void notify(Slots& slots, const Event& event);

  Options options_;
  kernel::Random names_;
  Registry registry_;
  std::uint64_t resource_version_ = 1;
  std::uint64_t compacted_ = 0;
  std::vector<std::unique_ptr<Shelf>> shelves_;
  std::unordered_map<std::string_view, std::shared_ptr<const Identity>> by_uid_;
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  /// Owners' uids to what they own, in the order in which it came.
  std::unordered_map<std::string, std::map<std::uint64_t, std::shared_ptr<const Identity>>, TextHash, std::equal_to<>>
      by_owner_;
  Slots all_;
  std::deque<Event> undelivered_;
  bool delivering_ = false;
  struct Encoded {
    std::weak_ptr<const Object> object;
    std::size_t bytes;
  };
  mutable std::deque<Encoded> encoded_;
  mutable std::size_t encoded_bytes_ = 0;
  mutable std::map<std::int64_t, Value> moments_;  ///< texts of the last few seconds
};

}  // namespace plumbline::kube
