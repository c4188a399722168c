// Values compared, merged and pruned field by field, as their type says which lists and maps are one value and which
// are many (Kubernetes: server-side apply, merge strategy). Pure functions.
#pragma once

#include <string>

#include "simulator/kube/merge/field_set.h"

namespace plumbline::kube {

/// The fields that `value` has: what a manager owns that applied it.
FieldSet fields_of(const Value& value, const Type* type);

struct Comparison {
  FieldSet removed, modified, added;
};
/// What differs from `before` to `after`. Parts that are shared are not looked into.
Comparison compare(const Value& before, const Value& after, const Type* type);

/// From `before`, compare() finds the same to `left` as to `right`: the same fields and items are added, modified and
/// removed, whatever their values. Much cheaper where `before` is small; may be false where only the order of names
/// differs.
bool same_changes(const Value& before, const Value& left, const Value& right, const Type* type);

/// `live` with `applied`, which is without mistake (typed_check.h), put on it.
Value merged(const Value& live, const Value& applied, const Type* type);

/// `value` without the fields and items of the set.
Value without(const Value& value, const FieldSet& gone, const Type* type);

}  // namespace plumbline::kube
