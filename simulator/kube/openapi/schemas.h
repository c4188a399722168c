// Types as OpenAPI says them: JSON Schema with what Kubernetes adds (x-kubernetes-...).
#pragma once

#include <set>
#include <string>

#include "simulator/kube/openapi/type_names.h"

namespace plumbline::kube {

enum class OpenApi { kV2, kV3 };

class Schemas {
 public:
  /// `names` must outlive this.
  Schemas(const TypeNames& names, OpenApi edition) : names_(names), edition_(edition) {}

  /// Describes the kind, lists of it, and all that they are made of.
  void add(const Kind& kind, const KindVersion& version);
  /// Schema of each name; empties this.
  Value take();

  /// "#/definitions/NAME" or "#/components/schemas/NAME".
  std::string reference(std::string_view name) const;

 private:
  Value of(const Type& type);
  Value of_field(const Field& field);
  Value object(const Type& type);
  Value named(std::string_view name, Value schema);
  void constrain(const Type& type, Value& schema) const;

  const TypeNames& names_;
  OpenApi edition_;
  Value schemas_ = Value::object();
  std::set<std::string, std::less<>> begun_;
};

/// [{"group": ..., "version": ..., "kind": ...}], as schemas and operations name what they are about.
Value group_version_kind(std::string_view group, std::string_view version, std::string_view kind);

}  // namespace plumbline::kube
