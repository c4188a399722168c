// Types that the objects of every group are made of (Kubernetes API conventions, "Objects").
#include "simulator/kube/schema/builtin_parts.h"

namespace plumbline::kube {

std::string_view meta_types() {
  return R"types(
ObjectMeta "What every object says of itself: its name, where it belongs, and how it came to be."
  name string "Unique among the objects of its kind, within its namespace where it has one. Never changes."
  generateName string "A name begins with this when none is given; the server completes it."
  namespace string "The space within which the name is unique. Never changes."
  selfLink string "No longer filled in."
  uid string "Unique over time and space; another object of the same name has another one."
  resourceVersion string "Opaque; changes with every write. Given with an update, it must be that of the stored object."
  generation int64 "Counts the changes of what is wanted."
  creationTimestamp time "When the server stored it first."
  deletionTimestamp time "When it goes, or began to go. Set by the server when deletion is graceful."
  deletionGracePeriodSeconds int64 "How long it may take to end, once it is being deleted."
  labels {}string "Words to select it by."
  annotations {}string "Words to keep with it; nothing selects by them."
  ownerReferences []OwnerReference keys=uid "Objects that it depends on. When all are gone, so is it."
  finalizers []string set merge "Names of those who still have something to do before it goes."
  managedFields []ManagedFieldsEntry atomic "Who set which fields, by whom and when."
OwnerReference "An object of the same namespace, or of none, that another one depends on." atomic
  apiVersion string ! "Of the owner."
  kind string ! "Of the owner."
  name string ! "Of the owner."
  uid string ! "Of the owner."
  controller bool "The owner manages this object; there is at most one such."
  blockOwnerDeletion bool "The owner cannot go in the foreground before this one is gone."
ManagedFieldsEntry "Fields that one manager set in one way."
  manager string "Who set them."
  operation string "Apply or Update."
  apiVersion string "The version in which the fields are named."
  time time "When an entry was made or last changed."
  fieldsType string "FieldsV1."
  fieldsV1 FieldsV1 "The fields themselves."
  subresource string "The subresource through which they were set."
FieldsV1 "A set of fields, as a tree of field names and keys." = any
ListMeta "What a list says of itself."
  selfLink string
  resourceVersion string "The version of the whole list; a watch may begin from it."
  continue string "Given with the next request, it goes on where this page ends."
  remainingItemCount int64 "How many more there are; not told when a selector is used."
LabelSelector "A set of objects, by their labels. All conditions hold; none selects everything." atomic
  matchLabels {}string "Labels with just these values."
  matchExpressions []LabelSelectorRequirement atomic "Conditions on single labels."
LabelSelectorRequirement "A condition on one label."
  key string !
  operator string ! "In, NotIn, Exists or DoesNotExist."
  values []string atomic "Of In and NotIn."
Condition "One aspect of the state of an object."
  type string !
  status string ! "True, False or Unknown."
  observedGeneration int64 "The generation that it is about."
  lastTransitionTime time ! "When the status changed last."
  reason string ! "One word why."
  message string ! "For people."
Status "How a request went."
  metadata ListMeta always
  status string "Success or Failure."
  message string "For people."
  reason string "One word for programs."
  details any
  code int32 "The HTTP status."
Scale "The size of something that can be scaled."
  metadata ObjectMeta always
  spec ScaleSpec always "The size that is wanted."
  status ScaleStatus always "The size that there is."
ScaleSpec
  replicas int32
ScaleStatus
  replicas int32 ! always
  selector string "Selects the replicas."
LocalObjectReference "An object of the same namespace, by name." atomic
  name string =""
ObjectReference "Any object." atomic
  kind string
  namespace string
  name string
  uid string
  apiVersion string
  resourceVersion string
  fieldPath string "Part of it."
TypedLocalObjectReference "An object of the same namespace, by kind and name." atomic
  apiGroup string
  kind string !
  name string !
TypedObjectReference
  apiGroup string
  kind string !
  name string !
  namespace string
SecretReference atomic
  name string
  namespace string
NodeSelector "Nodes that match any of the terms." atomic
  nodeSelectorTerms []NodeSelectorTerm atomic ! always
NodeSelectorTerm "Nodes that meet all conditions." atomic
  matchExpressions []NodeSelectorRequirement atomic
  matchFields []NodeSelectorRequirement atomic
NodeSelectorRequirement
  key string !
  operator string ! "In, NotIn, Exists, DoesNotExist, Gt or Lt."
  values []string atomic
)types";
}

}  // namespace plumbline::kube
