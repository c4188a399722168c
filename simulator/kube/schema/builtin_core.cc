// The rest of core/v1: what exposes Pods, where they run, what they are given, what is said of them.
#include "simulator/kube/schema/builtin_parts.h"

namespace plumbline::kube {

std::string_view core_types() {
  return R"types(
Service "Pods as one thing to talk to, found by their labels."
  metadata ObjectMeta always
  spec ServiceSpec always
  status ServiceStatus always
ServiceSpec
  ports []ServicePort keys=port,protocol merge=port "Ports that it exposes."
  selector {}string atomic "Pods that carry all of these labels belong to it. Without one, somebody writes its Endpoints by hand."
  clusterIP string "Its address inside the cluster; None makes it headless."
  clusterIPs []string atomic
  type string =ClusterIP "ClusterIP, NodePort, LoadBalancer or ExternalName."
  externalIPs []string atomic
  sessionAffinity string =None "None or ClientIP."
  loadBalancerIP string
  loadBalancerSourceRanges []string atomic
  externalName string "The name that an ExternalName Service stands for."
  externalTrafficPolicy string
  healthCheckNodePort int32
  publishNotReadyAddresses bool "Its Pods are told before they are ready, too."
  sessionAffinityConfig SessionAffinityConfig
  ipFamilies []string atomic
  ipFamilyPolicy string
  allocateLoadBalancerNodePorts bool
  loadBalancerClass string
  internalTrafficPolicy string
  trafficDistribution string
ServicePort "A port of a Service, and where it leads to."
  name string "Needed when there are several."
  protocol string =TCP
  appProtocol string
  port int32 ! "The Service's own port."
  targetPort intstr "The Pods' port, by number or by the name that their containers give it."
  nodePort int32 "The port on every node."
SessionAffinityConfig
  clientIP ClientIPConfig
ClientIPConfig
  timeoutSeconds int32
ServiceStatus
  loadBalancer LoadBalancerStatus always
  conditions []Condition keys=type
LoadBalancerStatus
  ingress []LoadBalancerIngress atomic
LoadBalancerIngress
  ip string
  hostname string
  ipMode string
  ports []PortStatus atomic
PortStatus
  port int32 ! always
  protocol string !
  error string
Endpoints "Addresses of a Service's Pods. Truncated at 1,000; EndpointSlices have all."
  metadata ObjectMeta always
  subsets []EndpointSubset atomic
EndpointSubset "Addresses that have the same ports."
  addresses []EndpointAddress atomic "Ready."
  notReadyAddresses []EndpointAddress atomic
  ports []CoreEndpointPort atomic
EndpointAddress atomic
  ip string !
  hostname string
  nodeName string
  targetRef ObjectReference
CoreEndpointPort atomic
  name string
  port int32 !
  protocol string =TCP
  appProtocol string
Namespace "A space for names."
  metadata ObjectMeta always
  spec NamespaceSpec always
  status NamespaceStatus always
NamespaceSpec
  finalizers []string atomic
NamespaceStatus
  phase string "Active or Terminating."
  conditions []NamespaceCondition keys=type
NamespaceCondition
  type string !
  status string !
  lastTransitionTime time
  reason string
  message string
Node "A machine that runs Pods."
  metadata ObjectMeta always
  spec NodeSpec always
  status NodeStatus always
NodeSpec
  podCIDR string
  podCIDRs []string set merge
  providerID string
  unschedulable bool "No new Pods come here."
  taints []Taint atomic
  configSource any
  externalID string
Taint "Keeps away Pods that do not bear it."
  key string !
  value string
  effect string !
  timeAdded time
NodeStatus
  capacity {}quantity
  allocatable {}quantity
  phase string
  conditions []NodeCondition keys=type
  addresses []NodeAddress keys=type
  daemonEndpoints NodeDaemonEndpoints always
  nodeInfo NodeSystemInfo always
  images []ContainerImage atomic
  volumesInUse []string atomic
  volumesAttached []AttachedVolume atomic
  config any
  runtimeHandlers []NodeRuntimeHandler atomic
  features NodeFeatures
NodeCondition
  type string !
  status string !
  lastHeartbeatTime time
  lastTransitionTime time
  reason string
  message string
NodeAddress
  type string !
  address string !
NodeDaemonEndpoints
  kubeletEndpoint DaemonEndpoint always
DaemonEndpoint
  Port int32 !
NodeSystemInfo
  machineID string ! always
  systemUUID string ! always
  bootID string ! always
  kernelVersion string ! always
  osImage string ! always
  containerRuntimeVersion string ! always
  kubeletVersion string ! always
  kubeProxyVersion string ! always
  operatingSystem string ! always
  architecture string ! always
  swap NodeSwapStatus
NodeSwapStatus
  capacity int64
ContainerImage
  names []string atomic always
  sizeBytes int64
AttachedVolume
  name string !
  devicePath string !
NodeRuntimeHandler
  name string
  features NodeRuntimeHandlerFeatures
NodeRuntimeHandlerFeatures
  recursiveReadOnlyMounts bool
  userNamespaces bool
NodeFeatures
  supplementalGroupsPolicy bool
ServiceAccount "Whom the processes of Pods act as."
  metadata ObjectMeta always
  secrets []ObjectReference keys=name
  imagePullSecrets []LocalObjectReference atomic
  automountServiceAccountToken bool
Secret "Data that not everybody should see, in base64."
  metadata ObjectMeta always
  immutable bool
  data {}bytes
  stringData {}string "Written as text; read back in data."
  type string =Opaque
ConfigMap "Data that everybody may see."
  metadata ObjectMeta always
  immutable bool
  data {}string
  binaryData {}bytes
Event "Something that happened to an object."
  metadata ObjectMeta ! always
  involvedObject ObjectReference ! always "What it happened to."
  reason string
  message string
  source EventSource always
  firstTimestamp time
  lastTimestamp time
  count int32
  type string "Normal or Warning."
  eventTime microtime
  series EventSeries
  action string
  related ObjectReference
  reportingComponent string always =""
  reportingInstance string always =""
EventSource
  component string
  host string
EventSeries
  count int32
  lastObservedTime microtime
Binding "Binds a Pod to a node."
  metadata ObjectMeta always
  target ObjectReference ! always
PodTemplate
  metadata ObjectMeta always
  template PodTemplateSpec always
ReplicationController "The old way to keep Pods. Kept, not carried out: use a ReplicaSet."
  metadata ObjectMeta always
  spec ReplicationControllerSpec always
  status ReplicationControllerStatus always
ReplicationControllerSpec
  replicas int32 =1
  minReadySeconds int32 =0
  selector {}string atomic
  template PodTemplateSpec
ReplicationControllerStatus
  replicas int32 ! always
  fullyLabeledReplicas int32
  readyReplicas int32
  availableReplicas int32
  observedGeneration int64
  conditions []ReplicationControllerCondition keys=type
ReplicationControllerCondition
  type string !
  status string !
  lastTransitionTime time
  reason string
  message string
)types";
}

}  // namespace plumbline::kube
