#include "simulator/kube/merge/patch.h"

#include <fmt/format.h>

#include "simulator/kube/merge/json_patch.h"
#include "simulator/kube/merge/strategic.h"
#include "simulator/kube/value/go_text.h"

namespace plumbline::kube {

namespace {

/// A list without the nulls of the objects in it.
Value pruned(const Value& value) {
  Value kept = value;
  for (std::size_t i = 0; i < value.size() && value.is_array(); ++i) {
    Value item = pruned(value[i]);
    if (!item.same_as(value[i]) && !(item == value[i])) kept.item(i) = std::move(item);
  }
  for (const Member& member : value.fields()) {
    if (member.value.is_null()) {
      kept.erase(member.name());
    } else if (Value part = pruned(member.value); !(part == member.value)) {
      kept.set(member.name()) = std::move(part);
    }
  }
  return kept;
}

}  // namespace

void merge_patch(Value& target, const Value& patch) {
  if (!patch.is_object()) {
    target = pruned(patch);
    return;
  }
  if (!target.is_object()) target = Value::object();
  for (const Member& member : patch.fields()) {
    if (member.value.is_null()) {
      target.erase(member.name());
    } else {
      merge_patch(target.set(member.name()), member.value);
    }
  }
}

Outcome<Value> patched(Value target, PatchType format, const Value& patch, const Type* type) {
  switch (format) {
    case PatchType::kMerge:
      if (patch.is_null()) return bad_request("Invalid JSON Patch");
      if (!patch.is_object())
        return bad_request(fmt::format(
            "error decoding patch: json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
            json_type(patch)));
      merge_patch(target, patch);
      return target;
    case PatchType::kStrategic:
      return strategically_merged(std::move(target), patch, type);
    case PatchType::kJson:
      return json_patched(std::move(target), patch);
  }
  return bad_request("unknown patch type");
}

}  // namespace plumbline::kube
