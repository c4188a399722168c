// What a kind's fields become when they are left out, where that depends on other fields; what does not is in the types
// (Field::preset). Pure functions.
#pragma once

#include "simulator/kube/store/object.h"

namespace plumbline::kube {

/// Fills in what was left out of a whole object of `kind`.
void set_defaults(const Kind& kind, Value& object);

/// What the server itself writes into a new object, whoever made it.
void prepare(const Kind& kind, Value& object);

}  // namespace plumbline::kube
