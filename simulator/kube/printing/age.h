// Times as people read them in tables. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plumbline::kube {

/// Seconds since 1970 of "2026-11-23T01:57:52Z"; 0 for anything else.
std::int64_t seconds_of(std::string_view time);
/// "45s", "3m20s", "5h", "12d": the age of what was made at `from`, seen at `to`. "<unknown>" when `from` is empty.
std::string age(std::string_view from, std::string_view to);
/// The same of a number of seconds.
std::string duration_text(std::int64_t seconds);

}  // namespace plumbline::kube
