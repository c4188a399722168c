// Types written down, a line a field: how the kinds that every cluster serves are described (builtin.h).
//
//   PodSpec "What a Pod runs, and where."            a type; its fields are indented
//     nodeName string "The node that it is bound to."
//     containers []Container keys=name !             required; items told apart by `name`, merged by it too
//     restartPolicy string =Always                   what it is when it is left out
//     nodeSelector {}string atomic
//     replicas int32 =1
//
// Types of fields: string bool int32 int64 number quantity intstr time microtime bytes any, the name of a type,
// []T a list, {}T a map from strings.
// Marks: `!` required · `always` written even when it is empty · `=JSON` preset (a word stands for a string) ·
// `keys=a,b` list of items with these keys · `merge=k` after it: strategic merge by k instead of the first key,
// `merge=-` not at all · `set` list of scalars that are items · `merge` strategic merge joins them · `atomic` ·
// `retain` honours $retainKeys · `enum=a|b` one of these words. A type may be described with `any`, `string` ...
// instead of fields: `FieldsV1 = any`.
#pragma once

#include <stdexcept>
#include <string_view>

#include "simulator/kube/schema/type.h"

namespace plumbline::kube {

/// A mistake in the notation: a programmer's error, found by the first test that runs.
class NotationError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Every type of `text`. Types may be used before they are described. Throws NotationError naming the line.
TypeSet read_types(std::string_view text);

}  // namespace plumbline::kube
