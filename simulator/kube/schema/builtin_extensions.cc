// apiextensions/v1: kinds that users bring along.
#include "simulator/kube/schema/builtin_parts.h"

namespace plumbline::kube {

std::string_view extension_types() {
  return R"types(
CustomResourceDefinition "A kind that the server does not know of itself."
  metadata ObjectMeta always
  spec CustomResourceDefinitionSpec ! always
  status CustomResourceDefinitionStatus always
CustomResourceDefinitionSpec
  group string !
  names CustomResourceDefinitionNames ! always
  scope string ! "Cluster or Namespaced."
  versions []CustomResourceDefinitionVersion atomic ! always
  conversion CustomResourceConversion
  preserveUnknownFields bool
CustomResourceDefinitionNames
  plural string !
  singular string
  shortNames []string atomic
  kind string !
  listKind string
  categories []string atomic
CustomResourceDefinitionVersion
  name string !
  served bool !
  storage bool !
  deprecated bool
  deprecationWarning string
  schema CustomResourceValidation
  subresources CustomResourceSubresources
  additionalPrinterColumns []CustomResourceColumnDefinition atomic
  selectableFields []SelectableField atomic
SelectableField
  jsonPath string !
CustomResourceValidation
  openAPIV3Schema JSONSchemaProps
JSONSchemaProps "What a value may be." = any
CustomResourceSubresources
  status any
  scale CustomResourceSubresourceScale
CustomResourceSubresourceScale
  specReplicasPath string !
  statusReplicasPath string !
  labelSelectorPath string
CustomResourceColumnDefinition
  name string !
  type string !
  format string
  description string
  priority int32
  jsonPath string !
CustomResourceConversion
  strategy string ! "None or Webhook."
  webhook any
CustomResourceDefinitionStatus
  conditions []CustomResourceDefinitionCondition keys=type merge=- always
  acceptedNames CustomResourceDefinitionNames always
  storedVersions []string atomic always
CustomResourceDefinitionCondition
  type string !
  status string !
  lastTransitionTime time
  reason string
  message string
)types";
}

}  // namespace plumbline::kube
