// Containers of Pods (core/v1) and what they are made of, as the public API reference has them.
#include "simulator/kube/schema/builtin_parts.h"

namespace plumbline::kube {

std::string_view container_types() {
  return R"types(
Container "One program of a Pod, with its image and what it needs."
  name string ! "Unique in the Pod. Never changes."
  image string "What is run. Simulated Pods answer as httpbin does, whatever the image."
  command []string atomic
  args []string atomic
  workingDir string
  ports []ContainerPort keys=containerPort,protocol "Ports that it listens on; Services may name them."
  envFrom []EnvFromSource atomic
  env []EnvVar keys=name "Variables of its environment."
  resources ResourceRequirements ={} always "What it needs and may use at most."
  resizePolicy []ContainerResizePolicy atomic
  restartPolicy string
  restartPolicyRules []ContainerRestartRule atomic
  volumeMounts []VolumeMount keys=mountPath
  volumeDevices []VolumeDevice keys=devicePath
  livenessProbe Probe "When it fails, the container starts again."
  readinessProbe Probe "When it fails, the Pod is not ready."
  startupProbe Probe "Until it succeeds, the other two wait."
  lifecycle Lifecycle
  terminationMessagePath string =/dev/termination-log
  terminationMessagePolicy string =File
  imagePullPolicy string "Always, IfNotPresent or Never."
  securityContext SecurityContext
  stdin bool
  stdinOnce bool
  tty bool
EphemeralContainer
  name string !
  image string
  command []string atomic
  args []string atomic
  workingDir string
  ports []ContainerPort keys=containerPort,protocol
  envFrom []EnvFromSource atomic
  env []EnvVar keys=name
  resources ResourceRequirements ={}
  resizePolicy []ContainerResizePolicy atomic
  restartPolicy string
  restartPolicyRules []ContainerRestartRule atomic
  volumeMounts []VolumeMount keys=mountPath
  volumeDevices []VolumeDevice keys=devicePath
  livenessProbe Probe
  readinessProbe Probe
  startupProbe Probe
  lifecycle Lifecycle
  terminationMessagePath string =/dev/termination-log
  terminationMessagePolicy string =File
  imagePullPolicy string
  securityContext SecurityContext
  stdin bool
  stdinOnce bool
  tty bool
  targetContainerName string
ContainerRestartRule
  action string !
  exitCodes ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes
  operator string !
  values []int32 set
ContainerResizePolicy
  resourceName string !
  restartPolicy string !
ContainerPort "A port that a container listens on."
  name string "For Services to name it by."
  hostPort int32
  containerPort int32 !
  protocol string =TCP
  hostIP string
EnvVar
  name string !
  value string
  valueFrom EnvVarSource
EnvVarSource
  fieldRef ObjectFieldSelector
  resourceFieldRef ResourceFieldSelector
  configMapKeyRef ConfigMapKeySelector
  secretKeyRef SecretKeySelector
  fileKeyRef FileKeySelector
FileKeySelector atomic
  volumeName string !
  path string !
  key string !
  optional bool =false
ObjectFieldSelector atomic
  apiVersion string =v1
  fieldPath string !
ResourceFieldSelector atomic
  containerName string
  resource string !
  divisor quantity ="0"
ConfigMapKeySelector atomic
  name string =""
  key string !
  optional bool
SecretKeySelector atomic
  name string =""
  key string !
  optional bool
EnvFromSource
  prefix string
  configMapRef ConfigMapEnvSource
  secretRef SecretEnvSource
ConfigMapEnvSource
  name string =""
  optional bool
SecretEnvSource
  name string =""
  optional bool
ResourceRequirements
  limits {}quantity "At most so much of each resource."
  requests {}quantity "At least so much of each."
  claims []ResourceClaim keys=name merge=-
ResourceClaim
  name string !
  request string
VolumeMount
  name string !
  readOnly bool
  recursiveReadOnly string
  mountPath string !
  subPath string
  mountPropagation string
  subPathExpr string
VolumeDevice
  name string !
  devicePath string !
Probe "How to ask a container how it is."
  exec ExecAction
  httpGet HTTPGetAction
  tcpSocket TCPSocketAction
  grpc GRPCAction
  initialDelaySeconds int32
  timeoutSeconds int32 =1
  periodSeconds int32 =10
  successThreshold int32 =1
  failureThreshold int32 =3
  terminationGracePeriodSeconds int64
ExecAction
  command []string atomic
HTTPGetAction
  path string =/
  port intstr !
  host string
  scheme string =HTTP
  httpHeaders []HTTPHeader atomic
HTTPHeader
  name string !
  value string !
TCPSocketAction
  port intstr !
  host string
GRPCAction
  port int32 !
  service string =""
Lifecycle
  postStart LifecycleHandler
  preStop LifecycleHandler
  stopSignal string
LifecycleHandler
  exec ExecAction
  httpGet HTTPGetAction
  tcpSocket TCPSocketAction
  sleep SleepAction
SleepAction
  seconds int64 !
)types";
}

}  // namespace plumbline::kube
