#include "simulator/kube/schema/builtin.h"

#include "simulator/kube/schema/builtin_parts.h"
#include "simulator/kube/schema/notation.h"

namespace plumbline::kube {

const TypeSet& builtin_types() {
  static const TypeSet kTypes = [] {
    std::string text;
    for (const std::string_view part : {meta_types(), pod_types(), container_types(), volume_types(), core_types(),
                                        workload_types(), policy_types(), network_types(), extension_types()})
      text += part;
    return read_types(text);
  }();
  return kTypes;
}

const Type* builtin_type(std::string_view name) { return builtin_types().find(name); }

}  // namespace plumbline::kube
