#include "simulator/kube/store/label_index.h"

#include <algorithm>

#include "simulator/kube/value/text.h"

namespace plumbline::kube {

std::string LabelIndex::pair_of(std::string_view key, std::string_view value) {
  std::string pair(key);
  pair += '=';
  pair += value;
  return pair;
}

std::string LabelIndex::text_of(const Value& labels) { return labels.empty() ? std::string() : to_text(labels); }

Value LabelIndex::shared(const Value& labels) {
  const auto found = groups_.find(text_of(labels));
  return found == groups_.end() ? labels : found->second->labels;
}

void LabelIndex::add(const ObjectPtr& place) {
  const Object& object = *place;
  const Value& labels = object.labels();
  auto& group = groups_[text_of(labels)];
  if (!group) {
    group = std::make_unique<Group>();
    group->labels = labels;
    for (const Member& pair : labels.fields()) by_pair_[pair_of(pair.name(), pair.value.text())].push_back(group.get());
  }
  group->members.emplace(object.name(), &place);
}

void LabelIndex::remove(const Object& object) {
  const auto found = groups_.find(text_of(object.labels()));
  if (found == groups_.end()) return;
  Group* group = found->second.get();
  group->members.erase(object.name());
  if (!group->members.empty()) return;
  for (const Member& pair : group->labels.fields()) {
    const auto list = by_pair_.find(pair_of(pair.name(), pair.value.text()));
    std::erase(list->second, group);
    if (list->second.empty()) by_pair_.erase(list);
  }
  groups_.erase(found);
}

LabelIndex::Places LabelIndex::select(const LabelSelector& selector) const {
  Places found;
  const auto look = [&](const Group& group) {
    if (!selector.matches(group.labels)) return;
    for (const auto& [_, place] : group.members) found.push_back(place);
  };
  for (const Requirement& requirement : selector.requirements()) {
    const bool one = requirement.op == Requirement::Operator::kEquals || requirement.op == Requirement::Operator::kIn;
    if (!one || requirement.values.size() != 1) continue;
    const auto list = by_pair_.find(pair_of(requirement.key, *requirement.values.begin()));
    if (list == by_pair_.end()) return found;
    for (const Group* group : list->second) look(*group);
    return found;
  }
  for (const auto& [_, group] : groups_) look(*group);
  return found;
}

}  // namespace plumbline::kube
