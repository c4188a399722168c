// The rest of core/v1: what exposes Pods, where they run, what they are given, what is said of them.
#include "simulator/kube/schema/builtin_parts.h"

namespace plumbline::kube {

std::string_view core_types() {
  return R"types(
Service "Pods as one thing to talk to, found by their labels."
  metadata ObjectMeta
  spec ServiceSpec ={}
  status ServiceStatus
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
  loadBalancer LoadBalancerStatus
  conditions []Condition keys=type
LoadBalancerStatus
  ingress []LoadBalancerIngress atomic
LoadBalancerIngress
  ip string
  hostname string
  ipMode string
  ports []PortStatus atomic
PortStatus
  port int32 !
  protocol string !
  error string
Endpoints "Addresses of a Service's Pods. Truncated at 1,000; EndpointSlices have all."
  metadata ObjectMeta
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
  metadata ObjectMeta
  spec NamespaceSpec
  status NamespaceStatus
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
  metadata ObjectMeta
  spec NodeSpec ={}
  status NodeStatus
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
  daemonEndpoints NodeDaemonEndpoints
  nodeInfo NodeSystemInfo
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
  kubeletEndpoint DaemonEndpoint
DaemonEndpoint
  Port int32 !
NodeSystemInfo
  machineID string !
  systemUUID string !
  bootID string !
  kernelVersion string !
  osImage string !
  containerRuntimeVersion string !
  kubeletVersion string !
  kubeProxyVersion string !
  operatingSystem string !
  architecture string !
  swap NodeSwapStatus
NodeSwapStatus
  capacity int64
ContainerImage
  names []string atomic
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
  metadata ObjectMeta
  secrets []ObjectReference keys=name
  imagePullSecrets []LocalObjectReference atomic
  automountServiceAccountToken bool
Secret "Data that not everybody should see, in base64."
  metadata ObjectMeta
  immutable bool
  data {}bytes
  stringData {}string "Written as text; read back in data."
  type string =Opaque
ConfigMap "Data that everybody may see."
  metadata ObjectMeta
  immutable bool
  data {}string
  binaryData {}bytes
Event "Something that happened to an object."
  metadata ObjectMeta !
  involvedObject ObjectReference ! "What it happened to."
  reason string
  message string
  source EventSource
  firstTimestamp time
  lastTimestamp time
  count int32
  type string "Normal or Warning."
  eventTime microtime
  series EventSeries
  action string
  related ObjectReference
  reportingComponent string =""
  reportingInstance string =""
EventSource
  component string
  host string
EventSeries
  count int32
  lastObservedTime microtime
Binding "Binds a Pod to a node."
  metadata ObjectMeta
  target ObjectReference !
PodTemplate
  metadata ObjectMeta
  template PodTemplateSpec
ReplicationController "The old way to keep Pods. Kept, not carried out: use a ReplicaSet."
  metadata ObjectMeta
  spec ReplicationControllerSpec
  status ReplicationControllerStatus
ReplicationControllerSpec
  replicas int32 =1
  minReadySeconds int32 =0
  selector {}string atomic
  template PodTemplateSpec
ReplicationControllerStatus
  replicas int32 !
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
