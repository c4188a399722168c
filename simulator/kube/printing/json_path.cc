#include "simulator/kube/printing/json_path.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr std::size_t kStepsMax = 64;

using Found = std::vector<const Value*>;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<std::string_view> quoted(std::string_view text) {
  const bool is = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
  return is ? std::optional(text.substr(1, text.size() - 2)) : std::nullopt;
}

/// An index of a list of `size`; a negative one counts from its end. Nothing when `text` is no number.
std::optional<std::int64_t> index_of(std::string_view text, std::size_t size) {
  std::int64_t index = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return index < 0 ? index + static_cast<std::int64_t>(size) : index;
}

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

/// What stands between '[' and its ']'; nothing when it is not closed.
std::optional<std::string_view> take_brackets(std::string_view& path) {
  std::size_t depth = 0;
  char quote = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (quote != 0) {
      quote = path[i] == quote ? '\0' : quote;
    } else if (path[i] == '"' || path[i] == '\'') {
      quote = path[i];
    } else if (path[i] == '[') {
      ++depth;
    } else if (path[i] == ']' && --depth == 0) {
      const std::string_view inside = path.substr(1, i - 1);
      path.remove_prefix(i + 1);
      return trimmed(inside);
    }
  }
  return std::nullopt;
}

void children(const Value& value, Found& into) {
  for (const Value& item : value) into.push_back(&item);
  for (const Member& member : value.fields()) into.push_back(&member.value);
}

void descendants(const Value& value, std::string_view name, Found& into) {
  if (const Value* found = value.find(name)) into.push_back(found);
  Found below;
  children(value, below);
  for (const Value* child : below) descendants(*child, name, into);
}

/// "==", "<": how `left` stands to `right`; false when they cannot be compared.
bool holds(const Value& left, std::string_view op, const Value& right) {
  if (op == "==") return left.is_number() && right.is_number() ? left.real() == right.real() : left == right;
  if (op == "!=") return !holds(left, "==", right);
  const bool numbers = left.is_number() && right.is_number();
  if (!numbers && !(left.is_string() && right.is_string())) return false;
  const bool less = numbers ? left.real() < right.real() : left.text() < right.text();
  const bool same = holds(left, "==", right);
  return op == "<" ? less : op == "<=" ? less || same : op == ">" ? !less && !same : !less;
}

/// `@.type=="Ready"`: the items of a list for which it holds.
void filter(std::string_view condition, const Value& list, Found& into) {
  const std::size_t sign = std::min(condition.find_first_of("=!<>"), condition.size());
  const std::size_t length = condition.substr(sign).size() > 1 && condition[sign + 1] == '=' ? 2 : 1;
  const std::string_view op = condition.substr(sign, length);
  const std::string_view right = op.empty() ? op : trimmed(condition.substr(sign + op.size()));
  std::string_view left = trimmed(condition.substr(0, sign));
  if (!left.starts_with('@')) return;
  left.remove_prefix(1);
  const auto text = quoted(right);
  const Value wanted = text ? Value(*text) : read_text(right).value.value_or(Value(right));
  for (std::size_t i = 0; list.is_array() && i < list.size(); ++i) {
    const Value& item = list[i];
    const Value* found = left.empty() ? &item : json_path(item, left);
    if (found != nullptr && (op.empty() || holds(*found, op, wanted))) into.push_back(&item);
  }
}

/// One `[...]` of a path.
void look(std::string_view inside, const Value& value, Found& into) {
  if (inside == "*") return children(value, into);
  if (inside.starts_with("?(") && inside.ends_with(')'))
    return filter(inside.substr(2, inside.size() - 3), value, into);
  if (const auto name = quoted(inside)) {
    if (const Value* found = value.find(*name)) into.push_back(found);
    return;
  }
  const auto size = static_cast<std::int64_t>(value.size());
  const std::size_t colon = inside.find(':');
  if (colon == std::string_view::npos) {
    if (const auto index = index_of(inside, value.size()); index && *index >= 0 && *index < size && value.is_array())
      into.push_back(&value[*index]);
    return;
  }
  const auto first = colon == 0 ? std::optional<std::int64_t>(0) : index_of(inside.substr(0, colon), value.size());
  const auto last = colon + 1 == inside.size() ? std::optional(size) : index_of(inside.substr(colon + 1), value.size());
  if (!first || !last || !value.is_array()) return;
  for (std::int64_t i = std::max<std::int64_t>(*first, 0); i < std::min(*last, size); ++i) into.push_back(&value[i]);
}

}  // namespace

const Value* json_path(const Value& object, std::string_view path) {
  Found found{&object};
  for (std::size_t steps = 0; !path.empty() && steps < kStepsMax; ++steps) {
    Found next;
    if (path.front() == '[') {
      const auto inside = take_brackets(path);
      if (!inside) return nullptr;
      for (const Value* value : found) look(*inside, *value, next);
    } else {
      const bool anywhere = path.starts_with("..");
      path.remove_prefix(anywhere ? 2 : path.starts_with('.') ? 1 : 0);
      if (path.starts_with('[')) continue;
      const std::string name = take_name(path);
      if (name.empty()) return nullptr;
      for (const Value* value : found) {
        if (anywhere)
          descendants(*value, name, next);
        else if (name == "*")
          children(*value, next);
        else if (const Value* member = value->find(name))
          next.push_back(member);
      }
    }
    found = std::move(next);
  }
  return found.empty() || !path.empty() ? nullptr : found.front();
}

}  // namespace plumbline::kube
