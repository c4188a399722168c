#include "simulator/yaml/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace plumbline::yaml {
namespace {

struct Quantity {
  double number = 0;
  std::string_view unit;
};

std::optional<Quantity> parse_quantity(std::string_view text) {
  Quantity quantity;
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto [stop, error] =
      std::from_chars(text.data(), text.data() + text.size(), quantity.number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(quantity.number)) return std::nullopt;
  quantity.unit = text.substr(static_cast<std::size_t>(stop - text.data()));
  return quantity;
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

constexpr int kCountMax = 999'999'999;
constexpr std::pair<std::string_view, double> kTimeUnits[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}};
constexpr double kDurationMsMax = 24.0 * 3600 * 1000;
constexpr double kBytesMax = 1024.0 * 1024 * 1024;

}  // namespace

std::optional<std::chrono::milliseconds> duration_of(std::string_view text) {
  const auto quantity = parse_quantity(text);
  if (!quantity) return std::nullopt;
  for (const auto& [unit, factor] : kTimeUnits) {
    if (quantity->unit != unit) continue;
    const double ms = quantity->number * factor;
    if (ms > kDurationMsMax) return std::nullopt;
    return std::chrono::milliseconds(std::llround(ms));
  }
  return std::nullopt;
}

std::optional<int> count_of(std::string_view text) {
  int count = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || stop != text.data() + text.size() || count < 0 || count > kCountMax) return std::nullopt;
  return count;
}

std::optional<std::int64_t> bytes_of(std::string_view text) {
  const auto quantity = parse_quantity(text);
  if (!quantity) return std::nullopt;
  for (const auto& [unit, factor] : {std::pair{"B", 1.0}, {"KiB", 1024.0}, {"MiB", 1024.0 * 1024}}) {
    if (quantity->unit != unit) continue;
    const double bytes = quantity->number * factor;
    if (bytes > kBytesMax) return std::nullopt;
    return std::llround(bytes);
  }
  return std::nullopt;
}

std::optional<double> percent_of(std::string_view text) {
  const auto quantity = parse_quantity(text);
  if (!quantity || quantity->unit != "%" || quantity->number > 1000) return std::nullopt;
  return quantity->number / 100;
}

std::string why_no_duration(std::string_view text) {
  const auto quantity = parse_quantity(text);
  if (!quantity) return fmt::format("is a time such as 250ms or 5s; '{}' is none", text);
  if (quantity->unit.empty()) return fmt::format("is a time and needs a unit: {}ms or {}s?", text, text);
  const bool known = std::any_of(std::begin(kTimeUnits), std::end(kTimeUnits),
                                 [&](const auto& unit) { return unit.first == quantity->unit; });
  if (known) return fmt::format("is at most a day, 1440m; '{}' is more", text);
  return fmt::format("has the unit '{}'; times are in ms, s or m", quantity->unit);
}

std::string why_no_count(std::string_view text) {
  if (is_digits(text)) return fmt::format("is at most {}; '{}' is more", kCountMax, text);
  return fmt::format("is a count, a bare number; '{}' is none", text);
}

}  // namespace plumbline::yaml
