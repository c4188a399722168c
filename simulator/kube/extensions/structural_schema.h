// Reads the schema of a custom kind (openAPIV3Schema) as a Type: structural schemas, as CustomResourceDefinitions need
// them. Expressions (x-kubernetes-validations) are not carried out.
#pragma once

#include "simulator/kube/schema/type.h"
#include "simulator/kube/validation/causes.h"

namespace plumbline::kube {

/// How deep schemas may lie inside each other.
inline constexpr int kSchemaDepthMax = 40;

/// The type of the whole object; its metadata is that of every object. Adds to `causes` what is not structural.
/// `types` owns what is made.
const Type* read_structural_schema(const Value& schema, TypeSet& types, const FieldPath& path, Causes& causes);

}  // namespace plumbline::kube
