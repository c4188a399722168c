#include "simulator/kube/merge/typed.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace plumbline::kube {
namespace {

using Path = std::vector<std::string>;

enum class Shape { kLeaf, kMap, kItems };

/// How a value is taken apart. What has no type is taken as it looks: objects by their fields, lists whole.
Shape shape_of(const Value* value, const Type* type) {
  if (type != nullptr) {
    switch (type->form) {
      case Type::Form::kObject:
      case Type::Form::kMap:
        return type->atomic ? Shape::kLeaf : Shape::kMap;
      case Type::Form::kList:
        return type->list == ListType::kAtomic ? Shape::kLeaf : Shape::kItems;
      case Type::Form::kAny:
        return type->atomic || value == nullptr || !value->is_object() ? Shape::kLeaf : Shape::kMap;
      default:
        return Shape::kLeaf;
    }
  }
  return value != nullptr && value->is_object() ? Shape::kMap : Shape::kLeaf;
}

bool known_field(const Type* type, std::string_view name) {
  return type != nullptr && type->form == Type::Form::kObject && type->find(name) != nullptr;
}

const Type* field_type(const Type* type, std::string_view name) {
  if (type == nullptr) return nullptr;
  if (type->form == Type::Form::kMap) return type->element;
  const Field* field = type->find(name);
  return field == nullptr ? nullptr : field->type;
}

const Type* item_type(const Type* type) { return type == nullptr ? nullptr : type->element; }

class Fields {
 public:
  FieldSet take() { return std::move(set_); }

  void walk(const Value& value, const Type* type) {
    switch (shape_of(&value, type)) {
      case Shape::kLeaf:
        set_.insert(path_);
        return;
      case Shape::kMap:
        for (const Member& member : value.fields()) {
          path_.push_back(element_of_field(member.name()));
          walk(member.value, field_type(type, member.name()));
          const bool bare = member.value.is_null() || (member.value.is_object() && member.value.empty());
          if (bare || !known_field(type, member.name())) set_.insert(path_);
          path_.pop_back();
        }
        return;
      case Shape::kItems:
        for (const Value& item : value) {
          path_.push_back(element_of(*type, item));
          walk(item, item_type(type));
          set_.insert(path_);
          path_.pop_back();
        }
        return;
    }
  }

 private:
  FieldSet set_;
  Path path_;
};

class Comparing {
 public:
  Comparison result;

  void walk(const Value* before, const Value* after, const Type* type) {
    if (before != nullptr && after != nullptr && before->same_as(*after)) return;
    const Shape shape = shape_of(after != nullptr ? after : before, type);
    const auto bare = [](const Value* value) { return value == nullptr || value->empty(); };
    if (shape == Shape::kLeaf || (bare(before) && bare(after))) return leaf(before, after);
    if (shape == Shape::kMap)
      fields(before, after, type);
    else
      items(before, after, *type);
    if (path_.empty()) return;
    if (before == nullptr) result.added.insert(path_);
    if (after == nullptr) result.removed.insert(path_);
  }

 private:
  void leaf(const Value* before, const Value* after) {
    if (path_.empty()) return;
    if (before == nullptr)
      result.added.insert(path_);
    else if (after == nullptr)
      result.removed.insert(path_);
    else if (!(*before == *after))
      result.modified.insert(path_);
  }

  void fields(const Value* before, const Value* after, const Type* type) {
    const auto step = [&](std::string_view name, const Value* was, const Value* is) {
      path_.push_back(element_of_field(name));
      walk(was, is, field_type(type, name));
      path_.pop_back();
    };
    if (after != nullptr)
      for (const Member& member : after->fields())
        step(member.name(), before == nullptr ? nullptr : before->find(member.name()), &member.value);
    if (before != nullptr)
      for (const Member& member : before->fields())
        if (after == nullptr || !after->contains(member.name())) step(member.name(), &member.value, nullptr);
  }

  void items(const Value* before, const Value* after, const Type& type) {
    std::map<std::string, std::pair<const Value*, const Value*>> pairs;
    if (before != nullptr)
      for (const Value& item : *before) pairs[element_of(type, item)].first = &item;
    if (after != nullptr)
      for (const Value& item : *after) pairs[element_of(type, item)].second = &item;
    for (const auto& [element, pair] : pairs) {
      path_.push_back(element);
      walk(pair.first, pair.second, item_type(&type));
      path_.pop_back();
    }
  }

  Path path_;
};

class Merging {
 public:
  explicit Merging(std::string& mistake) : mistake_(mistake) {}

  Value walk(const Value* live, const Value* applied, const Type* type) {
    if (applied == nullptr) return *live;
    if (live == nullptr && shape_of(applied, type) != Shape::kItems) return *applied;
    switch (shape_of(applied, type)) {
      case Shape::kLeaf:
        return *applied;
      case Shape::kMap: {
        if (!live->is_object() || !applied->is_object()) return *applied;
        Value both = *live;
        for (const Member& member : applied->fields())
          both.set(member.name()) =
              walk(live->find(member.name()), &member.value, field_type(type, member.name()));
        return both;
      }
      case Shape::kItems:
        return items(live, *applied, *type);
    }
    return *applied;
  }

 private:
  using Items = std::vector<std::pair<std::string, const Value*>>;

  Items named(const Value* list, const Type& type, bool strict) {
    Items items;
    if (list == nullptr) return items;
    for (const Value& item : *list) {
      std::string element = element_of(type, item);
      const bool twice = std::any_of(items.begin(), items.end(), [&](const auto& each) { return each.first == element; });
      if (twice && strict && mistake_.empty())
        mistake_ = fmt::format("duplicate entries for key [{}]", element.substr(2));
      if (!twice) items.emplace_back(std::move(element), &item);
    }
    return items;
  }

  /// Applied items in their order; those that only the server has keep their places among them.
  Value items(const Value* live, const Value& applied, const Type& type) {
    const Items ours = named(live, type, false), theirs = named(&applied, type, true);
    const auto find = [](const Items& items, const std::string& element) -> const Value* {
      const auto found = std::find_if(items.begin(), items.end(), [&](const auto& each) { return each.first == element; });
      return found == items.end() ? nullptr : found->second;
    };
    Value both = Value::array();
    std::size_t left = 0;
    for (const auto& [element, item] : theirs) {
      const Value* was = find(ours, element);
      if (was != nullptr) {
        // What stands before it on the server, and is not applied, stays before it.
        for (; left < ours.size() && ours[left].first != element; ++left)
          if (find(theirs, ours[left].first) == nullptr) both.push_back(*ours[left].second);
        if (left < ours.size()) ++left;
      }
      both.push_back(walk(was, item, item_type(&type)));
      if (was != nullptr && left == ours.size()) {
        // It stood further to the front; begin anew for what follows.
        left = static_cast<std::size_t>(std::find_if(ours.begin(), ours.end(), [&](const auto& each) {
                                          return find(theirs, each.first) == nullptr && !holds(both, type, each.first);
                                        }) - ours.begin());
      }
    }
    for (const auto& [element, item] : ours)
      if (find(theirs, element) == nullptr && !holds(both, type, element)) both.push_back(*item);
    return both;
  }

  static bool holds(const Value& list, const Type& type, const std::string& element) {
    return std::any_of(list.begin(), list.end(), [&](const Value& item) { return element_of(type, item) == element; });
  }

  std::string& mistake_;
};

/// Nothing when nothing is left.
std::optional<Value> prune(const Value& value, const FieldSet& gone, const Type* type) {
  switch (shape_of(&value, type)) {
    case Shape::kLeaf:
      return value;
    case Shape::kMap: {
      if (value.empty()) return value;
      Value rest = Value::object();
      for (const Member& member : value.fields()) {
        const std::string element = element_of_field(member.name());
        if (gone.has(element)) continue;
        const FieldSet below = gone.below(element);
        if (below.empty()) {
          rest.set(member.name()) = member.value;
        } else if (auto part = prune(member.value, below, field_type(type, member.name()))) {
          rest.set(member.name()) = std::move(*part);
        }
      }
      return rest.empty() ? std::nullopt : std::optional(rest);
    }
    case Shape::kItems: {
      if (value.empty()) return value;
      Value rest = Value::array();
      for (const Value& item : value) {
        const std::string element = element_of(*type, item);
        if (gone.has(element)) continue;
        const FieldSet below = gone.below(element);
        if (below.empty()) {
          rest.push_back(item);
        } else if (auto part = prune(item, below, item_type(type))) {
          rest.push_back(std::move(*part));
        }
      }
      return rest.empty() ? std::nullopt : std::optional(rest);
    }
  }
  return value;
}

}  // namespace

FieldSet fields_of(const Value& value, const Type* type) {
  Fields fields;
  fields.walk(value, type);
  return fields.take();
}

Comparison compare(const Value& before, const Value& after, const Type* type) {
  Comparing comparing;
  comparing.walk(&before, &after, type);
  return std::move(comparing.result);
}

Value merged(const Value& live, const Value& applied, const Type* type, std::string& mistake) {
  return Merging(mistake).walk(&live, &applied, type);
}

Value without(const Value& value, const FieldSet& gone, const Type* type) {
  return prune(value, gone, type).value_or(Value::object());
}

Value with_structures(const Value& value, const Type& type) {
  if (type.form != Type::Form::kObject) return value;
  Value whole = value;
  for (const Field& field : type.fields) {
    if (!field.always) continue;
    const Value* part = value.find(field.name);
    if (field.type->form == Type::Form::kList) {
      if (part == nullptr) whole.set(field.name) = nullptr;
      continue;
    }
    Value filled = with_structures(part == nullptr ? Value::object() : *part, *field.type);
    if (part == nullptr || !filled.same_as(*part)) whole.set(field.name) = std::move(filled);
  }
  return whole;
}

}  // namespace plumbline::kube
