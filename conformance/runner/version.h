// The version that --version and histories name.
#pragma once

#include <string_view>

namespace plumbline::conformance {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace plumbline::conformance
