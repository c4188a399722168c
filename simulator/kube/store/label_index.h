// Finds objects of one kind and namespace by their labels. Objects that carry the same labels are one group, so that a
// selector is asked once a group: thousands of Pods of one template cost one look. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "simulator/kube/store/object.h"
#include "simulator/kube/store/selector.h"

namespace plumbline::kube {

class LabelIndex {
 public:
  /// The labels as the index keeps them: equal ones are the same value, so that they take memory once.
  Value shared(const Value& labels);
  void add(const Object& object);
  void remove(const Object& object);
  /// Names of the objects whose labels match, in no order. Good until the next change.
  void select(const LabelSelector& selector, const std::function<void(std::string_view name)>& visit) const;

 private:
  struct Group {
    Value labels;
    std::map<std::string_view, const Identity*> members;  ///< by name
  };
  static std::string pair_of(std::string_view key, std::string_view value);
  static std::string text_of(const Value& labels);

  std::unordered_map<std::string, std::unique_ptr<Group>> groups_;      ///< by the labels' text
  std::unordered_map<std::string, std::vector<const Group*>> by_pair_;  ///< "key=value" to groups
};

}  // namespace plumbline::kube
