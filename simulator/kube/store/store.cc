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

std::string label_key(std::string_view space, std::string_view key, std::string_view value) {
  return fmt::format("{}\n{}={}", space, key, value);
}

bool label_indexed(KindId kind) { return kind == KindId::kPod; }

bool same_but_version(const Json& left, Json right) {
  right["metadata"]["resourceVersion"] = left.at("metadata").at("resourceVersion");
  return left == right;
}

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

Store::Store(Options options)
    : options_(std::move(options)), names_(options_.random.split("names")), shelves_(kKindCount) {
  CHECK(options_.wall_clock != nullptr, "creationTimestamp needs a clock");
}

std::string Store::now(std::chrono::seconds later) const {
  const auto when = std::chrono::system_clock::to_time_t(options_.wall_clock() + later);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(when));
}

ObjectPtr Store::find(KindId kind, std::string_view space, std::string_view name) const {
  const Shelf& from = shelf(kind);
  const auto names = from.spaces.find(space);
  if (names == from.spaces.end()) return nullptr;
  const auto found = names->second.find(name);
  return found == names->second.end() ? nullptr : found->second;
}

ObjectPtr Store::find_uid(const std::string& uid) const {
  const auto found = by_uid_.find(uid);
  return found == by_uid_.end() ? nullptr : find(found->second);
}

void Store::visit(KindId kind, std::string_view space, const LabelSelector& labels,
                  const std::function<void(const ObjectPtr&)>& visit) const {
  const Shelf& from = shelf(kind);
  const auto visit_space = [&](const std::string& name, const Names& names) {
    if (label_indexed(kind)) {
      for (const Requirement& requirement : labels.requirements()) {
        if (requirement.op != Requirement::Operator::kIn || requirement.values.size() != 1) continue;
        const auto found = from.by_label.find(label_key(name, requirement.key, *requirement.values.begin()));
        if (found == from.by_label.end()) return;
        for (const std::string& candidate : found->second) {
          const ObjectPtr& object = names.find(candidate)->second;
          if (labels.matches(object->labels())) visit(object);
        }
        return;
      }
    }
    for (const auto& [_, object] : names)
      if (labels.matches(object->labels())) visit(object);
  };
  if (space.empty()) {
    for (const auto& [name, names] : from.spaces) visit_space(name, names);
  } else if (const auto found = from.spaces.find(space); found != from.spaces.end()) {
    visit_space(found->first, found->second);
  }
}

std::vector<ObjectPtr> Store::list(KindId kind, std::string_view space, const LabelSelector& labels) const {
  std::vector<ObjectPtr> objects;
  visit(kind, space, labels, [&objects](const ObjectPtr& object) { objects.push_back(object); });
  return objects;
}

std::vector<Key> Store::owned_by(const std::string& uid) const {
  const auto found = by_owner_.find(uid);
  if (found == by_owner_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::size_t Store::count(KindId kind) const { return shelf(kind).count; }

Outcome<ObjectPtr> Store::create(KindId kind, Json object) {
  Json& metadata = object["metadata"];
  const std::string space = text_at(metadata, "namespace");
  std::string name = text_at(metadata, "name");
  if (name.empty()) {
    name = generate_name(kind, space, text_at(metadata, "generateName"));
    metadata["name"] = name;
  }
  if (find(kind, space, name)) return already_exists(kind_of(kind), name);
  metadata["uid"] = generate_uid();
  metadata["creationTimestamp"] = now();
  const std::uint64_t version = ++resource_version_;
  metadata["resourceVersion"] = std::to_string(version);
  auto created = std::make_shared<const Object>(kind, std::move(object), version, version);
  shelf(kind).spaces[space][name] = created;
  ++shelf(kind).count;
  index(created);
  commit({Op::kAdded, created, nullptr});
  return created;
}

Outcome<ObjectPtr> Store::replace(const ObjectPtr& current, Json next) {
  const Key& key = current->key();
  const ObjectPtr stored = find(key);
  if (!stored) return not_found(kind_of(key.kind), key.name);
  if (stored != current) return conflict(kind_of(key.kind), key.name);
  Json& metadata = next["metadata"];
  metadata["uid"] = current->uid();
  metadata["creationTimestamp"] = current->json().at("metadata").at("creationTimestamp");
  if (same_but_version(current->json(), next)) return current;
  const std::uint64_t version = ++resource_version_;
  metadata["resourceVersion"] = std::to_string(version);
  auto replaced = std::make_shared<const Object>(key.kind, std::move(next), version, current->created());
  CHECK(replaced->key() == key, "an update never moves an object");
  unindex(stored);
  shelf(key.kind).spaces[key.space][key.name] = replaced;
  index(replaced);
  commit({Op::kModified, replaced, stored});
  return replaced;
}

Outcome<ObjectPtr> Store::erase(const Key& wanted) {
  const Key key = wanted;
  const ObjectPtr stored = find(key);
  if (!stored) return not_found(kind_of(key.kind), key.name);
  unindex(stored);
  Shelf& from = shelf(key.kind);
  const auto names = from.spaces.find(key.space);
  names->second.erase(key.name);
  if (names->second.empty()) from.spaces.erase(names);
  --from.count;
  const std::uint64_t version = ++resource_version_;
  Json last = stored->json();
  last["metadata"]["resourceVersion"] = std::to_string(version);
  auto erased = std::make_shared<const Object>(key.kind, std::move(last), version, stored->created());
  commit({Op::kDeleted, erased, stored});
  return erased;
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
  const auto first = std::upper_bound(
      from.window.begin(), from.window.end(), resource_version,
      [](std::uint64_t version, const Event& event) { return version < event.object->resource_version(); });
  return std::vector<Event>(first, from.window.end());
}

void Store::add(Slots& slots, std::shared_ptr<Subscription::Slot> slot) const {
  if (!delivering_) std::erase_if(slots, [](const auto& old) { return !old->alive; });
  slots.push_back(std::move(slot));
}

std::string Store::generate_name(KindId kind, std::string_view space, const std::string& prefix) {
  for (;;) {
    std::string name = prefix.substr(0, kGeneratedPrefixMax);
    for (std::size_t i = 0; i < kGeneratedLetters; ++i) name += kNameLetters[names_.below(kNameLetters.size())];
    if (!find(kind, space, name)) return name;
  }
}

std::string Store::generate_uid() {
  const std::uint64_t high = options_.random.next(), low = options_.random.next();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff, high & 0xfff,
                     0x8000 | ((low >> 48) & 0x3fff), low & 0xffffffffffff);
}

void Store::index(const ObjectPtr& object) {
  by_uid_.insert_or_assign(object->uid(), object->key());
  for (const std::string& owner : object->owners()) by_owner_[owner].insert(object->key());
  if (!label_indexed(object->kind())) return;
  for (const auto& [key, value] : object->labels())
    shelf(object->kind()).by_label[label_key(object->space(), key, value)].insert(object->name());
}

void Store::unindex(const ObjectPtr& object) {
  by_uid_.erase(object->uid());
  for (const std::string& owner : object->owners()) {
    const auto found = by_owner_.find(owner);
    if (found == by_owner_.end()) continue;
    found->second.erase(object->key());
    if (found->second.empty()) by_owner_.erase(found);
  }
  if (!label_indexed(object->kind())) return;
  auto& by_label = shelf(object->kind()).by_label;
  for (const auto& [key, value] : object->labels()) {
    const auto found = by_label.find(label_key(object->space(), key, value));
    found->second.erase(object->name());
    if (found->second.empty()) by_label.erase(found);
  }
}

void Store::commit(Event event) {
  Shelf& to = shelf(event.object->kind());
  to.window.push_back(event);
  while (to.window.size() > options_.watch_window) {
    to.dropped = to.window.front().object->resource_version();
    to.window.pop_front();
  }
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
