#include "conformance/language/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

namespace plumbline::conformance {
namespace {

constexpr std::size_t kWordBytesMax = 64;  ///< longer words get no suggestion

std::size_t edit_distance(const std::string& from, const std::string& to) {
  std::vector<std::size_t> above(to.size() + 1), row(to.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      row[j + 1] = std::min({above[j + 1] + 1, row[j] + 1, above[j] + (from[i] == to[j] ? 0u : 1u)});
    }
    std::swap(row, above);
  }
  return above.back();
}

}  // namespace

std::string to_string(const Place& place) {
  return place.line == 0 ? place.file : fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

void Problems::add(const Place& place, std::string text) {
  if (list_.size() >= kMax) {
    ++dropped_;
    return;
  }
  list_.push_back({place, std::move(text)});
}

std::string Problems::text() const {
  std::set<std::tuple<std::string, int, int, std::string>> ordered;
  for (const Problem& problem : list_) {
    ordered.emplace(problem.place.file, problem.place.line, problem.place.column,
                    to_string(problem.place) + ": " + problem.text);
  }
  std::string text;
  for (const auto& entry : ordered) text += std::get<3>(entry) + "\n";
  if (dropped_ > 0) text += fmt::format("and {} more\n", dropped_);
  return text;
}

std::string suggestion(const std::string& word, std::vector<std::string> known) {
  if (known.empty()) return "";
  std::sort(known.begin(), known.end());
  if (word.size() <= kWordBytesMax) {
    const std::size_t allowed = std::max<std::size_t>(2, word.size() / 3);
    const auto nearest = std::min_element(known.begin(), known.end(), [&](const auto& a, const auto& b) {
      return edit_distance(word, a) < edit_distance(word, b);
    });
    if (edit_distance(word, *nearest) <= allowed) return fmt::format("; did you mean '{}'?", *nearest);
  }
  return fmt::format("; known: {}", fmt::join(known, ", "));
}

}  // namespace plumbline::conformance
