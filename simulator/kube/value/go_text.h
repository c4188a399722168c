// Values in the words of Go, in which a real API server complains of them. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "simulator/kube/value/value.h"

namespace plumbline::kube {

/// As fmt.Sprint has it: "map[name:web ports:[80 443]]".
std::string go_text(const Value& value);
/// As reflect.TypeOf has it of decoded JSON: "map[string]interface {}".
std::string_view go_type(const Value& value);
/// As encoding/json calls it: "object", "array", "number".
std::string_view json_type(const Value& value);

}  // namespace plumbline::kube
