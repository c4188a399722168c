#include "simulator/yaml/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
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

}  // namespace plumbline::yaml
