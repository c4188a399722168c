// Texts of a given form: quantities, times, base64. Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace plumbline::kube {

/// "500m", "2Gi", "1e3", "-1.5".
bool is_quantity(std::string_view text);
/// What a quantity is worth; nothing when it is none.
std::optional<double> quantity_of(std::string_view text);
/// RFC 3339, with or without parts of a second: "2026-11-25T19:16:40Z", "2026-11-25T19:16:40.5+01:00".
bool is_time(std::string_view text);
/// The byte at which standard base64 with padding breaks off, as Go counts; nothing when `text` is good. Ends of lines
/// may stand anywhere.
std::optional<std::size_t> base64_mistake(std::string_view text);

}  // namespace plumbline::kube
