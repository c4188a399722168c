#include "simulator/kube/merge/json_patch.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <vector>

namespace plumbline::kube {
namespace {

using Pointer = std::vector<std::string>;

/// Nothing when `text` is no pointer.
std::optional<Pointer> pointer_of(std::string_view text) {
  Pointer pointer;
  while (!text.empty()) {
    if (text.front() != '/') return std::nullopt;
    text.remove_prefix(1);
    const std::string_view part = text.substr(0, text.find('/'));
    text.remove_prefix(part.size());
    std::string& step = pointer.emplace_back();
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (part[i] != '~') {
        step += part[i];
      } else if (++i < part.size() && (part[i] == '0' || part[i] == '1')) {
        step += part[i] == '0' ? '~' : '/';
      } else {
        return std::nullopt;
      }
    }
  }
  return pointer;
}

/// An index of a list: digits without a leading zero.
std::optional<std::size_t> index_of(std::string_view text) {
  std::size_t index = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), index);
  const bool whole = failure == std::errc{} && end == text.data() + text.size();
  return whole && (text == "0" || text.front() != '0') ? std::optional(index) : std::nullopt;
}

/// The value at the first `steps` parts of `pointer`, to be changed; nullptr when it is not there.
Value* reach(Value& root, const Pointer& pointer, std::size_t steps) {
  Value* current = &root;
  for (std::size_t i = 0; i < steps; ++i) {
    if (current->is_object()) {
      if (!current->contains(pointer[i])) return nullptr;
      current = &current->set(pointer[i]);
    } else if (current->is_array()) {
      const auto index = index_of(pointer[i]);
      if (!index || *index >= current->size()) return nullptr;
      current = &current->item(*index);
    } else {
      return nullptr;
    }
  }
  return current;
}

const Value* look(const Value& root, const Pointer& pointer) {
  const Value* current = &root;
  for (const std::string& step : pointer) {
    if (current->is_array()) {
      const auto index = index_of(step);
      if (!index || *index >= current->size()) return nullptr;
      current = &(*current)[*index];
    } else if ((current = current->find(step)) == nullptr) {
      return nullptr;
    }
  }
  return current;
}

/// False when there is no such place.
bool add(Value& root, const Pointer& pointer, Value value) {
  if (pointer.empty()) {
    root = std::move(value);
    return true;
  }
  Value* parent = reach(root, pointer, pointer.size() - 1);
  if (parent == nullptr) return false;
  const std::string& last = pointer.back();
  if (parent->is_object()) {
    parent->set(last) = std::move(value);
    return true;
  }
  if (!parent->is_array()) return false;
  const auto index = last == "-" ? std::optional(parent->size()) : index_of(last);
  if (!index || *index > parent->size()) return false;
  parent->insert(*index, std::move(value));
  return true;
}

bool remove(Value& root, const Pointer& pointer) {
  if (pointer.empty()) return false;
  Value* parent = reach(root, pointer, pointer.size() - 1);
  if (parent == nullptr) return false;
  if (parent->is_object()) return parent->erase(pointer.back());
  const auto index = parent->is_array() ? index_of(pointer.back()) : std::nullopt;
  if (!index || *index >= parent->size()) return false;
  parent->erase_item(*index);
  return true;
}

bool starts_with(const Pointer& pointer, const Pointer& prefix) {
  return pointer.size() > prefix.size() && std::equal(prefix.begin(), prefix.end(), pointer.begin());
}

/// Why one operation could not be carried out; "" when it was.
std::string carry_out(Value& target, const Value& operation) {
  const std::string_view op = operation["op"].text(), path_text = operation["path"].text();
  const auto path = pointer_of(path_text);
  const auto missing = [&] { return fmt::format("{} operation does not apply: doc is missing path: \"{}\"", op, path_text); };
  if (!operation["path"].is_string() || !path) return fmt::format("{} operation does not apply: invalid path", op);
  if (op == "add") return add(target, *path, operation["value"]) ? "" : missing();
  if (op == "remove") return remove(target, *path) ? "" : missing();
  if (op == "replace") {
    Value* place = reach(target, *path, path->size());
    if (place == nullptr) return missing();
    *place = operation["value"];
    return "";
  }
  if (op == "test") {
    const Value* found = look(target, *path);
    const bool same = found == nullptr ? operation["value"].is_null() : *found == operation["value"];
    return same ? "" : fmt::format("testing value {} failed", path_text);
  }
  if (op == "move" || op == "copy") {
    const auto from = pointer_of(operation["from"].text());
    const Value* found = from ? look(target, *from) : nullptr;
    if (found == nullptr || !operation["from"].is_string())
      return fmt::format("{} operation does not apply: doc is missing from path: \"{}\"", op, operation["from"].text());
    if (op == "move" && starts_with(*path, *from)) return "a value cannot be moved into itself";
    Value value = *found;
    if (op == "move") remove(target, *from);
    return add(target, *path, std::move(value)) ? "" : missing();
  }
  return fmt::format("Unexpected kind: {}", op);
}

}  // namespace

Outcome<Value> json_patched(Value target, const Value& patch) {
  if (!patch.is_array()) return bad_request("a JSON patch must be a list of operations");
  for (const Value& operation : patch) {
    if (!operation.is_object()) return bad_request("an operation of a JSON patch must be an object");
    if (std::string why = carry_out(target, operation); !why.empty())
      return Failure{422, "Invalid", "the server rejected our request due to an error in our request", Value::object()};
  }
  return target;
}

}  // namespace plumbline::kube
