#include "simulator/kube/merge/strategic.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "simulator/kube/value/go_text.h"

namespace plumbline::kube {
namespace {

constexpr std::string_view kDirective = "$patch";
constexpr std::string_view kRetain = "$retainKeys";
constexpr std::string_view kOrder = "$setElementOrder/";
constexpr std::string_view kDelete = "$deleteFromPrimitiveList/";

bool holds(const Value& list, const Value& wanted) { return std::find(list.begin(), list.end(), wanted) != list.end(); }

/// Where the item with the same key is; the list's size when it is not. Scalars (key "") are told apart by themselves.
std::size_t place_of(const Value& list, const Value& item, const std::string& key) {
  std::size_t place = 0;
  const Value& wanted = key.empty() ? item : item[key];
  while (place < list.size() && !((key.empty() ? list[place] : list[place][key]) == wanted)) ++place;
  return place;
}

/// What a patch brings where there was nothing: no directives, no nulls. Nothing when it is a directive itself.
std::optional<Value> fresh(const Value& patch) {
  if (patch.contains(kDirective)) return std::nullopt;
  if (patch.is_array()) {
    Value list = Value::array();
    for (const Value& item : patch)
      if (auto kept = fresh(item)) list.push_back(std::move(*kept));
    return list;
  }
  if (!patch.is_object()) return patch;
  Value object = Value::object();
  for (const Member& member : patch.fields()) {
    if (member.value.is_null()) continue;
    if (auto kept = fresh(member.value)) object.set(member.name()) = std::move(*kept);
  }
  return object;
}

/// Items that `wanted` names come in its order, the others in that of `before`. One of the others stands before a named
/// one when it did so in `before`; each keeps the order of its own.
Value ordered(const Value& merged, const Value& wanted, const Value& before, const std::string& key) {
  std::vector<Value> named, others;
  for (const Value& item : merged) (place_of(wanted, item, key) < wanted.size() ? named : others).push_back(item);
  const auto by = [&key](const Value& order) {
    return
        [&](const Value& left, const Value& right) { return place_of(order, left, key) < place_of(order, right, key); };
  };
  std::stable_sort(named.begin(), named.end(), by(wanted));
  std::stable_sort(others.begin(), others.end(), by(before));
  Value all = Value::array();
  std::size_t next = 0, other = 0;
  while (next < named.size() || other < others.size()) {
    const bool either = next < named.size() && other < others.size();
    const std::size_t place = either ? place_of(before, named[next], key) : 0;
    const bool takes_other =
        either ? place < before.size() && place_of(before, others[other], key) < place : next == named.size();
    all.push_back(takes_other ? others[other++] : named[next++]);
  }
  return all;
}

/// The items of `change`, but for those that it deletes, stand in `wanted`, and in its order.
bool follows(const Value& change, const Value& wanted, const std::string& key) {
  Value rest = Value::array();
  for (const Value& item : change)
    if (item[kDirective] != "delete") rest.push_back(item);
  std::size_t next = 0, place = 0;
  while (next < rest.size() && place < wanted.size()) {
    const bool directive = std::as_const(rest)[next].contains(kDirective);
    if (directive || place_of(Value::array({wanted[place]}), std::as_const(rest)[next], key) == 0) ++next;
    place += directive ? 0 : 1;
  }
  return next == rest.size() || wanted.empty();
}

class Merge {
 public:
  /// False when the patch is malformed; `failure` says why.
  bool object(Value& target, Value patch, const Type* type);
  Failure failure;

 private:
  struct Meta {
    const Type* type = nullptr;  ///< of the field
    bool joins = false;          ///< strategic merge joins the list
    std::string key;
  };
  static Meta meta_of(const Type* object, std::string_view field);

  bool retain(Value& target, Value& patch);
  bool order(Value& target, Value& patch, const Type* type);
  bool field(Value& target, std::string_view name, const Value& patch, const Meta& meta);
  bool list(Value& target, const Value& patch, const Meta& meta);
  bool items(Value& target, const Value& patch, const Meta& meta);
  bool remove_scalars(Value& target, std::string_view name, const Value& gone);
  bool same_form(const Value& before, const Value& patch);

  bool fail(std::string why) {
    failure = {500, "", std::move(why), nullptr};
    return false;
  }
  bool bad_retain() {
    failure = bad_request("invalid patch format of retainKeys");
    return false;
  }
  bool no_key(const Value& item, const std::string& key) {
    return fail(fmt::format("map: {} does not contain declared merge key: {}", go_text(item), key));
  }
  bool unknown_directive(const Value& directive, const Value& patch) {
    return fail(fmt::format("unknown patch type: {} in map: {}", go_text(directive), go_text(patch)));
  }
  bool not_a_list(const Value& value) {
    return fail(fmt::format("expected a []interface {{}}, but received a {}", go_type(value)));
  }
};

Merge::Meta Merge::meta_of(const Type* object, std::string_view field) {
  if (object == nullptr) return {};
  const Type* type = nullptr;
  if (object->form == Type::Form::kMap) {
    type = object->element;
  } else if (const Field* known = object->find(field)) {
    type = known->type;
  }
  if (type == nullptr || type->form != Type::Form::kList) return {type, false, {}};
  return {type, type->merges || !type->merge_key.empty(), type->merge_key};
}

bool Merge::same_form(const Value& before, const Value& patch) {
  for (const Value* list : {&before, &patch})
    for (const Value& item : *list)
      if (go_type(item) != go_type(before.empty() ? patch[0] : before[0]))
        return fail(fmt::format("list element types are not identical: [{} {}]", go_text(before), go_text(patch)));
  return true;
}

bool Merge::items(Value& target, const Value& patch, const Meta& meta) {
  Value rest = Value::array();
  bool replaces = false;
  for (const Value& item : patch) {
    const Value* directive = item.find(kDirective);
    if (directive == nullptr) {
      rest.push_back(item);
    } else if (*directive == "delete") {
      if (!item.contains(meta.key)) return no_key(item, meta.key);
      target.erase_items_if([&](const Value& each) { return each[meta.key] == item[meta.key]; });
    } else if (*directive == "replace") {
      replaces = true;
    } else if (*directive == "merge") {
      return fail("merging lists cannot yet be specified in the patch");
    } else {
      return unknown_directive(*directive, item);
    }
  }
  for (const Value& item : rest)
    if (!item.contains(meta.key)) return no_key(item, meta.key);
  if (replaces) {
    target = std::move(rest);
    return true;
  }
  const Value before = target;
  for (const Value& item : rest) {
    const std::size_t place = place_of(target, item, meta.key);
    if (place == target.size()) {
      target.push_back(item);
    } else if (!object(target.item(place), item, meta.type->element)) {
      return false;
    }
  }
  target = ordered(target, rest, before, meta.key);
  return true;
}

bool Merge::list(Value& target, const Value& patch, const Meta& meta) {
  if (!meta.joins) {
    target = patch;
    return true;
  }
  if (!same_form(target, patch)) return false;
  const Value& first = target.empty() ? patch[0] : std::as_const(target)[0];
  if (first.is_object()) {
    if (meta.key.empty()) return fail("cannot merge lists without merge key");
    return items(target, patch, meta);
  }
  const Value before = target;
  for (const Value& item : patch)
    if (!holds(target, item)) target.push_back(item);
  target = ordered(target, patch, before, "");
  return true;
}

bool Merge::remove_scalars(Value& target, std::string_view name, const Value& gone) {
  const Value& now = std::as_const(target)[name];
  if (!now.is_array() || !gone.is_array()) return true;
  if (!same_form(now, gone)) return false;
  target.set(name).erase_items_if([&](const Value& item) { return holds(gone, item); });
  return true;
}

bool Merge::retain(Value& target, Value& patch) {
  const Value* found = patch.find(kRetain);
  if (found == nullptr) return true;
  const Value retained = *found;
  patch.erase(kRetain);
  if (!retained.is_array()) return bad_retain();
  for (const Member& member : std::as_const(patch).fields()) {
    const bool counts =
        !member.value.is_null() && !member.name().starts_with(kDelete) && !member.name().starts_with(kOrder);
    if (counts && !holds(retained, member.name())) return bad_retain();
  }
  Value kept = Value::object();
  for (const Member& member : std::as_const(target).fields())
    if (holds(retained, member.name())) kept.set(member.name()) = member.value;
  target = std::move(kept);
  return true;
}

bool Merge::order(Value& target, Value& patch, const Type* type) {
  const Value whole = patch;
  for (const Member& member : whole.fields()) {
    if (!member.name().starts_with(kOrder)) continue;
    const std::string_view name = member.name().substr(kOrder.size());
    const Value wanted = member.value, before = std::as_const(target)[name];
    const Value& change = whole[name];
    patch.erase(member.name());
    if (!wanted.is_array()) return not_a_list(wanted);
    if (!before.is_array() && !before.is_null()) return not_a_list(before);
    if (!change.is_array() && whole.contains(name)) return not_a_list(change);
    const Meta meta = meta_of(type, name);
    if (!follows(change, wanted, meta.key))
      return fail(fmt::format("The order in patch list:\n{}\n doesn't match $setElementOrder list:\n{}\n",
                              go_text(change), go_text(wanted)));
    if (before.is_null() && change.is_null()) continue;
    if (before.empty() && change.empty()) return fail("no elements in any of the given slices");
    Value merged = before.is_null() ? *fresh(change) : before;
    if (!before.is_null() && !change.is_null() && !list(merged, change, meta)) return false;
    target.set(name) = ordered(merged, wanted, before, meta.key);
    patch.erase(name);
  }
  return true;
}

bool Merge::field(Value& target, std::string_view name, const Value& patch, const Meta& meta) {
  if (patch.is_null()) {
    target.erase(name);
    return true;
  }
  const Value* now = target.find(name);
  const bool both = now != nullptr && now->type() == patch.type() && (patch.is_object() || patch.is_array());
  if (!both) {
    if (auto kept = fresh(patch))
      target.set(name) = std::move(*kept);
    else
      target.erase(name);
    return true;
  }
  Value merged = *now;
  if (!(patch.is_object() ? object(merged, patch, meta.type) : list(merged, patch, meta))) return false;
  target.set(name) = std::move(merged);
  return true;
}

bool Merge::object(Value& target, Value patch, const Type* type) {
  if (const Value* directive = std::as_const(patch).find(kDirective)) {
    if (*directive != "replace" && *directive != "delete") return unknown_directive(*directive, patch);
    const bool replaces = *directive == "replace";
    target = replaces ? patch : Value::object();
    target.erase(kDirective);
    return true;
  }
  if (!retain(target, patch) || !order(target, patch, type)) return false;
  for (const Member& member : std::as_const(patch).fields()) {
    if (member.name().starts_with(kDelete)) {
      if (!remove_scalars(target, member.name().substr(kDelete.size()), member.value)) return false;
    } else if (!field(target, member.name(), member.value, meta_of(type, member.name()))) {
      return false;
    }
  }
  return true;
}

}  // namespace

Outcome<Value> strategically_merged(Value target, const Value& patch, const Type* type) {
  if (!patch.is_object())
    return bad_request(
        fmt::format("json: cannot unmarshal {} into Go value of type map[string]interface {{}}", json_type(patch)));
  Merge merge;
  if (!merge.object(target, patch, type)) return merge.failure;
  return target;
}

}  // namespace plumbline::kube
