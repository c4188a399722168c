#include <utility>

#include "simulator/kube/api/operations.h"
#include "simulator/kube/merge/typed.h"

namespace plumbline::kube {

/// Has the author own what it changes.
void Operations::own(const Kind& kind, const Object* current, Value& next, const Author& author) {
  const Value managed = owners(kind, current == nullptr ? Value() : current->value(), next, author);
  if (!managed.empty())
    next["metadata"]["managedFields"] = managed;
  else if (std::as_const(next)["metadata"].contains("managedFields"))
    next["metadata"].erase("managedFields");
}

Value Operations::owners(const Kind& kind, const Value& before, const Value& next, const Author& author) {
  const Value now = store_.now();
  const Type* type = kind.storage().type;
  const Value& managed = next.at("metadata.managedFields");
  // Changes of what is there touch little, and are soon compared; of something new all counts.
  const bool made = before.is_null();
  const bool as_last_made = made && made_.kind == kind.id && made_.author == author && made_.now == now &&
                            made_.object.at("metadata.managedFields") == managed &&
                            same_change(Value(), made_.object, Value(), next, type);
  if (as_last_made) return made_.managed;
  const Value after = shared(managed_after_update(before, next, type, managed, author, now));
  if (made) made_ = {kind.id, author, next, now, after};
  return after;
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
