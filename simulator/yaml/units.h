// Numbers with units, as scenarios write them. A bare number is a count; everything else says its unit.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plumbline::yaml {

/// "250ms", "5s", "1.5s", "2m". nullopt for anything else, bare numbers included, and beyond a day.
std::optional<std::chrono::milliseconds> duration_of(std::string_view text);
/// "0", "512", at most 999,999,999.
std::optional<int> count_of(std::string_view text);
/// "100B", "64KiB", "1MiB"; at most 1 GiB.
std::optional<std::int64_t> bytes_of(std::string_view text);
/// "20%" as 0.2; 0 to 1000 percent.
std::optional<double> percent_of(std::string_view text);

// Why a text that is none is none, in words that follow its name: "has the unit 'h'; times are in ms, s or m".
std::string why_no_duration(std::string_view text);
std::string why_no_count(std::string_view text);

}  // namespace plumbline::yaml
