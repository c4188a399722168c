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

using Items = std::vector<std::pair<std::string, const Value*>>;

Items named_items(const Value* list, const Type& type) {
  Items items;
  if (list != nullptr)
    for (const Value& item : *list) items.emplace_back(element_of(type, item), &item);
  return items;
}

const Value* find_item(const Items& items, const std::string& element) {
  for (const auto& [name, item] : items)
    if (name == element) return item;
  return nullptr;
}

bool alike(const Value* before, const Value& left, const Value& right, const Type* type);

bool alike_members(const Value* before, const Value& left, const Value& right, const Type* type) {
  const auto one = left.fields(), other = right.fields();
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), [&](const Member& mine, const Member& theirs) {
    return mine.name() == theirs.name() && alike(before == nullptr ? nullptr : before->find(mine.name()), mine.value,
                                                 theirs.value, field_type(type, mine.name()));
  });
}

/// Which of several items with one name counts is not asked.
bool has_doubles(const Items& items) {
  return std::any_of(items.begin(), items.end(),
                     [&](const auto& item) { return find_item(items, item.first) != item.second; });
}

bool alike_items(const Value* before, const Value& left, const Value& right, const Type& type) {
  const Items old = named_items(before, type), one = named_items(&left, type), other = named_items(&right, type);
  return !has_doubles(old) &&
         std::equal(one.begin(), one.end(), other.begin(), other.end(), [&](const auto& mine, const auto& theirs) {
           return mine.first == theirs.first &&
                  alike(find_item(old, mine.first), *mine.second, *theirs.second, type.element);
         });
}

bool alike(const Value* before, const Value& left, const Value& right, const Type* type) {
  if (left.same_as(right)) return true;
  const Shape shape = shape_of(&left, type);
  if (shape != shape_of(&right, type) || left.empty() != right.empty()) return false;
  const bool bare = (before == nullptr || before->empty()) && left.empty();
  if (shape == Shape::kLeaf || bare) return before == nullptr || (*before == left) == (*before == right);
  return shape == Shape::kMap ? alike_members(before, left, right, type) : alike_items(before, left, right, *type);
}

Value merge(const Value* live, const Value* applied, const Type* type);

/// Applied items keep their order, and so do those that only the server has; what both have marks where they meet.
Value merge_items(const Value* live, const Value& applied, const Type& type) {
  const Items ours = named_items(live, type), theirs = named_items(&applied, type);
  std::vector<std::string_view> meetings;
  for (const auto& [element, item] : theirs)
    if (find_item(ours, element) != nullptr) meetings.push_back(element);
  std::size_t met = 0, left = 0, right = 0;
  Items done;
  Value both = Value::array();
  while (left < ours.size() || right < theirs.size()) {
    bool here = false;
    if (left < ours.size()) {
      const auto& [element, item] = ours[left];
      if (find_item(theirs, element) == nullptr) {
        both.push_back(*item);
        ++left;
        continue;
      }
      here = right < theirs.size() && theirs[right].first == element;
      const bool not_yet = met < meetings.size() && meetings[met] != element;
      if (!here && (right == theirs.size() || not_yet || find_item(done, element) != nullptr)) {
        ++left;
        continue;
      }
    }
    const auto& [element, item] = theirs[right++];
    both.push_back(merge(find_item(ours, element), item, type.element));
    done.emplace_back(element, item);
    if (here) ++left;
    if (met < meetings.size() && meetings[met] == element) ++met;
  }
  return both;
}

Value merge(const Value* live, const Value* applied, const Type* type) {
  switch (shape_of(applied, type)) {
    case Shape::kLeaf:
      return *applied;
    case Shape::kMap: {
      if (live == nullptr || !live->is_object() || !applied->is_object()) return *applied;
      Value both = *live;
      for (const Member& member : applied->fields())
        both.set(member.name()) = merge(live->find(member.name()), &member.value, field_type(type, member.name()));
      return both;
    }
    case Shape::kItems:
      return merge_items(live, *applied, *type);
  }
  return *applied;
}

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

bool same_changes(const Value& before, const Value& left, const Value& right, const Type* type) {
  return alike(&before, left, right, type);
}

Comparison compare(const Value& before, const Value& after, const Type* type) {
  Comparing comparing;
  comparing.walk(&before, &after, type);
  return std::move(comparing.result);
}

Value merged(const Value& live, const Value& applied, const Type* type) { return merge(&live, &applied, type); }

Value without(const Value& value, const FieldSet& gone, const Type* type) {
  return prune(value, gone, type).value_or(Value::object());
}

}  // namespace plumbline::kube
