// Words that several checks share for naming things in findings.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "conformance/checks/json_fields.h"

namespace plumbline::conformance {

/// "a, b, c and 4 more".
inline std::string some_of(const std::vector<std::string>& names, std::size_t max = 5) {
  const std::size_t shown = std::min(names.size(), max);
  std::string text =
      fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text.empty() ? "none" : text;
}

/// Whether `text` says `name`, however it is capitalised; "cls-12" does not say "cls-1".
inline bool names(const std::string& text, const std::string& name) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::string said = lower(text), wanted = lower(name);
  for (std::size_t at = said.find(wanted); at != std::string::npos; at = said.find(wanted, at + 1)) {
    const std::size_t end = at + wanted.size();
    if (wanted.empty() || end == said.size() || !is_digit(wanted.back()) || !is_digit(said[end])) return true;
  }
  return false;
}

inline double milliseconds(std::int64_t microseconds) { return static_cast<double>(microseconds) / 1000; }

}  // namespace plumbline::conformance
