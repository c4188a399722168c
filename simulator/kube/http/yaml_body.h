// Request bodies in YAML as the JSON that they stand for. Pure.
#pragma once

#include <string_view>

#include "simulator/kube/value/text.h"

namespace plumbline::kube {

/// The first document of `text`; scalars as YAML 1.1 of Go reads them. Reading::mistake in yaml-cpp's words.
Reading read_yaml(std::string_view text);

}  // namespace plumbline::kube
