// discovery/v1 and networking/v1.
#include "simulator/kube/schema/builtin_parts.h"

namespace plumbline::kube {

std::string_view network_types() {
  return R"types(
EndpointSlice "Some of the endpoints of a Service, of one address family."
  metadata ObjectMeta always
  addressType string ! "IPv4, IPv6 or FQDN. Never changes."
  endpoints []Endpoint atomic ! always "At most 1,000; controllers put at most 100 into one."
  ports []EndpointPort atomic always "Ports of each endpoint."
Endpoint "One or more addresses of one thing, most often a Pod."
  addresses []string set ! always
  conditions EndpointConditions always
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
  metadata ObjectMeta always
  spec IngressSpec always
  status IngressStatus always
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
  paths []HTTPIngressPath atomic ! always
HTTPIngressPath
  path string
  pathType string ! "Exact, Prefix or ImplementationSpecific."
  backend IngressBackend ! always
IngressBackend
  service IngressServiceBackend
  resource TypedLocalObjectReference
IngressServiceBackend
  name string !
  port ServiceBackendPort always
ServiceBackendPort atomic
  name string
  number int32
IngressStatus
  loadBalancer IngressLoadBalancerStatus always
IngressLoadBalancerStatus
  ingress []IngressLoadBalancerIngress atomic
IngressLoadBalancerIngress
  ip string
  hostname string
  ports []IngressPortStatus atomic
IngressPortStatus
  port int32 ! always
  protocol string !
  error string
IngressClass "A controller of Ingresses."
  metadata ObjectMeta always
  spec IngressClassSpec always
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
