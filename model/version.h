// The version of every program and report. Kept equal to the project's in CMakeLists.txt (model/CMakeLists.txt checks).
#pragma once

#include <string_view>

namespace plumbline {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace plumbline
