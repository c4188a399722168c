#include "simulator/kube/controllers/garbage_collector.h"

#include <algorithm>

#include "simulator/kube/controllers/field_manager.h"

namespace plumbline::kube {
namespace {

bool waits_for_dependents(const Object& object) {
  return object.deleting() && object.has_finalizer(kForegroundFinalizer);
}

}  // namespace

GarbageCollector::GarbageCollector(boost::asio::io_context& io, Operations& operations)
    : operations_(operations),
      store_(operations.store()),
      queue_(io, [this](const ObjectKey& key) { sync(key); }),
      events_(store_.subscribe([this](const Event& event) { on_event(event); })) {}

void GarbageCollector::on_event(const Event& event) {
  const Object& object = *event.object;
  if (event.op == Op::kDeleted) {
    for (const ObjectPtr& dependent : store_.owned_by(object.uid())) queue_.add(dependent->key());
    for (const std::string_view owner : object.owners())
      if (const ObjectPtr found = store_.find_uid(owner); found && found->deleting()) queue_.add(found->key());
    if (object.kind() == KindId::kNamespace) emptying_.erase(object.uid());
    if (object.space().empty()) return;
    const ObjectPtr home = store_.find(KindId::kNamespace, "", object.space());
    if (home && home->deleting()) queue_.add(home->key());
    return;
  }
  const bool owned_anew = !object.owners().empty() && (!event.previous || event.previous->owners() != object.owners());
  if (owned_anew || object.deleting()) queue_.add(object.key());
}

void GarbageCollector::sync(const ObjectKey& key) {
  const ObjectPtr object = store_.find(key);
  if (!object) return;
  if (key.kind == KindId::kNamespace && object->deleting()) return empty_namespace(key);
  if (object->deleting() && object->has_finalizer(kOrphanFinalizer)) return finish_orphaning(object);
  if (waits_for_dependents(*object)) return finish_foreground(object);
  if (!object->owners().empty() && !object->deleting()) drop_absent_owners(object);
}

void GarbageCollector::drop_absent_owners(const ObjectPtr& object) {
  const auto absent = [this](const Value& owner) { return !store_.find_uid(owner["uid"].text()); };
  const Value& named = object->at("metadata.ownerReferences");
  if (std::none_of(named.begin(), named.end(), absent)) return;
  Value next = object->value();
  Value& owners = next["metadata"]["ownerReferences"];
  owners.erase_items_if(absent);
  if (owners.empty()) {
    (void)operations_.remove(object->key());
    return;
  }
  (void)operations_.write(object, std::move(next), kControllerManager);
}

/// Takes a finalizer away, and with the last one the object.
void GarbageCollector::drop_finalizer(const ObjectKey& key, std::string_view finalizer) {
  const ObjectPtr latest = store_.find(key);
  if (!latest) return;
  Value next = latest->value();
  Value& finalizers = next["metadata"]["finalizers"];
  finalizers.erase_items_if([&](const Value& each) { return each == finalizer; });
  if (finalizers.empty()) next["metadata"].erase("finalizers");
  (void)operations_.update(key, std::move(next), as_controller());
}

void GarbageCollector::disown(const ObjectPtr& dependent, const Object& owner) {
  Value next = dependent->value();
  Value& owners = next["metadata"]["ownerReferences"];
  owners.erase_items_if([&](const Value& reference) { return reference["uid"] == owner.uid(); });
  if (owners.empty()) next["metadata"].erase("ownerReferences");
  (void)operations_.write(dependent, std::move(next), kControllerManager);
}

void GarbageCollector::finish_foreground(const ObjectPtr& owner) {
  DeleteOptions options;
  options.propagation = Propagation::kForeground;
  bool blocked = false;
  for (const ObjectPtr& dependent : store_.owned_by(owner->uid())) {
    bool others = false, blocks = false;
    for (const Value& reference : dependent->at("metadata.ownerReferences")) {
      if (reference["uid"] == owner->uid()) {
        blocks = reference["blockOwnerDeletion"].boolean();
        continue;
      }
      const ObjectPtr other = store_.find_uid(reference["uid"].text());
      others = others || (other && !waits_for_dependents(*other));
    }
    if (others) {
      // It is somebody else's as well, and stays that.
      disown(dependent, *owner);
      continue;
    }
    if (!dependent->deleting()) (void)operations_.remove(dependent->key(), options);
    blocked = blocked || (blocks && store_.find(dependent->key()));
  }
  if (!blocked) drop_finalizer(owner->key(), kForegroundFinalizer);
}

void GarbageCollector::finish_orphaning(const ObjectPtr& owner) {
  for (const ObjectPtr& dependent : store_.owned_by(owner->uid())) disown(dependent, *owner);
  drop_finalizer(owner->key(), kOrphanFinalizer);
}

/// Its own finalizer is done; others are waited for.
void GarbageCollector::finish_namespace(const ObjectKey& key) {
  const ObjectPtr space = store_.find(key);
  if (!space) return;
  Value next = space->value();
  if (!std::as_const(next).at("spec.finalizers").empty())
    next["spec"]["finalizers"].erase_items_if([](const Value& each) { return each == "kubernetes"; });
  if (std::as_const(next).at("spec.finalizers").empty() && !space->has_finalizers()) {
    (void)operations_.erase(key);
    return;
  }
  (void)operations_.write(space, std::move(next), kControllerManager);
}

void GarbageCollector::empty_namespace(const ObjectKey& key) {
  const ObjectPtr space = store_.find(key);
  const bool first = emptying_.insert(space->uid()).second;
  bool empty = true;
  // Owners before what they own: the registry lists Pods first.
  const auto& kinds = store_.registry().served();
  for (auto each = kinds.rbegin(); each != kinds.rend(); ++each) {
    const Kind& kind = **each;
    if (!kind.namespaced || !store_.holds(kind.id, key.name)) continue;
    if (first)
      for (const ObjectPtr& object : store_.list(kind.id, key.name)) (void)operations_.remove(object->key());
    empty = empty && !store_.holds(kind.id, key.name);
  }
  if (empty) {
    finish_namespace(key);
  } else if (first) {
    queue_.add(key);  // controllers may have made more while their namespace was going
  }
}

}  // namespace plumbline::kube
