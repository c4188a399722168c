// Finds objects of one kind and namespace by their labels. Objects that carry the same labels are one group, so that a
// selector is asked once a group: thousands of Pods of one template cost one look. One thread.
#pragma once

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
  /// Where the object's latest version is to be found: good, and in its place, until the object is removed.
  void add(const ObjectPtr& place);
  void remove(const Object& object);
  /// The places of objects whose labels match; those of the same labels ordered by name. Good until the next change.
  using Places = std::vector<const ObjectPtr*>;
  Places select(const LabelSelector& selector) const;

 private:
  struct Group {
    Value labels;
    std::map<std::string_view, const ObjectPtr*> members;  ///< by name
  };
  static std::string pair_of(std::string_view key, std::string_view value);
  static std::string text_of(const Value& labels);

  std::unordered_map<std::string, std::unique_ptr<Group>> groups_;      ///< by the labels' text
  std::unordered_map<std::string, std::vector<const Group*>> by_pair_;  ///< "key=value" to groups
};

}  // namespace plumbline::kube
