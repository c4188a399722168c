#include "simulator/kube/merge/patch.h"

#include <fmt/format.h>

#include "simulator/kube/merge/json_patch.h"
#include "simulator/kube/merge/strategic.h"

namespace plumbline::kube {

void merge_patch(Value& target, const Value& patch) {
  if (!patch.is_object()) {
    target = patch;
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
      if (!patch.is_object()) return bad_request("a merge patch must be an object");
      merge_patch(target, patch);
      return target;
    case PatchType::kStrategic:
      return strategically_merged(std::move(target), patch, type);
    case PatchType::kJson:
      if (patch.size() > kJsonPatchOperationsMax)
        return Failure{413, "RequestEntityTooLarge",
                       fmt::format("The allowed maximum operations in a JSON patch is {}, got {}",
                                   kJsonPatchOperationsMax, patch.size()),
                       nullptr};
      return json_patched(std::move(target), patch);
  }
  return bad_request("unknown patch type");
}

}  // namespace plumbline::kube
