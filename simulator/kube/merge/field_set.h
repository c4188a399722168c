// Sets of fields, in the form in which managedFields write them (FieldsV1): a tree of path elements, "f:NAME" a field,
// "k:{...}" an item by its keys, "v:VALUE" an item by its value; "{}" at an element means that it is in the set, and so
// does "." beside elements below it. Pure functions on values; all of them share what they do not change.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/schema/type.h"
#include "simulator/kube/value/value.h"

namespace plumbline::kube {

class FieldSet {
 public:
  FieldSet() : tree_(Value::object()) {}
  /// Anything that is no FieldsV1 is the empty set.
  explicit FieldSet(const Value& fields_v1) : tree_(fields_v1.is_object() ? fields_v1 : Value::object()) {}

  const Value& value() const { return tree_; }
  bool empty() const { return tree_.empty(); }
  friend bool operator==(const FieldSet&, const FieldSet&) = default;

  /// Puts the path in; the elements are those of a FieldPathText.
  void insert(const std::vector<std::string>& path);
  bool contains(const std::vector<std::string>& path) const;

  FieldSet united(const FieldSet& other) const;
  FieldSet without(const FieldSet& other) const;        ///< only what is in `other` itself goes
  FieldSet without_below(const FieldSet& other) const;  ///< and all that is below it
  FieldSet common(const FieldSet& other) const;
  /// Fields of objects that have something of the set below them are in it, too.
  FieldSet with_named_fields(const Type* type) const;
  /// What is below `element`.
  FieldSet below(std::string_view element) const;
  /// `element` itself is in the set.
  bool has(std::string_view element) const;
  /// Calls `visit` with every path, in order, written for people: ".spec.containers[name=\"c\"].image".
  void each(const std::function<void(const std::string& path)>& visit) const;

 private:
  Value tree_;
};

/// The element of a list's item: by its keys, where left-out ones have their presets, or by its value.
std::string element_of(const Type& list, const Value& item);
/// Of `k:{"name":"c","port":80}`: `[name="c",port=80]`.
std::string for_people(std::string_view element);
inline std::string element_of_field(std::string_view name) { return "f:" + std::string(name); }

}  // namespace plumbline::kube
