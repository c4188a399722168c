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
  const auto work_out = [&] {
    return shared(managed_after_update(before, next, type, next.at("metadata.managedFields"), author, now));
  };
  // Changes of what is there touch little, and are soon compared; of something new all counts. It brings no account.
  if (!before.is_null()) return work_out();
  const Value held = as_held(next, type);
  const bool as_the_last = made_.type == type && made_.author == author && made_.now == now &&
                           same_changes(made_.nothing, made_.held, held, type);
  if (!as_the_last) made_ = {type, author, as_held(Value(), type), held, now, work_out()};
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
