// Whether a configuration that is applied is one of its type, in the words of a server that merges field by field.
// Stricter than reading into a structure: fields that are not known are mistakes. Pure.
#pragma once

#include <string>

#include "simulator/kube/schema/type.h"
#include "simulator/kube/value/value.h"

namespace plumbline::kube {

/// "" when all is well; several mistakes stand below each other.
std::string typed_mistake(const Value& value, const Type& type);

}  // namespace plumbline::kube
