// Makes a value one of its type, as a typed server does that reads it into a structure: fields that it does not know
// are left out (and named), null means absent, empty optional lists and maps are left out, and values of the wrong form
// are a mistake. Pure.
#pragma once

#include <string>
#include <vector>

#include "simulator/kube/schema/type.h"
#include "simulator/kube/value/value.h"

namespace plumbline::kube {

struct Conformed {
  /// Paths of fields that the type does not have: "spec.template.spec.containers[0].foo".
  std::vector<std::string> unknown;
  /// The first value of the wrong form, in the words of Go's decoder, which clients know; "" when there is none.
  std::string mistake;
};

Conformed conform(const Type& type, Value& value);

/// The same for a value of a custom kind: only what is not known goes, and null where it may not stand; what has the
/// wrong form stays, for validation to say. Of the whole object, apiVersion and kind stay.
std::vector<std::string> prune(const Type& type, Value& value);

/// What a typed server takes for a value that is not there: "", 0, false; null of anything else.
Value nothing_of(const Type& type);

/// With the structures that are always there (Field::always), so that nobody is told to have added them.
Value with_structures(const Value& value, const Type& type);

/// Fills in what was left out, at every depth: Field::preset, and what is always there.
void fill_in(const Type& type, Value& value);

}  // namespace plumbline::kube
