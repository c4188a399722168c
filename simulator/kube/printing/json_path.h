// The simple JSON paths of printer columns and of what else a CustomResourceDefinition points to. Pure.
#pragma once

#include <string_view>

#include "simulator/kube/value/value.h"

namespace plumbline::kube {

/// The first that `path` finds in `object`: ".spec.size", ".status.conditions[?(@.type==\"Ready\")].status",
/// ".metadata.labels.app\\.kubernetes\\.io/name", ".spec.list[*].name", ".spec.list[-1]", ".spec.list[0:2]", "..name".
/// Nullptr when there is nothing.
const Value* json_path(const Value& object, std::string_view path);

}  // namespace plumbline::kube
