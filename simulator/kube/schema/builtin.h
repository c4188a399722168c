// The types of the kinds that every simulated cluster serves. Built once, on first use; constant and thread-safe then.
#pragma once

#include <string>
#include <string_view>

#include "simulator/kube/schema/type.h"

namespace plumbline::kube {

/// Throws NotationError when a part is written wrongly.
const TypeSet& builtin_types();
/// The type of a built-in kind, or of a part of one: "Pod", "PodSpec". Null when there is none.
const Type* builtin_type(std::string_view name);

}  // namespace plumbline::kube
