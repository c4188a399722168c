// What a kube-apiserver 1.34 refuses, in its words.
#include "simulator/kube/validation/fixture.h"

namespace plumbline::kube {
namespace {

class ServiceValidation : public ValidationTest {};

TEST_F(ServiceValidation, PortsHaveNumbersNamesAndProtocols) {
  expect_refused(
      KindId::kService,
      {
          {R"({"metadata":{"name":"s"},"spec":{"ports":[]}})", R"(spec.ports: Required value)"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":0}]}})",
           R"(spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive)"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{}]}})",
           R"(spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive)"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":70000}]}})",
           R"(spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive)"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":1},{"port":2}]}})",
           R"(spec.ports[0].name: Required value, spec.ports[1].name: Required value)"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":1,"name":"a"},{"port":2,"name":"a"}]}})",
           R"(spec.ports[1].name: Duplicate value: "a")"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":1,"name":"A_"}]}})",
           R"(spec.ports[0].name: Invalid value: "A_": <label>)"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":1,"protocol":"x"}]}})",
           R"(spec.ports[0].protocol: Unsupported value: "x": supported values: "SCTP", "TCP", "UDP")"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":1,"targetPort":70000}]}})",
           R"(spec.ports[0].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive)"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":1,"targetPort":"x_"}]}})",
           R"(spec.ports[0].targetPort: Invalid value: "x_": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-))"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":1,"targetPort":"-"}]}})",
           R"(spec.ports[0].targetPort: Invalid value: "-": must contain at least one letter (a-z), spec.ports[0].targetPort: Invalid value: "-": must not begin or end with a hyphen)"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":1,"nodePort":30000}]}})",
           R"(spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP')"},
          {R"({"metadata":{"name":"s"}})", R"(spec.ports: Required value)"},
      });
}

TEST_F(ServiceValidation, AddressesFitTheType) {
  expect_refused(
      KindId::kService,
      {
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"type":"x"}})",
           R"(spec.type: Unsupported value: "x": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort")"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"type":"NodePort","clusterIP":"None"}})",
           R"(spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services)"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"type":"LoadBalancer","clusterIP":"None"}})",
           R"(spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for LoadBalancer services)"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"type":"ExternalName"}})",
           R"(spec.externalName: Required value)"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"type":"ExternalName","externalName":"A_"}})",
           R"(spec.externalName: Invalid value: "A_": <subdomain>)"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"type":"ExternalName","externalName":"x","clusterIP":"10.0.240.9"}})",
           R"(spec.clusterIPs: Forbidden: may not be set for ExternalName services)"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"sessionAffinity":"x"}})",
           R"(spec.sessionAffinity: Unsupported value: "x": supported values: "ClientIP", "None")"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"selector":{"a b":"c"}}})",
           R"(spec.selector: Invalid value: "a b": <name>)"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"selector":{"a":"b c"}}})",
           R"(spec.selector: Invalid value: "b c": <value>)"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"clusterIP":"x"}})",
           R"(spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff))"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"externalIPs":["x"]}})",
           R"(spec.externalIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff))"},
          {R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"externalIPs":["127.0.0.1"]}})",
           R"(spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128))"},
          {R"({"metadata":{"name":"1s"},"spec":{"ports":[{"port":1}]}})",
           R"(metadata.name: Invalid value: "1s": <1035>)"},
      });
}

TEST_F(ServiceValidation, PoliciesFitTheTypeAndTheCluster) {
  const auto spec = [](std::string_view text) {
    return R"({"spec":{"ports":[{"port":80}],)" + std::string(text) + "}}";
  };
  expect_refused(
      KindId::kService,
      {
          {spec(R"("internalTrafficPolicy":"x")"),
           R"(spec.internalTrafficPolicy: Unsupported value: "x": supported values: "Cluster", "Local")"},
          {spec(R"("externalTrafficPolicy":"Local")"),
           R"(spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services)"},
          {spec(R"("trafficDistribution":"x")"),
           R"(spec.trafficDistribution: Unsupported value: "x": supported values: "PreferClose", "PreferSameZone", "PreferSameNode")"},
          {spec(R"("sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":0}})"),
           R"(spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 and less than 86400)"},
          {spec(R"("ipFamilies":["IPv6"])"),
           R"(spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster)"},
          {spec(R"("ipFamilyPolicy":"RequireDualStack")"),
           R"(spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services)"},
          {spec(R"("loadBalancerClass":"a")"),
           R"(spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer')"},
          {spec(R"("loadBalancerSourceRanges":["10.0.0.0/8"])"),
           R"(spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer')"},
          {spec(R"("healthCheckNodePort":30099)"),
           R"(spec.healthCheckNodePort: Invalid value: 30099: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local')"},
          {R"({"spec":{"ports":[{"port":80,"appProtocol":"-"}]}})",
           R"(spec.ports[0].appProtocol: Invalid value: "-": <name>)"},
      });
}

TEST_F(ServiceValidation, EndpointsAreAddressesThatCanBeReached) {
  expect_refused(
      KindId::kEndpoints,
      {
          {R"({"subsets":[{}]})", R"(subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`)"},
          {R"({"subsets":[{"addresses":[{"ip":"127.0.0.1"}]}]})",
           R"(subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128))"},
          {R"({"subsets":[{"addresses":[{"ip":"1.1.1.1"}],"ports":[{}]}]})",
           R"(subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive)"},
          {R"({"subsets":[{"addresses":[{"ip":"1.1.1.1"}],"ports":[{"port":1},{"port":2}]}]})",
           R"(subsets[0].ports[0].name: Required value, subsets[0].ports[1].name: Required value)"},
          {R"({"subsets":[{"addresses":[{"ip":"1.1.1.1"}],"ports":[{"port":1,"protocol":"x"}]}]})",
           R"(subsets[0].ports[0].protocol: Unsupported value: "x": supported values: "SCTP", "TCP", "UDP")"},
          {R"({"subsets":[{"addresses":[{"ip":"1.1.1.1"}],"ports":[{"port":1,"name":"A_"}]}]})",
           R"(subsets[0].ports[0].name: Invalid value: "A_": <label>)"},
          {R"({"subsets":[{"addresses":[{"ip":"1.1.1.1","nodeName":"A_"}]}]})",
           R"(subsets[0].addresses[0].nodeName: Invalid value: "A_": <subdomain>)"},
          {R"({"subsets":[{"addresses":[{"ip":"169.254.1.1"}]}]})",
           R"(subsets[0].addresses[0].ip: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10))"},
          {R"({"subsets":[{"ports":[{"port":1}]}]})",
           R"(subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`)"},
      });
}

TEST_F(ServiceValidation, SlicesHaveAddressesOfTheirType) {
  expect_refused(
      KindId::kEndpointSlice,
      {
          {R"({})", R"(addressType: Required value)"},
          {R"({"addressType":"x","endpoints":[]})",
           R"(addressType: Unsupported value: "x": supported values: "FQDN", "IPv4", "IPv6")"},
          {R"({"addressType":"IPv4","endpoints":[{}]})",
           R"(endpoints[0].addresses: Required value: must contain at least 1 address)"},
          {R"({"addressType":"IPv4","endpoints":[{"addresses":[]}]})",
           R"(endpoints[0].addresses: Required value: must contain at least 1 address)"},
          {R"({"addressType":"IPv4","endpoints":[{"addresses":["x"]}]})",
           R"(endpoints[0].addresses[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff))"},
          {R"({"addressType":"IPv4","endpoints":[{"addresses":["::1"]}]})",
           R"(endpoints[0].addresses: Invalid value: "::1": must be an IPv4 address, endpoints[0].addresses[0]: Invalid value: "::1": may not be in the loopback range (127.0.0.0/8, ::1/128))"},
          {R"({"addressType":"IPv4","endpoints":[],"ports":[{"port":1},{"port":2}]})",
           R"(ports[1].name: Duplicate value: "")"},
          {R"({"addressType":"IPv4","endpoints":[],"ports":[{"name":"A_"}]})",
           R"(ports[0].name: Invalid value: "A_": <label>)"},
          {R"({"addressType":"IPv4","endpoints":[],"ports":[{"protocol":"x"}]})",
           R"(ports[0].protocol: Unsupported value: "x": supported values: "SCTP", "TCP", "UDP")"},
          {R"({"addressType":"FQDN","endpoints":[{"addresses":["A_"]}]})",
           R"(endpoints[0].addresses[0]: Invalid value: "A_": <subdomain>)"},
      });
}

TEST_F(ServiceValidation, TheAddressOfAServiceNeverChanges) {
  constexpr const char* kService = R"({"spec":{"clusterIP":"10.0.0.1","ports":[{"port":1}]}})";
  EXPECT_EQ(changed(KindId::kService, kService, R"({"spec":{"clusterIP":"10.0.0.2","ports":[{"port":1}]}})"),
            R"(spec.clusterIPs[0]: Invalid value: ["10.0.0.2"]: may not change once set)");
  EXPECT_EQ(changed(KindId::kService, kService, R"({"spec":{"type":"ExternalName","externalName":"x.y"}})"), "");
}

TEST_F(ServiceValidation, SlicesHaveLimitsAndKeepTheirType) {
  const auto slice = [this](std::size_t endpoints, std::size_t addresses) {
    Value many = Value::array();
    for (std::size_t i = 0; i < addresses; ++i) many.push_back("10.0.0.1");
    Value made = value_of(R"({"metadata":{"name":"n"},"addressType":"IPv4"})");
    for (std::size_t i = 0; i < endpoints; ++i) made["endpoints"].push_back({{"addresses", many}});
    return causes(KindId::kEndpointSlice, made);
  };
  EXPECT_EQ(slice(1000, 1), "");
  EXPECT_EQ(slice(1001, 1), "endpoints: Too many: 1001: must have at most 1000 items");
  EXPECT_EQ(slice(1, 100), "");
  EXPECT_EQ(slice(1, 101), "endpoints[0].addresses: Too many: 101: must have at most 100 items");
  EXPECT_EQ(changed(KindId::kEndpointSlice, R"({"addressType":"IPv4"})", R"({"addressType":"IPv6"})"),
            R"(addressType: Invalid value: "IPv6": field is immutable)");
}

}  // namespace
}  // namespace plumbline::kube
