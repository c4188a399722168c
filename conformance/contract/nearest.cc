#include "conformance/contract/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace plumbline::conformance {
namespace {

std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view text, const std::vector<std::string>& known) {
  std::string best;
  std::size_t best_edits = std::max<std::size_t>(2, text.size() / 3) + 1;
  for (const auto& name : known) {
    const std::size_t distance = edits(text, name);
    if (distance < best_edits) {
      best_edits = distance;
      best = name;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view text, const std::vector<std::string>& known) {
  if (const std::string name = nearest(text, known); !name.empty()) return fmt::format("; did you mean '{}'?", name);
  return fmt::format("; known: {}", fmt::join(known, ", "));
}

}  // namespace plumbline::conformance
