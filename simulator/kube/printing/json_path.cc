#include <vector>

#include "simulator/kube/printing/columns.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr std::size_t kStepsMax = 64;

/// The next name of a path; "\\." is a dot of the name.
std::string take_name(std::string_view& path) {
  std::string name;
  while (!path.empty() && path.front() != '.' && path.front() != '[') {
    if (path.front() == '\\' && path.size() > 1) path.remove_prefix(1);
    name += path.front();
    path.remove_prefix(1);
  }
  return name;
}

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

/// `[?(@.type=="Ready")]`: the items whose field has that value.
void filter(std::string_view condition, const Value& list, std::vector<const Value*>& into) {
  const std::size_t equals = condition.find("==");
  if (!condition.starts_with("@.") || equals == std::string_view::npos) return;
  std::string_view field = condition.substr(2, equals - 2);
  while (field.ends_with(' ')) field.remove_suffix(1);
  std::string_view wanted = condition.substr(equals + 2);
  while (wanted.starts_with(' ')) wanted.remove_prefix(1);
  wanted = unquoted(wanted);
  for (const Value& item : list) {
    const Value& found = item.at(field);
    if (found.is_string() ? found == wanted : to_text(found) == wanted) into.push_back(&item);
  }
}

void index(std::string_view inside, const Value& value, std::vector<const Value*>& into) {
  if (inside == "*") {
    for (const Value& item : value) into.push_back(&item);
    for (const Member& member : value.fields()) into.push_back(&member.value);
    return;
  }
  if (inside.starts_with("?(") && inside.ends_with(')')) return filter(inside.substr(2, inside.size() - 3), value, into);
  if (const std::string_view name = unquoted(inside); name.size() != inside.size()) {
    if (const Value* found = value.find(name)) into.push_back(found);
    return;
  }
  if (inside.empty() || inside.size() > 6 || inside.find_first_not_of("0123456789") != std::string_view::npos) return;
  const std::size_t place = std::stoul(std::string(inside));
  if (place < value.size()) into.push_back(&value[place]);
}

}  // namespace

Value json_path(const Value& object, std::string_view path) {
  std::vector<const Value*> found{&object};
  for (std::size_t steps = 0; !path.empty() && steps < kStepsMax; ++steps) {
    std::vector<const Value*> next;
    if (path.front() == '[') {
      std::size_t end = 1, depth = 0;
      while (end < path.size() && (path[end] != ']' || depth > 0)) {
        depth += path[end] == '(' ? 1 : 0;
        depth -= path[end] == ')' && depth > 0 ? 1 : 0;
        ++end;
      }
      if (end >= path.size()) return nullptr;
      for (const Value* value : found) index(path.substr(1, end - 1), *value, next);
      path.remove_prefix(end + 1);
    } else {
      if (path.front() == '.') path.remove_prefix(1);
      const std::string name = take_name(path);
      if (name.empty()) continue;
      for (const Value* value : found)
        if (const Value* member = value->find(name)) next.push_back(member);
    }
    found = std::move(next);
  }
  if (found.empty() || !path.empty()) return nullptr;
  if (found.size() == 1) return found.front()->is_array() || found.front()->is_object() ? Value(to_text(*found.front())) : *found.front();
  std::string text;
  for (const Value* value : found) {
    if (!text.empty()) text += ',';
    text += value->is_string() ? value->string() : to_text(*value);
  }
  return text;
}

}  // namespace plumbline::kube
