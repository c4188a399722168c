#include "simulator/yaml/units.h"

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

constexpr double kDurationMsMax = 24.0 * 3600 * 1000;
constexpr double kBytesMax = 1024.0 * 1024 * 1024;

}  // namespace

std::optional<std::chrono::milliseconds> duration_of(std::string_view text) {
  const auto quantity = parse_quantity(text);
  if (!quantity) return std::nullopt;
  for (const auto& [unit, factor] : {std::pair{"ms", 1.0}, {"s", 1000.0}, {"m", 60'000.0}}) {
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
  if (error != std::errc() || stop != text.data() + text.size() || count < 0 || text.size() > 9) return std::nullopt;
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

}  // namespace plumbline::yaml
