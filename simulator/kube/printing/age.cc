#include "simulator/kube/printing/age.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace plumbline::kube {

std::int64_t seconds_of(std::string_view time) {
  std::tm parts{};
  const std::string copy(time);
  return strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) != nullptr ? timegm(&parts) : 0;
}

std::string duration_text(std::int64_t seconds) {
  if (seconds < 0) return "0s";
  const std::int64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24, years = days / 365;
  if (seconds < 120) return fmt::format("{}s", seconds);
  if (minutes < 10)
    return seconds % 60 == 0 ? fmt::format("{}m", minutes) : fmt::format("{}m{}s", minutes, seconds % 60);
  if (hours < 3) return fmt::format("{}m", minutes);
  if (hours < 8) return minutes % 60 == 0 ? fmt::format("{}h", hours) : fmt::format("{}h{}m", hours, minutes % 60);
  if (hours < 48) return fmt::format("{}h", hours);
  if (hours < 192) return hours % 24 == 0 ? fmt::format("{}d", days) : fmt::format("{}d{}h", days, hours % 24);
  if (years < 2) return fmt::format("{}d", days);
  if (years < 8) return days % 365 == 0 ? fmt::format("{}y", years) : fmt::format("{}y{}d", years, days % 365);
  return fmt::format("{}y", years);
}

std::string age(std::string_view from, std::string_view to) {
  if (from.empty()) return "<unknown>";
  return duration_text(std::max<std::int64_t>(0, seconds_of(to) - seconds_of(from)));
}

}  // namespace plumbline::kube
