// What the kernel refused, as an Error. No I/O.
#pragma once

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "model/error.h"

namespace plumbline::network {

/// kUnavailable with `what` and the text of `number`.
inline Error unavailable(const std::string& what, int number = errno) {
  return {Reason::kUnavailable, fmt::format("{}: {}", what, std::strerror(number)), "", ""};
}

}  // namespace plumbline::network
