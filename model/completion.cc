#include "model/completion.h"

#include <algorithm>

namespace plumbline {

std::vector<std::string> choices_in(std::string_view type_name) {
  std::vector<std::string> choices;
  const std::size_t begin = type_name.find(":{"), end = type_name.find('}', begin);
  if (begin == std::string_view::npos || end == std::string_view::npos) return choices;
  for (std::size_t from = begin + 2; from <= end;) {
    const std::size_t to = std::min(type_name.find(',', from), end);
    choices.emplace_back(type_name.substr(from, to - from));
    from = to + 1;
  }
  return choices;
}

}  // namespace plumbline
