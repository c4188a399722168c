#include <utility>

#include "simulator/kube/api/operations.h"
#include "simulator/kube/merge/typed.h"

namespace plumbline::kube {

/// Has the author own what it changes.
void Operations::own(const Kind& kind, const Object* current, Value& next, const Author& author) {
  const Value managed =
      current == nullptr ? owners_of_new(kind, next, author) : owners(kind, current->value(), next, author);
  if (!managed.empty())
    next["metadata"]["managedFields"] = managed;
  else if (std::as_const(next)["metadata"].contains("managedFields"))
    next["metadata"].erase("managedFields");
}

Value Operations::owners(const Kind& kind, const Value& before, const Value& next, const Author& author) {
  return shared(
      managed_after_update(before, next, kind.storage().type, next.at("metadata.managedFields"), author, store_.now()));
}

/// Who owns a new object: the same as of the one before, when that had the same fields.
Value Operations::owners_of_new(const Kind& kind, const Value& object, const Author& author) {
  const Value now = store_.now();
  const bool again = made_.kind == kind.id && made_.author == author && made_.now == now &&
                     made_.object.at("metadata.managedFields") == object.at("metadata.managedFields") &&
                     same_fields(made_.object, object, kind.storage().type);
  if (!again) made_ = {kind.id, author, object, now, owners(kind, Value(), object, author)};
  return made_.managed;
}

/// The entries, in common with those of other objects of which they are the same.
Value Operations::shared(const Value& managed) {
  Value entries = Value::array();
  for (const Value& entry : managed) {
    Value common = entry;
    common["fieldsV1"] = alike_.shared_parts(entry["fieldsV1"]);
    entries.push_back(alike_.shared(std::move(common)));
  }
  return alike_.shared(std::move(entries));
}

}  // namespace plumbline::kube
