// How many of what, in words.
#pragma once

#include <concepts>
#include <string>

namespace plumbline {

/// "1 Pod", "6 Pods".
template <std::integral Number>
std::string counted(Number number, const std::string& one) {
  return std::to_string(number) + " " + one + (number == 1 ? "" : "s");
}

}  // namespace plumbline
