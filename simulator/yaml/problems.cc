#include "simulator/yaml/problems.h"

#include <fmt/format.h>

#include <set>
#include <tuple>

namespace plumbline::yaml {

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

}  // namespace plumbline::yaml
