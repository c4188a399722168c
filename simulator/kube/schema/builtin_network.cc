// discovery/v1 and networking/v1.
#include "simulator/kube/schema/builtin_parts.h"

namespace plumbline::kube {

std::string_view network_types() {
  return R"types(
EndpointSlice "Some of the endpoints of a Service, of one address family."
  metadata ObjectMeta
  addressType string ! "IPv4, IPv6 or FQDN. Never changes."
  endpoints []Endpoint atomic ! "At most 1,000; controllers put at most 100 into one."
  ports []EndpointPort atomic "Ports of each endpoint."
Endpoint "One or more addresses of one thing, most often a Pod."
  addresses []string set !
  conditions EndpointConditions ={}
  hostname string
  targetRef ObjectReference
  deprecatedTopology {}string
  nodeName string
  zone string
  hints EndpointHints
EndpointConditions
  ready bool "Unknown counts as true."
  serving bool "As ready, but for Pods that terminate."
  terminating bool
EndpointHints
  forZones []ForZone atomic
  forNodes []ForNode atomic
ForZone
  name string !
ForNode
  name string !
EndpointPort atomic
  name string =""
  protocol string =TCP
  port int32
  appProtocol string
Ingress "Rules by which requests from outside find Services."
  metadata ObjectMeta
  spec IngressSpec ={}
  status IngressStatus
IngressSpec
  ingressClassName string "Whose rules these are."
  defaultBackend IngressBackend
  tls []IngressTLS atomic
  rules []IngressRule atomic
IngressTLS
  hosts []string atomic
  secretName string
IngressRule
  host string
  http HTTPIngressRuleValue
HTTPIngressRuleValue
  paths []HTTPIngressPath atomic !
HTTPIngressPath
  path string
  pathType string ! "Exact, Prefix or ImplementationSpecific."
  backend IngressBackend !
IngressBackend
  service IngressServiceBackend
  resource TypedLocalObjectReference
IngressServiceBackend
  name string !
  port ServiceBackendPort
ServiceBackendPort atomic
  name string
  number int32
IngressStatus
  loadBalancer IngressLoadBalancerStatus
IngressLoadBalancerStatus
  ingress []IngressLoadBalancerIngress atomic
IngressLoadBalancerIngress
  ip string
  hostname string
  ports []IngressPortStatus atomic
IngressPortStatus
  port int32 !
  protocol string !
  error string
IngressClass "A controller of Ingresses."
  metadata ObjectMeta
  spec IngressClassSpec ={}
IngressClassSpec
  controller string
  parameters IngressClassParametersReference
IngressClassParametersReference
  apiGroup string
  kind string !
  name string !
  scope string =Cluster
  namespace string
)types";
}

}  // namespace plumbline::kube
