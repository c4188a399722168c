#include "simulator/kube/controllers/garbage_collector.h"

#include <algorithm>

namespace plumbline::kube {
namespace {

bool waits_for_dependents(const Object& object) {
  const Json& finalizers = at(object.json(), "metadata.finalizers");
  return object.deleting() && finalizers.is_array() &&
         std::find(finalizers.begin(), finalizers.end(), kForegroundFinalizer) != finalizers.end();
}

}  // namespace

GarbageCollector::GarbageCollector(boost::asio::io_context& io, Operations& operations)
    : operations_(operations),
      store_(operations.store()),
      queue_(io, [this](const Key& key) { sync(key); }),
      events_(store_.subscribe([this](const Event& event) { on_event(event); })) {}

void GarbageCollector::on_event(const Event& event) {
  const Object& object = *event.object;
  if (event.op == Op::kDeleted) {
    for (const Key& dependent : store_.owned_by(object.uid())) queue_.add(dependent);
    for (const std::string& owner : object.owners())
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

void GarbageCollector::sync(const Key& key) {
  const ObjectPtr object = store_.find(key);
  if (!object) return;
  if (key.kind == KindId::kNamespace && object->deleting()) return empty_namespace(key);
  if (waits_for_dependents(*object)) return finish_foreground(object);
  if (!object->owners().empty() && !object->deleting()) drop_absent_owners(object);
}

void GarbageCollector::drop_absent_owners(const ObjectPtr& object) {
  Json kept = Json::array();
  for (const Json& owner : at(object->json(), "metadata.ownerReferences"))
    if (store_.find_uid(text_at(owner, "uid"))) kept.push_back(owner);
  if (kept.size() == object->owners().size()) return;
  if (kept.empty()) {
    (void)operations_.remove(object->key());
    return;
  }
  Json next = object->json();
  next["metadata"]["ownerReferences"] = std::move(kept);
  (void)store_.replace(object, std::move(next));
}

void GarbageCollector::finish_foreground(const ObjectPtr& owner) {
  DeleteOptions options;
  options.propagation = Propagation::kForeground;
  const std::vector<Key> dependents = store_.owned_by(owner->uid());
  for (const Key& dependent : dependents) {
    const ObjectPtr found = store_.find(dependent);
    if (found && !found->deleting()) (void)operations_.remove(dependent, options);
  }
  if (!store_.owned_by(owner->uid()).empty()) return;
  const ObjectPtr latest = store_.find(owner->key());
  if (!latest) return;
  Json next = latest->json();
  Json& finalizers = next["metadata"]["finalizers"];
  finalizers.erase(std::remove(finalizers.begin(), finalizers.end(), Json(kForegroundFinalizer)), finalizers.end());
  if (finalizers.empty()) next["metadata"].erase("finalizers");
  (void)operations_.update(latest->key(), std::move(next));
}

void GarbageCollector::empty_namespace(const Key& key) {
  const ObjectPtr space = store_.find(key);
  const bool first = emptying_.insert(space->uid()).second;
  bool empty = true;
  // Owners before what they own: the registry lists Pods first.
  for (auto kind = kinds().rbegin(); kind != kinds().rend(); ++kind) {
    if (!kind->namespaced || !store_.holds(kind->id, key.name)) continue;
    if (first)
      for (const ObjectPtr& object : store_.list(kind->id, key.name)) (void)operations_.remove(object->key());
    empty = empty && !store_.holds(kind->id, key.name);
  }
  if (empty) {
    (void)operations_.erase(key);
  } else if (first) {
    queue_.add(key);  // controllers may have made more while their namespace was going
  }
}

}  // namespace plumbline::kube
