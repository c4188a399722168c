// Words that several checks share for naming things in findings.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

namespace plumbline::conformance {

/// "a, b, c and 4 more".
inline std::string some_of(const std::vector<std::string>& names, std::size_t max = 5) {
  const std::size_t shown = std::min(names.size(), max);
  std::string text =
      fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text.empty() ? "none" : text;
}

inline double milliseconds(std::int64_t microseconds) { return static_cast<double>(microseconds) / 1000; }

}  // namespace plumbline::conformance
