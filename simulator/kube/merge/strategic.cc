#include "simulator/kube/merge/strategic.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr std::string_view kDirective = "$patch";
constexpr std::string_view kRetain = "$retainKeys";
constexpr std::string_view kOrder = "$setElementOrder/";
constexpr std::string_view kDelete = "$deleteFromPrimitiveList/";

bool holds(const Value& list, const Value& wanted) { return std::find(list.begin(), list.end(), wanted) != list.end(); }

class Merge {
 public:
  /// False when the patch is malformed; `mistake` says why.
  bool object(Value& target, const Value& patch, const Type* type);
  std::string mistake;

 private:
  bool list(Value& target, const Value& patch, const Type& type);
  bool field(Value& target, std::string_view name, const Value& patch, const Type* type);
  bool fail(std::string why) {
    if (mistake.empty()) mistake = std::move(why);
    return false;
  }
  static const Type* type_of(const Type* object, std::string_view field) {
    if (object == nullptr) return nullptr;
    if (object->form == Type::Form::kMap) return object->element;
    const Field* known = object->find(field);
    return known == nullptr ? nullptr : known->type;
  }
  static void order(Value& list, const Value& wanted, const std::string& key);
};

bool Merge::list(Value& target, const Value& patch, const Type& type) {
  const std::string& key = type.merge_key;
  for (const Value& item : patch) {
    if (item[kDirective] != "replace") continue;
    target = Value::array();
    for (const Value& kept : patch)
      if (!kept.contains(kDirective)) target.push_back(kept);
    return true;
  }
  for (const Value& item : patch) {
    const Value* name = item.find(key);
    if (name == nullptr) return fail(fmt::format("map: {} does not contain declared merge key: {}", to_text(item), key));
    std::size_t place = 0;
    while (place < target.size() && !(std::as_const(target)[place][key] == *name)) ++place;
    if (item[kDirective] == "delete") {
      if (place < target.size()) target.erase_item(place);
    } else if (place < target.size()) {
      if (!object(target.item(place), item, type.element)) return false;
    } else {
      Value fresh = Value::object();
      if (!object(fresh, item, type.element)) return false;
      target.push_back(std::move(fresh));
    }
  }
  return true;
}

/// Items that `wanted` names come in its order; those that only the server has stay where they were among them.
void Merge::order(Value& list, const Value& wanted, const std::string& key) {
  const auto name = [&key](const Value& item) { return key.empty() ? item : item[key]; };
  const auto rank = [&](const Value& item) {
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (name(wanted[i]) == name(item)) return i;
    return wanted.size();
  };
  std::vector<Value> named, others;
  std::vector<std::size_t> places;  ///< of the others, in the list
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Value& item = std::as_const(list)[i];
    if (rank(item) < wanted.size()) {
      named.push_back(item);
    } else {
      others.push_back(item);
      places.push_back(i);
    }
  }
  std::stable_sort(named.begin(), named.end(), [&](const Value& a, const Value& b) { return rank(a) < rank(b); });
  Value sorted = Value::array();
  std::size_t next = 0, other = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const bool takes_other = other < others.size() && (places[other] == i || next == named.size());
    sorted.push_back(takes_other ? others[other++] : named[next++]);
  }
  list = std::move(sorted);
}

bool Merge::field(Value& target, std::string_view name, const Value& patch, const Type* type) {
  if (patch.is_null()) {
    target.erase(name);
    return true;
  }
  if (patch.is_object()) {
    if (const Value* now = target.find(name); now != nullptr && !now->is_object() && !now->is_null())
      return fail(fmt::format("expected a map under {}", name));
    Value merged = std::as_const(target)[name];
    if (merged.is_null()) merged = Value::object();
    if (!object(merged, patch, type)) return false;
    target.set(name) = std::move(merged);
    return true;
  }
  if (!patch.is_array()) {
    target.set(name) = patch;
    return true;
  }
  const bool joins = type != nullptr && type->form == Type::Form::kList && (type->merges || !type->merge_key.empty());
  if (!joins) {
    target.set(name) = patch;
    return true;
  }
  Value merged = std::as_const(target)[name];
  if (!merged.is_array()) merged = Value::array();
  if (type->merges) {
    for (const Value& item : patch)
      if (!holds(merged, item)) merged.push_back(item);
  } else if (!list(merged, patch, *type)) {
    return false;
  }
  target.set(name) = std::move(merged);
  return true;
}

bool Merge::object(Value& target, const Value& patch, const Type* type) {
  if (!patch.is_object()) return fail("a patch must be an object");
  if (const Value* directive = patch.find(kDirective)) {
    if (*directive == "replace") {
      target = patch;
      target.erase(kDirective);
      return true;
    }
    if (*directive == "delete") {
      target = Value::object();
      return true;
    }
    if (*directive != "merge") return fail(fmt::format("Unknown patch type found: {}", directive->text()));
  }
  if (const Value* retained = patch.find(kRetain)) {
    if (!retained->is_array()) return fail("$retainKeys must be a list");
    Value kept = Value::object();
    for (const Member& member : target.fields())
      if (holds(*retained, member.name())) kept.set(member.name()) = member.value;
    target = std::move(kept);
  }
  for (const Member& member : patch.fields()) {
    if (!member.name().starts_with(kDelete)) continue;
    const std::string_view name = member.name().substr(kDelete.size());
    if (!member.value.is_array()) return fail(fmt::format("{} must be a list", member.name()));
    if (!std::as_const(target)[name].is_array()) continue;
    target.set(name).erase_items_if([&](const Value& item) { return holds(member.value, item); });
  }
  for (const Member& member : patch.fields()) {
    if (member.name().starts_with('$')) continue;
    if (!field(target, member.name(), member.value, type_of(type, member.name()))) return false;
  }
  for (const Member& member : patch.fields()) {
    if (!member.name().starts_with(kOrder)) continue;
    const std::string_view name = member.name().substr(kOrder.size());
    if (!member.value.is_array()) return fail(fmt::format("{} must be a list", member.name()));
    if (!std::as_const(target)[name].is_array()) continue;
    const Type* list = type_of(type, name);
    order(target.set(name), member.value, list == nullptr ? std::string() : list->merge_key);
  }
  return true;
}

}  // namespace

Outcome<Value> strategically_merged(Value target, const Value& patch, const Type* type) {
  Merge merge;
  if (!merge.object(target, patch, type)) return bad_request(merge.mistake);
  return target;
}

}  // namespace plumbline::kube
