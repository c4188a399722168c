// The frame that all our YAML files have: one document of apiVersion, kind, metadata and spec. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "simulator/yaml/value.h"

namespace plumbline::yaml {

inline constexpr std::string_view kApiVersion = "plumbline/v1";

/// The one document of `documents`, its frame checked for `kind`. A null value, with a problem, when there is none; the
/// document as it is, with problems, when fields of the frame are wrong.
Value one_document(std::vector<Value> documents, const std::string& file, const std::string& kind, Problems& problems);

}  // namespace plumbline::yaml
