// Pods (core/v1), as the public API reference has them.
#include "simulator/kube/schema/builtin_parts.h"

namespace plumbline::kube {

std::string_view pod_types() {
  return R"types(
Pod "Containers that run together on one node and share an address."
  metadata ObjectMeta always
  spec PodSpec always "What is wanted of it."
  status PodStatus always "What was last seen of it."
PodTemplateSpec "What Pods that are made from it look like."
  metadata ObjectMeta always
  spec PodSpec always
PodSpec "What a Pod runs, where, and how."
  volumes []Volume keys=name retain "Storage that its containers may mount."
  initContainers []Container keys=name "Containers that end, one after the other, before the others start."
  containers []Container keys=name ! always "What runs. At least one; the list never changes."
  ephemeralContainers []EphemeralContainer keys=name "Containers put in to look for faults."
  restartPolicy string =Always "Always, OnFailure or Never."
  terminationGracePeriodSeconds int64 =30 "How long it may take to end when asked to."
  activeDeadlineSeconds int64 "How long it may run at most."
  dnsPolicy string =ClusterFirst "ClusterFirst, ClusterFirstWithHostNet, Default or None."
  nodeSelector {}string atomic "Labels that its node must carry."
  serviceAccountName string "Whom its processes act as."
  serviceAccount string "The old name of serviceAccountName."
  automountServiceAccountToken bool "Whether a token of the service account is mounted."
  nodeName string "The node that it is bound to; the scheduler fills it in."
  hostNetwork bool "Whether it shares the node's network."
  hostPID bool
  hostIPC bool
  shareProcessNamespace bool
  securityContext PodSecurityContext ={} "What holds for all its containers."
  imagePullSecrets []LocalObjectReference keys=name "Secrets to fetch images with."
  hostname string
  subdomain string
  affinity Affinity "Nodes and Pods that it likes to be near to, or away from."
  schedulerName string =default-scheduler "Who chooses its node."
  tolerations []Toleration atomic "Taints of nodes that it bears."
  hostAliases []HostAlias keys=ip "Lines of its hosts file."
  priorityClassName string
  priority int32
  preemptionPolicy string
  dnsConfig PodDNSConfig
  readinessGates []PodReadinessGate atomic "Conditions that must be True, too, for it to be ready."
  runtimeClassName string
  enableServiceLinks bool "Whether Services are told in its environment."
  overhead {}quantity
  topologySpreadConstraints []TopologySpreadConstraint keys=topologyKey,whenUnsatisfiable "How Pods of its kind spread."
  setHostnameAsFQDN bool
  os PodOS
  hostUsers bool
  schedulingGates []PodSchedulingGate keys=name "It is not scheduled before all of them are taken away."
  resourceClaims []PodResourceClaim keys=name retain
  resources ResourceRequirements "What all its containers use together."
  hostnameOverride string
PodOS
  name string !
PodSchedulingGate
  name string !
PodReadinessGate
  conditionType string ! "A condition of the Pod."
PodResourceClaim
  name string !
  resourceClaimName string
  resourceClaimTemplateName string
PodDNSConfig
  nameservers []string atomic
  searches []string atomic
  options []PodDNSConfigOption atomic
PodDNSConfigOption
  name string
  value string
HostAlias
  ip string !
  hostnames []string atomic
Toleration "A taint that is borne."
  key string
  operator string "Exists or Equal."
  value string
  effect string "NoSchedule, PreferNoSchedule or NoExecute; none means all."
  tolerationSeconds int64
TopologySpreadConstraint
  maxSkew int32 !
  topologyKey string !
  whenUnsatisfiable string !
  labelSelector LabelSelector
  minDomains int32
  nodeAffinityPolicy string
  nodeTaintsPolicy string
  matchLabelKeys []string atomic
Affinity
  nodeAffinity NodeAffinity
  podAffinity PodAffinity
  podAntiAffinity PodAntiAffinity
NodeAffinity
  requiredDuringSchedulingIgnoredDuringExecution NodeSelector
  preferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm atomic
PreferredSchedulingTerm
  weight int32 !
  preference NodeSelectorTerm ! always
PodAffinity
  requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm atomic
  preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm atomic
PodAntiAffinity
  requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm atomic
  preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm atomic
WeightedPodAffinityTerm
  weight int32 !
  podAffinityTerm PodAffinityTerm ! always
PodAffinityTerm
  labelSelector LabelSelector
  namespaces []string atomic
  topologyKey string !
  namespaceSelector LabelSelector
  matchLabelKeys []string atomic
  mismatchLabelKeys []string atomic
PodSecurityContext
  seLinuxOptions SELinuxOptions
  windowsOptions WindowsSecurityContextOptions
  runAsUser int64
  runAsGroup int64
  runAsNonRoot bool
  supplementalGroups []int64 atomic
  supplementalGroupsPolicy string
  fsGroup int64
  sysctls []Sysctl atomic
  fsGroupChangePolicy string
  seccompProfile SeccompProfile
  appArmorProfile AppArmorProfile
  seLinuxChangePolicy string
Sysctl
  name string !
  value string !
SELinuxOptions
  user string
  role string
  type string
  level string
SeccompProfile
  type string !
  localhostProfile string
AppArmorProfile
  type string !
  localhostProfile string
WindowsSecurityContextOptions
  gmsaCredentialSpecName string
  gmsaCredentialSpec string
  runAsUserName string
  hostProcess bool
Capabilities
  add []string atomic
  drop []string atomic
SecurityContext
  capabilities Capabilities
  privileged bool
  seLinuxOptions SELinuxOptions
  windowsOptions WindowsSecurityContextOptions
  runAsUser int64
  runAsGroup int64
  runAsNonRoot bool
  readOnlyRootFilesystem bool
  allowPrivilegeEscalation bool
  procMount string
  seccompProfile SeccompProfile
  appArmorProfile AppArmorProfile
PodStatus "What was last seen of a Pod."
  observedGeneration int64
  phase string "Pending, Running, Succeeded, Failed or Unknown."
  conditions []PodCondition keys=type "Whether it is scheduled, initialized, ready."
  message string
  reason string
  nominatedNodeName string
  hostIP string "The address of its node."
  hostIPs []HostIP atomic merge=ip
  podIP string "Its own address."
  podIPs []PodIP keys=ip "Its own addresses, of each family."
  startTime time
  initContainerStatuses []ContainerStatus atomic
  containerStatuses []ContainerStatus atomic
  qosClass string "Guaranteed, Burstable or BestEffort."
  ephemeralContainerStatuses []ContainerStatus atomic
  resize string
  resourceClaimStatuses []PodResourceClaimStatus keys=name retain
  extendedResourceClaimStatus PodExtendedResourceClaimStatus
PodExtendedResourceClaimStatus
  requestMappings []ContainerExtendedResourceRequest atomic ! always
  resourceClaimName string !
ContainerExtendedResourceRequest
  containerName string !
  requestName string !
  resourceName string !
PodResourceClaimStatus
  name string !
  resourceClaimName string
HostIP
  ip string !
PodIP
  ip string !
PodCondition "One aspect of a Pod's state."
  type string !
  observedGeneration int64
  status string !
  lastProbeTime time
  lastTransitionTime time
  reason string
  message string
ContainerStatus
  name string !
  state ContainerState always
  lastState ContainerState ={} always
  ready bool !
  restartCount int32 ! always
  image string !
  imageID string !
  containerID string
  started bool
  allocatedResources {}quantity
  resources ResourceRequirements
  volumeMounts []VolumeMountStatus keys=mountPath
  user ContainerUser
  allocatedResourcesStatus []ResourceStatus keys=name
  stopSignal string
ResourceStatus
  name string !
  resources []ResourceHealth keys=resourceID merge=-
ResourceHealth
  resourceID string !
  health string
ContainerUser
  linux LinuxContainerUser
LinuxContainerUser
  uid int64 !
  gid int64 !
  supplementalGroups []int64 atomic
VolumeMountStatus
  name string !
  mountPath string !
  readOnly bool
  recursiveReadOnly string
ContainerState
  waiting ContainerStateWaiting
  running ContainerStateRunning
  terminated ContainerStateTerminated
ContainerStateWaiting
  reason string
  message string
ContainerStateRunning
  startedAt time
ContainerStateTerminated
  exitCode int32 !
  signal int32
  reason string
  message string
  startedAt time
  finishedAt time
  containerID string
)types";
}

}  // namespace plumbline::kube
