#include "simulator/yaml/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace plumbline::yaml {

std::string to_string(const Place& place) {
  return place.line == 0 ? place.file : fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

bool Problems::is_closed(const Place& place) const {
  return std::find(closed_.begin(), closed_.end(), place) != closed_.end();
}

void Problems::add_and_close(const Place& place, std::string text) {
  add(place, std::move(text));
  if (!is_closed(place) && closed_.size() < kMax) closed_.push_back(place);
}

void Problems::add(const Place& place, std::string text) {
  const auto is_same = [&](const Problem& other) { return other.place == place && other.text == text; };
  if (is_closed(place) || std::any_of(list_.begin(), list_.end(), is_same)) return;
  if (list_.size() >= kMax) {
    ++dropped_;
    return;
  }
  list_.push_back({place, std::move(text)});
}

void Problems::merge(const Problems& others) {
  for (const Problem& problem : others.list_) add(problem.place, problem.text);
  dropped_ += others.dropped_;
}

std::vector<Problem> Problems::ordered() const {
  std::vector<Problem> ordered = list_;
  const auto key = [](const Problem& problem) {
    return std::tie(problem.place.file, problem.place.line, problem.place.column, problem.text);
  };
  std::sort(ordered.begin(), ordered.end(), [&](const Problem& a, const Problem& b) { return key(a) < key(b); });
  return ordered;
}

std::string Problems::text() const {
  std::string text;
  for (const auto& [place, what] : ordered()) text += to_string(place) + ": " + what + "\n";
  if (dropped_ > 0) text += fmt::format("and {} more\n", dropped_);
  return text;
}

}  // namespace plumbline::yaml
