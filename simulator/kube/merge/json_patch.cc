#include "simulator/kube/merge/json_patch.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "simulator/kube/value/go_text.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

using Pointer = std::vector<std::string>;

/// What stands before the first '/' is passed over, and a '~' that escapes nothing is a letter: as real servers do.
Pointer pointer_of(std::string_view text) {
  Pointer pointer;
  for (std::size_t slash = text.find('/'); slash != std::string_view::npos; slash = text.find('/')) {
    text.remove_prefix(slash + 1);
    const std::string_view part = text.substr(0, text.find('/'));
    std::string& step = pointer.emplace_back();
    for (std::size_t i = 0; i < part.size(); ++i) {
      const bool escapes = part[i] == '~' && i + 1 < part.size() && (part[i + 1] == '0' || part[i + 1] == '1');
      step += !escapes ? part[i] : part[i + 1] == '0' ? '~' : '/';
      i += escapes ? 1 : 0;
    }
  }
  return pointer;
}

/// An index of a list of `size`; a negative one counts from its end.
std::optional<std::size_t> index_of(std::string_view text, std::size_t size) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t index = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (index < 0) index += static_cast<std::int64_t>(size);
  if (index < 0 || index >= static_cast<std::int64_t>(size)) return std::nullopt;
  return static_cast<std::size_t>(index);
}

std::size_t depth_of(const Value& value) {
  std::size_t deepest = 0;
  for (const Value& item : value) deepest = std::max(deepest, depth_of(item));
  for (const Member& member : value.fields()) deepest = std::max(deepest, depth_of(member.value));
  return value.is_array() || value.is_object() ? deepest + 1 : 0;
}

class Patcher {
 public:
  explicit Patcher(Value target) : target_(std::move(target)) {}
  /// False when the operation does not fit.
  bool carry_out(const Value& operation);
  Value take() { return std::move(target_); }
  std::size_t copied() const { return copied_; }

 private:
  /// The list or object that holds what `pointer` names, to be changed; nullptr when there is none.
  Value* parent_of(const Pointer& pointer);
  /// Null for a field that is not there; nullptr when there is no such place.
  const Value* look(const Pointer& pointer) const;
  bool add(const Pointer& pointer, const Value& value);
  bool remove(const Pointer& pointer);
  bool replace(const Pointer& pointer, const Value& value);

  Value target_;
  std::size_t copied_ = 0;
};

Value* Patcher::parent_of(const Pointer& pointer) {
  if (pointer.empty()) return nullptr;
  Value* current = &target_;
  for (std::size_t i = 0; i + 1 < pointer.size(); ++i) {
    if (current->is_array()) {
      const auto index = index_of(pointer[i], current->size());
      if (!index) return nullptr;
      current = &current->item(*index);
    } else {
      if (!current->contains(pointer[i])) return nullptr;
      current = &current->set(pointer[i]);
    }
  }
  return current->is_array() || current->is_object() ? current : nullptr;
}

const Value* Patcher::look(const Pointer& pointer) const {
  const Value* current = &target_;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (current->is_array()) {
      const auto index = index_of(pointer[i], current->size());
      if (!index) return nullptr;
      current = &(*current)[*index];
    } else if (current->is_object() && (current->contains(pointer[i]) || i + 1 == pointer.size())) {
      current = &(*current)[pointer[i]];
    } else {
      return nullptr;
    }
  }
  return current;
}

bool Patcher::add(const Pointer& pointer, const Value& value) {
  if (pointer.size() + depth_of(value) > static_cast<std::size_t>(kTextDepthMax)) return false;
  Value* parent = parent_of(pointer);
  if (parent == nullptr) return false;
  const std::string& last = pointer.back();
  if (parent->is_object()) {
    parent->set(last) = value;
    return true;
  }
  const auto index = last == "-" ? std::optional(parent->size()) : index_of(last, parent->size() + 1);
  if (!index) return false;
  parent->insert(*index, value);
  return true;
}

bool Patcher::remove(const Pointer& pointer) {
  Value* parent = parent_of(pointer);
  if (parent == nullptr) return false;
  if (parent->is_object()) return parent->erase(pointer.back());
  const auto index = index_of(pointer.back(), parent->size());
  if (!index) return false;
  parent->erase_item(*index);
  return true;
}

bool Patcher::replace(const Pointer& pointer, const Value& value) {
  if (pointer.size() + depth_of(value) > static_cast<std::size_t>(kTextDepthMax)) return false;
  if (pointer.empty()) {
    if (value.is_object() || value.is_array()) target_ = value;
    return true;
  }
  Value* parent = parent_of(pointer);
  if (parent == nullptr) return false;
  if (parent->is_object()) {
    parent->set(pointer.back()) = value;
    return true;
  }
  const auto index = index_of(pointer.back(), parent->size());
  if (!index) return false;
  parent->item(*index) = value;
  return true;
}

bool Patcher::carry_out(const Value& operation) {
  const std::string_view op = operation["op"].text();
  if (!operation["path"].is_string()) return false;
  const Pointer path = pointer_of(operation["path"].text());
  const Value& value = operation["value"];
  if (op == "add") return add(path, value);
  if (op == "remove") return remove(path);
  if (op == "replace") return replace(path, value);
  if (op == "test") {
    const Value* found = look(path);
    return found != nullptr && *found == value;
  }
  if (op != "move" && op != "copy") return false;
  if (!operation["from"].is_string()) return false;
  const Pointer from = pointer_of(operation["from"].text());
  const Value* found = from.empty() ? nullptr : look(from);
  if (found == nullptr) return false;
  const Value moved = *found;
  if (op == "move") return remove(from) && add(path, moved);
  copied_ += to_text(moved).size();
  return copied_ > kJsonPatchCopiedMax || add(path, moved);
}

}  // namespace

Outcome<Value> json_patched(Value target, const Value& patch) {
  const auto undecodable = [](const Value& what, std::string_view type) {
    return bad_request(
        fmt::format("error decoding patch: json: cannot unmarshal {} into Go value of type {}", json_type(what), type));
  };
  if (!patch.is_array() && !patch.is_null()) return undecodable(patch, "[]handlers.jsonPatchOp");
  for (const Value& operation : patch)
    if (!operation.is_object() && !operation.is_null()) return undecodable(operation, "handlers.jsonPatchOp");
  if (patch.size() > kJsonPatchOperationsMax)
    return Failure{413, "RequestEntityTooLarge",
                   fmt::format("The allowed maximum operations in a JSON patch is {}, got {}", kJsonPatchOperationsMax,
                               patch.size()),
                   nullptr};
  Patcher patcher(std::move(target));
  for (const Value& operation : patch)
    if (!patcher.carry_out(operation) || patcher.copied() > kJsonPatchCopiedMax)
      return Failure{422, "Invalid", "the server rejected our request due to an error in our request", Value::object()};
  return patcher.take();
}

}  // namespace plumbline::kube
