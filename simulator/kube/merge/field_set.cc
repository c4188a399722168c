#include "simulator/kube/merge/field_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "simulator/kube/schema/conform.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr std::string_view kSelf = ".";

/// One element of a tree, taken apart.
struct Node {
  bool member = false;
  Value below = Value::object();
};

Node node_of(const Value& value) {
  Node node;
  node.member = value.empty() || value.contains(kSelf);
  node.below = value.is_object() ? value : Value::object();
  node.below.erase(kSelf);
  return node;
}

void put(Value& tree, std::string_view element, bool member, Value below) {
  if (below.empty()) {
    if (member) tree.set(element) = Value::object();
    return;
  }
  if (member) below.set(kSelf) = Value::object();
  tree.set(element) = std::move(below);
}

Value unite(const Value& left, const Value& right) {
  if (left.same_as(right) || right.empty()) return left;
  Value united = left;
  for (const Member& member : right.fields()) {
    const Value* ours = left.find(member.name());
    if (ours == nullptr) {
      united.set(member.name()) = member.value;
      continue;
    }
    if (ours->same_as(member.value)) continue;
    const Node a = node_of(*ours), b = node_of(member.value);
    Value both = Value::object();
    put(both, member.name(), a.member || b.member, unite(a.below, b.below));
    united.set(member.name()) = std::as_const(both)[member.name()];
  }
  return united;
}

Value subtract(const Value& left, const Value& right, bool recursive) {
  if (left.empty() || right.empty()) return left;
  Value rest = Value::object();
  for (const Member& member : left.fields()) {
    const Value* theirs = right.find(member.name());
    if (theirs == nullptr) {
      rest.set(member.name()) = member.value;
      continue;
    }
    const Node a = node_of(member.value), b = node_of(*theirs);
    if (b.member && recursive) continue;
    put(rest, member.name(), a.member && !b.member, subtract(a.below, b.below, recursive));
  }
  return rest;
}

Value intersect(const Value& left, const Value& right) {
  Value common = Value::object();
  for (const Member& member : left.fields()) {
    const Value* theirs = right.find(member.name());
    if (theirs == nullptr) continue;
    const Node a = node_of(member.value), b = node_of(*theirs);
    put(common, member.name(), a.member && b.member, intersect(a.below, b.below));
  }
  return common;
}

const Type* type_below(const Type* type, std::string_view element) {
  if (type == nullptr) return nullptr;
  if (type->form == Type::Form::kList || type->form == Type::Form::kMap) return type->element;
  if (!element.starts_with("f:")) return nullptr;
  const Field* field = type->find(element.substr(2));
  return field == nullptr ? nullptr : field->type;
}

Value name_fields(const Value& tree, const Type* type) {
  Value named = Value::object();
  for (const Member& member : tree.fields()) {
    const Node node = node_of(member.value);
    const bool known = type != nullptr && type->form == Type::Form::kObject && member.name().starts_with("f:") &&
                       type->find(member.name().substr(2)) != nullptr;
    put(named, member.name(), node.member || known, name_fields(node.below, type_below(type, member.name())));
  }
  return named;
}

void visit_each(const Value& tree, const std::string& path, const std::function<void(const std::string&)>& visit) {
  for (const Member& member : tree.fields()) {
    if (member.name() == kSelf) continue;
    const Node node = node_of(member.value);
    const std::string here = path + for_people(member.name());
    if (node.member) visit(here);
    visit_each(node.below, here, visit);
  }
}

}  // namespace

std::string for_people(std::string_view element) {
  const std::string_view rest = element.substr(2);
  if (element.starts_with("f:")) return fmt::format(".{}", rest);
  if (element.starts_with("v:")) return fmt::format("[={}]", rest);
  std::string keys;
  const auto reading = read_text(rest);
  if (!reading.value) return fmt::format("[{}]", rest);
  for (const Member& key : reading.value->fields())
    keys += fmt::format("{}{}={}", keys.empty() ? "" : ",", key.name(), to_text(key.value));
  return fmt::format("[{}]", keys);
}

void FieldSet::insert(const std::vector<std::string>& path) {
  Value* current = &tree_;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool fresh = !current->contains(path[i]);
    Value& next = current->set(path[i]);
    if (fresh) {
      next = Value::object();
      // An element on the way is not itself in the set, which its emptiness would say.
      if (i + 1 == path.size()) return;
    } else if (next.empty() != (i + 1 == path.size())) {
      next.set(kSelf) = Value::object();
    }
    current = &next;
  }
}

bool FieldSet::contains(const std::vector<std::string>& path) const {
  const Value* current = &tree_;
  for (const std::string& element : path) {
    current = current->find(element);
    if (current == nullptr) return false;
  }
  return node_of(*current).member;
}

FieldSet FieldSet::united(const FieldSet& other) const {
  if (empty()) return other;
  return FieldSet(unite(tree_, other.tree_));
}
FieldSet FieldSet::without(const FieldSet& other) const { return FieldSet(subtract(tree_, other.tree_, false)); }
FieldSet FieldSet::without_below(const FieldSet& other) const { return FieldSet(subtract(tree_, other.tree_, true)); }
FieldSet FieldSet::common(const FieldSet& other) const { return FieldSet(intersect(tree_, other.tree_)); }
FieldSet FieldSet::with_named_fields(const Type* type) const { return FieldSet(name_fields(tree_, type)); }

FieldSet FieldSet::below(std::string_view element) const {
  const Value* found = tree_.find(element);
  return found == nullptr ? FieldSet() : FieldSet(node_of(*found).below);
}

bool FieldSet::has(std::string_view element) const {
  const Value* found = tree_.find(element);
  return found != nullptr && node_of(*found).member;
}

void FieldSet::each(const std::function<void(const std::string&)>& visit) const { visit_each(tree_, "", visit); }

std::string element_of(const Type& list, const Value& item) {
  if (list.list == ListType::kSet) return "v:" + to_text(item);
  Value keys = Value::object();
  for (const std::string& key : list.keys) {
    if (const Value* given = item.find(key)) {
      keys.set(key) = *given;
    } else if (const Field* field = list.element == nullptr ? nullptr : list.element->find(key);
               field != nullptr && (!field->preset.is_null() || field->required)) {
      keys.set(key) = !field->preset.is_null() ? field->preset : nothing_of(*field->type);
    }
  }
  return "k:" + to_text(keys);
}

}  // namespace plumbline::kube
