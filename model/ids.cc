#include "model/ids.h"

#include <algorithm>
#include <cctype>

namespace plumbline {

std::optional<ObjectName> parse_object_name(std::string_view text) {
  const std::size_t first = text.find('/');
  const std::size_t second = first == std::string_view::npos ? first : text.find('/', first + 1);
  if (second == std::string_view::npos || text.find('/', second + 1) != std::string_view::npos) return std::nullopt;
  const std::string_view cluster = text.substr(0, first), space = text.substr(first + 1, second - first - 1),
                         name = text.substr(second + 1);
  if (cluster.empty() || space.empty() || name.empty()) return std::nullopt;
  return ObjectName{ClusterId(std::string(cluster)), std::string(space), std::string(name)};
}

bool is_plain_name(std::string_view text, std::size_t bytes_max) {
  const auto is_alphanumeric = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  return !text.empty() && text.size() <= bytes_max && is_alphanumeric(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

}  // namespace plumbline
