// apps/v1, batch is not served: what keeps Pods.
#include "simulator/kube/schema/builtin_parts.h"

namespace plumbline::kube {

std::string_view workload_types() {
  return R"types(
Deployment "Keeps Pods of one template, and replaces them step by step when the template changes."
  metadata ObjectMeta
  spec DeploymentSpec ={}
  status DeploymentStatus
DeploymentSpec
  replicas int32 =1 "How many Pods there shall be."
  selector LabelSelector ! "Which Pods are its own. Never changes; must match the template's labels."
  template PodTemplateSpec ! ={} "What its Pods look like."
  strategy DeploymentStrategy ={} retain "How old Pods are replaced."
  minReadySeconds int32 "How long a Pod must be ready to count as available."
  revisionHistoryLimit int32 =10 "How many old ReplicaSets are kept to go back to."
  paused bool "Changes of the template wait."
  progressDeadlineSeconds int32 =600 "After so long without progress it counts as stuck."
DeploymentStrategy
  type string =RollingUpdate "RollingUpdate or Recreate."
  rollingUpdate RollingUpdateDeployment
RollingUpdateDeployment
  maxUnavailable intstr "How many of the wanted Pods may be missing meanwhile."
  maxSurge intstr "How many more than the wanted Pods there may be meanwhile."
DeploymentStatus
  observedGeneration int64
  replicas int32
  updatedReplicas int32
  readyReplicas int32
  availableReplicas int32
  unavailableReplicas int32
  terminatingReplicas int32
  conditions []DeploymentCondition keys=type
  collisionCount int32
DeploymentCondition
  type string !
  status string !
  lastUpdateTime time
  lastTransitionTime time
  reason string
  message string
ReplicaSet "Keeps a number of equal Pods."
  metadata ObjectMeta
  spec ReplicaSetSpec ={}
  status ReplicaSetStatus
ReplicaSetSpec
  replicas int32 =1
  minReadySeconds int32
  selector LabelSelector !
  template PodTemplateSpec ={}
ReplicaSetStatus
  replicas int32 !
  fullyLabeledReplicas int32
  readyReplicas int32
  availableReplicas int32
  terminatingReplicas int32
  observedGeneration int64
  conditions []ReplicaSetCondition keys=type
ReplicaSetCondition
  type string !
  status string !
  lastTransitionTime time
  reason string
  message string
StatefulSet "Keeps Pods that have names of their own, one after the other."
  metadata ObjectMeta
  spec StatefulSetSpec ={}
  status StatefulSetStatus
StatefulSetSpec
  replicas int32 =1
  selector LabelSelector !
  template PodTemplateSpec ! ={}
  volumeClaimTemplates []PersistentVolumeClaim atomic
  serviceName string ="" "The headless Service that names its Pods."
  podManagementPolicy string =OrderedReady "OrderedReady or Parallel."
  updateStrategy StatefulSetUpdateStrategy ={}
  revisionHistoryLimit int32 =10
  minReadySeconds int32
  persistentVolumeClaimRetentionPolicy StatefulSetPersistentVolumeClaimRetentionPolicy
  ordinals StatefulSetOrdinals
StatefulSetUpdateStrategy
  type string =RollingUpdate "RollingUpdate or OnDelete."
  rollingUpdate RollingUpdateStatefulSetStrategy
RollingUpdateStatefulSetStrategy
  partition int32
  maxUnavailable intstr
StatefulSetPersistentVolumeClaimRetentionPolicy
  whenDeleted string
  whenScaled string
StatefulSetOrdinals
  start int32 =0
StatefulSetStatus
  observedGeneration int64
  replicas int32 !
  readyReplicas int32
  currentReplicas int32
  updatedReplicas int32
  currentRevision string
  updateRevision string
  collisionCount int32
  conditions []StatefulSetCondition keys=type
  availableReplicas int32
StatefulSetCondition
  type string !
  status string !
  lastTransitionTime time
  reason string
  message string
DaemonSet "Keeps a Pod on every node."
  metadata ObjectMeta
  spec DaemonSetSpec ={}
  status DaemonSetStatus
DaemonSetSpec
  selector LabelSelector !
  template PodTemplateSpec ! ={}
  updateStrategy DaemonSetUpdateStrategy ={}
  minReadySeconds int32
  revisionHistoryLimit int32 =10
DaemonSetUpdateStrategy
  type string =RollingUpdate "RollingUpdate or OnDelete."
  rollingUpdate RollingUpdateDaemonSet
RollingUpdateDaemonSet
  maxUnavailable intstr
  maxSurge intstr
DaemonSetStatus
  currentNumberScheduled int32 !
  numberMisscheduled int32 !
  desiredNumberScheduled int32 !
  numberReady int32 !
  observedGeneration int64
  updatedNumberScheduled int32
  numberAvailable int32
  numberUnavailable int32
  collisionCount int32
  conditions []DaemonSetCondition keys=type
DaemonSetCondition
  type string !
  status string !
  lastTransitionTime time
  reason string
  message string
ControllerRevision "A template that was once in use, kept to go back to."
  metadata ObjectMeta
  data any
  revision int64 !
)types";
}

}  // namespace plumbline::kube
