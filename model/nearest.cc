#include "model/nearest.h"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace plumbline {
namespace {

constexpr std::size_t kShortWord = 5;

bool same(char one, char other) {
  return std::tolower(static_cast<unsigned char>(one)) == std::tolower(static_cast<unsigned char>(other));
}

/// Optimal string alignment: a swap of two neighbours is one edit.
std::size_t edits(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before(to.size() + 1), above(to.size() + 1), row(to.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (same(from[i - 1], to[j - 1]) ? 0 : 1);
      row[j] = std::min({row[j - 1] + 1, above[j] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && same(from[i - 1], to[j - 2]) && same(from[i - 2], to[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = above;
    above = row;
  }
  return above.back();
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  std::string best;
  if (word.empty() || word.size() > kWordBytesMax) return best;
  std::size_t allowed = word.size() <= kShortWord ? 1 : word.size() / 3;
  for (const std::string& name : known) {
    const std::size_t distance = name.empty() ? word.size() : edits(word, name);
    if (distance > allowed || distance >= std::min(word.size(), name.size())) continue;
    if (!best.empty() && distance == allowed) continue;
    best = name;
    allowed = distance;
  }
  return best;
}

std::string suggestion(std::string_view word, std::vector<std::string> known) {
  std::erase(known, "");
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  if (known.empty()) return "";
  if (const std::string name = nearest(word, known); !name.empty()) return "; did you mean '" + name + "'?";
  std::string text = "; known: ";
  for (std::size_t i = 0; i < known.size() && i < kKnownMax; ++i) text += (i == 0 ? "" : ", ") + known[i];
  return known.size() > kKnownMax ? text + " and " + std::to_string(known.size() - kKnownMax) + " more" : text;
}

}  // namespace plumbline
