#include "simulator/kube/store/store.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "model/check.h"

namespace plumbline::kube {
namespace {

// Kubernetes leaves out vowels and what looks alike, so that no word arises.
constexpr std::string_view kNameLetters = "bcdfghjklmnpqrstvwxz2456789";
constexpr std::size_t kGeneratedLetters = 5;
constexpr std::size_t kGeneratedPrefixMax = 58;
constexpr std::size_t kMomentsMax = 8;

}  // namespace

struct Store::Subscription::Slot {
  Observer observer;
  bool alive = true;
};

Store::Subscription::Subscription(Subscription&& other) noexcept : slot_(std::move(other.slot_)) {}

Store::Subscription& Store::Subscription::operator=(Subscription&& other) noexcept {
  if (slot_) slot_->alive = false;
  slot_ = std::move(other.slot_);
  return *this;
}

Store::Subscription::~Subscription() {
  if (slot_) slot_->alive = false;
}

std::string_view to_string(Op op) {
  switch (op) {
    case Op::kAdded:
      return "ADDED";
    case Op::kModified:
      return "MODIFIED";
    case Op::kDeleted:
      return "DELETED";
  }
  return "";
}

Store::Store(Options options) : options_(std::move(options)), names_(options_.random.split("names")) {
  CHECK(options_.wall_clock != nullptr, "creationTimestamp needs a clock");
}

Store::Shelf& Store::shelf(KindId kind) {
  const auto index = static_cast<std::size_t>(kind);
  while (shelves_.size() <= index) {
    shelves_.push_back(std::make_unique<Shelf>());
    shelves_.back()->dropped = compacted_;
  }
  return *shelves_[index];
}

const Store::Shelf& Store::shelf(KindId kind) const { return const_cast<Store*>(this)->shelf(kind); }

Value Store::now(std::chrono::seconds later) const {
  const auto when = std::chrono::system_clock::to_time_t(options_.wall_clock() + later);
  Value& text = moments_[when];
  if (text.is_null()) text = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(when));
  Value now = text;
  while (moments_.size() > kMomentsMax) moments_.erase(moments_.begin());
  return now;
}

ObjectPtr Store::find(KindId kind, std::string_view space, std::string_view name) const {
  const Shelf& from = shelf(kind);
  const auto found_space = from.spaces.find(space);
  if (found_space == from.spaces.end()) return nullptr;
  const auto found = found_space->second.names.find(name);
  return found == found_space->second.names.end() ? nullptr : found->second;
}

ObjectPtr Store::find_uid(std::string_view uid) const {
  const auto found = by_uid_.find(uid);
  return found == by_uid_.end() ? nullptr : find(found->second->kind, found->second->space, found->second->name);
}

void Store::visit(KindId kind, std::string_view space, const LabelSelector& labels,
                  const std::function<void(const ObjectPtr&)>& visit) const {
  const Shelf& from = shelf(kind);
  const auto visit_space = [&](const Space& inside) {
    if (labels.empty()) {
      for (const auto& [_, object] : inside.names) visit(object);
      return;
    }
    LabelIndex::Places chosen = inside.labels.select(labels);
    const auto by_name = [](const ObjectPtr* left, const ObjectPtr* right) {
      return (*left)->name() < (*right)->name();
    };
    if (!std::is_sorted(chosen.begin(), chosen.end(), by_name)) std::sort(chosen.begin(), chosen.end(), by_name);
    for (const ObjectPtr* place : chosen) visit(*place);
  };
  if (space.empty()) {
    for (const auto& [_, inside] : from.spaces) visit_space(inside);
  } else if (const auto found = from.spaces.find(space); found != from.spaces.end()) {
    visit_space(found->second);
  }
}

std::vector<ObjectPtr> Store::list(KindId kind, std::string_view space, const LabelSelector& labels) const {
  std::vector<ObjectPtr> objects;
  visit(kind, space, labels, [&objects](const ObjectPtr& object) { objects.push_back(object); });
  return objects;
}

std::vector<ObjectPtr> Store::owned_by(std::string_view uid) const {
  std::vector<ObjectPtr> objects;
  const auto found = by_owner_.find(uid);
  if (found == by_owner_.end()) return objects;
  objects.reserve(found->second.size());
  for (const auto& [_, identity] : found->second)
    objects.push_back(find(identity->kind, identity->space, identity->name));
  return objects;
}

std::size_t Store::count(KindId kind, std::string_view space) const {
  if (space.empty()) return count(kind);
  const auto found = shelf(kind).spaces.find(space);
  return found == shelf(kind).spaces.end() ? 0 : found->second.names.size();
}

Outcome<std::vector<ObjectPtr>> Store::snapshot(KindId kind, std::string_view space, std::uint64_t resource_version,
                                                const Place& after) const {
  const auto changes = changes_since(kind, resource_version);
  if (!changes) return changes.error();
  // What the first change after that version replaced is what was there.
  using At = std::pair<std::string_view, std::string_view>;
  std::map<At, ObjectPtr> before;
  for (const Event& event : *changes)
    before.try_emplace(At(event.object->space(), event.object->name()), event.previous);

  std::map<At, ObjectPtr> objects;
  const At from(after.space, after.name);
  const auto take = [&](const At& at, const ObjectPtr& object) {
    const bool inside = space.empty() || at.first == space;
    if (object && inside && at > from) objects.emplace(at, object);
  };
  const Shelf& shelf = this->shelf(kind);
  for (auto inside = shelf.spaces.lower_bound(space.empty() ? std::string_view(after.space) : space);
       inside != shelf.spaces.end() && (space.empty() || inside->first == space); ++inside) {
    auto name =
        inside->first == after.space ? inside->second.names.upper_bound(after.name) : inside->second.names.begin();
    for (; name != inside->second.names.end(); ++name) {
      const At at(inside->first, name->first);
      if (!before.contains(at)) take(at, name->second);
    }
  }
  for (const auto& [at, object] : before) take(at, object);
  std::vector<ObjectPtr> list;
  list.reserve(objects.size());
  for (auto& [_, object] : objects) list.push_back(std::move(object));
  return list;
}

Outcome<ObjectPtr> Store::create(KindId kind, Value object) {
  Value& metadata = object["metadata"];
  auto identity = std::make_shared<Identity>();
  identity->kind = kind;
  identity->space = std::as_const(metadata)["namespace"].text();
  identity->name = std::as_const(metadata)["name"].text();
  if (identity->name.empty()) {
    identity->name = generate_name(kind, identity->space, std::as_const(metadata)["generateName"].text());
    metadata["name"] = identity->name;
  }
  if (find(kind, identity->space, identity->name)) return already_exists(this->kind(kind), identity->name);
  identity->uid = generate_uid();
  identity->created = ++resource_version_;
  metadata["uid"] = identity->uid;
  metadata["creationTimestamp"] = now();
  metadata["resourceVersion"] = std::to_string(resource_version_);
  if (const Value& labels = std::as_const(metadata)["labels"]; !labels.is_null())
    metadata["labels"] = shelf(kind).spaces[identity->space].labels.shared(labels);
  auto created = std::make_shared<const Object>(std::move(identity), std::move(object), resource_version_);
  add(created);
  return created;
}

void Store::add(const ObjectPtr& created) {
  put(created);
  ++shelf(created->kind()).count;
  by_uid_.emplace(created->uid(), created->identity());
  own(*created);
  commit({Op::kAdded, created, nullptr});
}

void Store::put(const ObjectPtr& object) {
  Space& space = shelf(object->kind()).spaces[object->space()];
  const auto [place, fresh] = space.names.try_emplace(object->name(), object);
  const bool relabelled = !fresh && !(place->second->labels() == object->labels());
  if (relabelled) space.labels.remove(*place->second);
  place->second = object;
  if (fresh || relabelled) space.labels.add(place->second);
}

Outcome<ObjectPtr> Store::replace(const ObjectPtr& current, Value next) {
  const Kind& kind = this->kind(current->kind());
  const ObjectPtr stored = find(current->kind(), current->space(), current->name());
  if (!stored || stored->uid() != current->uid()) return not_found(kind, current->name());
  if (stored != current) return conflict(kind, current->name());
  Value& metadata = next["metadata"];
  const Value& was = current->at("metadata");
  for (const char* field : {"name", "uid", "creationTimestamp", "resourceVersion"})
    if (!(std::as_const(metadata)[field] == was[field])) metadata[field] = was[field];
  if (next == current->value()) return current;
  metadata["resourceVersion"] = std::to_string(++resource_version_);
  if (const Value& labels = std::as_const(metadata)["labels"]; !labels.is_null() && !labels.same_as(was["labels"]))
    metadata["labels"] =
        labels == was["labels"] ? was["labels"] : shelf(current->kind()).spaces[current->space()].labels.shared(labels);
  auto replaced = std::make_shared<const Object>(current->identity(), std::move(next), resource_version_);
  exchange(stored, replaced);
  return replaced;
}

void Store::exchange(const ObjectPtr& stored, const ObjectPtr& replaced) {
  const bool owners_change = !(replaced->at("metadata.ownerReferences") == stored->at("metadata.ownerReferences"));
  if (owners_change) disown(*stored);
  put(replaced);
  if (owners_change) own(*replaced);
  commit({Op::kModified, replaced, stored});
}

Outcome<ObjectPtr> Store::erase(const ObjectKey& wanted) {
  const ObjectPtr stored = find(wanted);
  if (!stored) return not_found(kind(wanted.kind), wanted.name);
  Value last = stored->value();
  last.reach("metadata.resourceVersion") = std::to_string(++resource_version_);
  auto erased = std::make_shared<const Object>(stored->identity(), std::move(last), resource_version_);
  take_out(stored, erased);
  return erased;
}

void Store::take_out(const ObjectPtr& stored, const ObjectPtr& erased) {
  Shelf& from = shelf(stored->kind());
  const auto space = from.spaces.find(stored->space());
  space->second.labels.remove(*stored);
  space->second.names.erase(stored->name());
  if (space->second.names.empty()) from.spaces.erase(space);
  --from.count;
  by_uid_.erase(stored->uid());
  disown(*stored);
  commit({Op::kDeleted, erased, stored});
}

void Store::own(const Object& object) {
  for (const std::string_view owner : object.owners()) {
    const auto found = by_owner_.find(owner);
    auto& owned = found == by_owner_.end() ? by_owner_[std::string(owner)] : found->second;
    owned.emplace(object.created(), object.identity());
  }
}

void Store::disown(const Object& object) {
  for (const std::string_view owner : object.owners()) {
    const auto found = by_owner_.find(owner);
    if (found == by_owner_.end()) continue;
    found->second.erase(object.created());
    if (found->second.empty()) by_owner_.erase(found);
  }
}

Store::Subscription Store::subscribe(Observer observer) {
  auto slot = std::make_shared<Subscription::Slot>(Subscription::Slot{std::move(observer)});
  add(all_, slot);
  return Subscription(slot);
}

Store::Subscription Store::subscribe(KindId kind, std::string_view space, Observer observer) {
  auto slot = std::make_shared<Subscription::Slot>(Subscription::Slot{std::move(observer)});
  Slots& slots = space.empty() ? shelf(kind).everywhere : shelf(kind).in_space[std::string(space)];
  add(slots, slot);
  return Subscription(slot);
}

Outcome<std::vector<Event>> Store::changes_since(KindId kind, std::uint64_t resource_version) const {
  const Shelf& from = shelf(kind);
  if (resource_version < from.dropped)
    return expired(fmt::format("too old resource version: {} ({})", resource_version, from.dropped));
  auto change = std::upper_bound(
      from.window.begin(), from.window.end(), resource_version,
      [](std::uint64_t version, const Change& each) { return version < each.event.object->resource_version(); });
  std::vector<Event> events;
  for (; change != from.window.end(); ++change) events.push_back(change->event);
  return events;
}

void Store::compact() {
  compacted_ = resource_version_;
  for (const auto& shelf : shelves_) {
    shelf->window.clear();
    shelf->dropped = compacted_;
  }
}

void Store::tidy() {
  for (const auto& shelf : shelves_) shorten(*shelf);
}

std::shared_ptr<const std::string> Store::encoding(const ObjectPtr& object) const {
  if (object->is_encoded()) return object->encoded();
  auto encoded = object->encoded();
  encoded_.push_back({object, encoded->size()});
  encoded_bytes_ += encoded->size();
  while (encoded_bytes_ > options_.encodings_max) {
    if (const auto oldest = encoded_.front().object.lock()) oldest->forget_encoding();
    encoded_bytes_ -= encoded_.front().bytes;
    encoded_.pop_front();
  }
  return encoded;
}

void Store::add(Slots& slots, std::shared_ptr<Subscription::Slot> slot) const {
  if (!delivering_) std::erase_if(slots, [](const auto& old) { return !old->alive; });
  slots.push_back(std::move(slot));
}

std::string Store::generate_name(KindId kind, std::string_view space, std::string_view prefix) {
  for (;;) {
    std::string name(prefix.substr(0, kGeneratedPrefixMax));
    for (std::size_t i = 0; i < kGeneratedLetters; ++i) name += kNameLetters[names_.below(kNameLetters.size())];
    if (!find(kind, space, name)) return name;
  }
}

std::string Store::generate_uid() {
  const std::uint64_t high = options_.random.next(), low = options_.random.next();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff, high & 0xfff,
                     0x8000 | ((low >> 48) & 0x3fff), low & 0xffffffffffff);
}

void Store::shorten(Shelf& shelf) const {
  const auto now = options_.wall_clock();
  while (shelf.window.size() > options_.window_max ||
         (shelf.window.size() > options_.window_min && shelf.window.front().at + options_.window_span < now)) {
    shelf.dropped = shelf.window.front().event.object->resource_version();
    shelf.window.pop_front();
  }
}

void Store::commit(Event event) {
  Shelf& to = shelf(event.object->kind());
  to.window.push_back({event, options_.wall_clock()});
  shorten(to);
  undelivered_.push_back(std::move(event));
  if (delivering_) return;
  delivering_ = true;
  while (!undelivered_.empty()) {
    const Event next = std::move(undelivered_.front());
    undelivered_.pop_front();
    deliver(next);
  }
  delivering_ = false;
}

void Store::deliver(const Event& event) {
  notify(all_, event);
  Shelf& from = shelf(event.object->kind());
  notify(from.everywhere, event);
  if (const auto slots = from.in_space.find(event.object->space()); slots != from.in_space.end()) {
    notify(slots->second, event);
    if (slots->second.empty()) from.in_space.erase(slots);
  }
}

void Store::notify(Slots& slots, const Event& event) {
  bool dead = false;
  // Observers may subscribe, which grows `slots`; the newcomers read the store as it is and must not hear of this
  // change.
  const std::size_t count = slots.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::shared_ptr<Subscription::Slot> slot = slots[i];
    if (slot->alive) slot->observer(event);
    dead = dead || !slot->alive;
  }
  if (dead) std::erase_if(slots, [](const auto& slot) { return !slot->alive; });
}

}  // namespace plumbline::kube
