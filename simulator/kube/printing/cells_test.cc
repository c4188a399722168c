// Expectations were read off tables of a kube-apiserver 1.34.
#include "simulator/kube/printing/cells.h"

#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {
namespace {

constexpr const char* kNow = "2026-11-25T20:00:00Z";

TEST(Cells, LongListsAreCutOff) {
  EXPECT_EQ(shortened({}), "");
  EXPECT_EQ(shortened({"a", "b", "c"}), "a,b,c");
  EXPECT_EQ(shortened({"a", "b", "c", "d", "e"}), "a,b,c + 2 more...");
}

TEST(Cells, ExternalAddressesOfServices) {
  const auto address = [](const char* text) { return external_address(value_of(text)); };
  EXPECT_EQ(address(R"({"spec":{"type":"ClusterIP"}})"), "<none>");
  EXPECT_EQ(address(R"({"spec":{"type":"NodePort","externalIPs":["1.2.3.4","1.2.3.5"]}})"), "1.2.3.4,1.2.3.5");
  EXPECT_EQ(address(R"({"spec":{"type":"LoadBalancer"}})"), "<pending>");
  EXPECT_EQ(address(R"({"spec":{"type":"LoadBalancer","externalIPs":["9.9.9.9"]},
    "status":{"loadBalancer":{"ingress":[{"ip":"5.5.5.5"},{"hostname":"h.example"}]}}})"),
            "5.5.5.5,h.example,9.9.9.9");
  EXPECT_EQ(address(R"({"spec":{"externalIPs":[7,"192.0.2.1",null,{"a":"b"}]}})"), "192.0.2.1")
      << "what is of another type is skipped";
  EXPECT_EQ(address(R"({"spec":{"type":"ExternalName","externalName":"x.example"}})"), "x.example");
}

TEST(Cells, PortsOfServices) {
  EXPECT_EQ(service_ports(value_of(R"({"spec":{"ports":[{"port":80,"protocol":"TCP"},
    {"port":81,"protocol":"UDP","nodePort":30001}]}})")),
            "80/TCP,81:30001/UDP");
  EXPECT_EQ(service_ports(value_of(R"({"spec":{}})")), "<none>");
}

TEST(Cells, EndpointsComePortByPort) {
  EXPECT_EQ(endpoint_list(value_of("{}")), "<none>");
  EXPECT_EQ(endpoint_list(value_of(R"({"subsets":[{"addresses":[{"ip":"10.0.0.1"}]}]})")), "10.0.0.1");
  EXPECT_EQ(endpoint_list(value_of(R"({"subsets":[{"addresses":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}],
    "ports":[{"port":80},{"port":81}]}]})")),
            "10.0.0.1:80,10.0.0.2:80,10.0.0.1:81 + 1 more...");
  EXPECT_EQ(endpoint_list(value_of(R"({"subsets":[{"notReadyAddresses":[{"ip":"10.0.0.1"}]}]})")), "");
}

TEST(Cells, EndpointSlices) {
  EXPECT_EQ(
      slice_ports(value_of(R"({"ports":[{"port":80,"name":"a"},{"port":81},{"name":"c"},{"port":4},{"port":5}]})")),
      "80,81,c + 2 more...");
  EXPECT_EQ(slice_ports(value_of(R"({"ports":[{"name":""}]})")), "<unset>");
  EXPECT_EQ(slice_ports(value_of(R"({"ports":[{}]})")), "*");
  EXPECT_EQ(slice_ports(value_of("{}")), "<unset>");
  EXPECT_EQ(
      slice_addresses(value_of(R"({"endpoints":[{"addresses":["a","b"]},{"addresses":["c"]},{"addresses":["d"]}]})")),
      "a,b,c + 1 more...");
  EXPECT_EQ(slice_addresses(value_of("{}")), "<unset>");
}

TEST(Cells, HostsOfIngresses) {
  EXPECT_EQ(ingress_hosts(value_of(R"({"spec":{"rules":[{}]}})")), "*");
  EXPECT_EQ(ingress_hosts(value_of(R"({"spec":{"rules":[{"host":"a"},{"host":"b"}]}})")), "a,b");
  EXPECT_EQ(ingress_hosts(value_of(R"({"spec":{"rules":[{"host":"a"},{"host":"b"},{"host":"c"},{"host":"d"}]}})")),
            "a,b,c + 1 more...");
}

TEST(Cells, Nodes) {
  const Value node = value_of(R"({"metadata":{"labels":{"node-role.kubernetes.io/control-plane":"",
    "kubernetes.io/role":"x","node-role.kubernetes.io/a":""}},"spec":{"unschedulable":true},
    "status":{"conditions":[{"type":"Ready","status":"True"}],"addresses":[{"type":"InternalIP","address":"10.0.0.1"}]}})");
  EXPECT_EQ(node_status(node), "Ready,SchedulingDisabled");
  EXPECT_EQ(node_roles(node), "a,control-plane,x");
  EXPECT_EQ(node_address(node, "InternalIP"), "10.0.0.1");
  EXPECT_EQ(node_address(node, "ExternalIP"), "<none>");
  EXPECT_EQ(node_status(Value()), "Unknown");
  EXPECT_EQ(node_roles(Value()), "<none>");
}

TEST(Cells, SubjectsOfBindings) {
  const Value binding = value_of(R"({"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"User","name":"u"},
    {"kind":"User","name":"v"},{"kind":"ServiceAccount","name":"s","namespace":"n"}]})");
  EXPECT_EQ(role_of(binding), "Role/r");
  EXPECT_EQ(subjects_of(binding, "User"), "u, v");
  EXPECT_EQ(subjects_of(binding, "ServiceAccount"), "n/s");
  EXPECT_EQ(subjects_of(binding, "Group"), "");
}

TEST(Cells, EventsOfTheOldAndOfTheNewApi) {
  const Value old = value_of(R"({"involvedObject":{"kind":"Pod","name":"p"},"message":" M \n","count":3,
    "source":{"component":"c","host":"h"},"firstTimestamp":"2026-11-25T19:00:00Z","lastTimestamp":"2026-11-25T19:55:00Z"})");
  EXPECT_EQ(event_first_seen(old, kNow), "60m");
  EXPECT_EQ(event_last_seen(old, kNow), "5m");
  EXPECT_EQ(event_object(old), "pod/p");
  EXPECT_EQ(event_source(old), "c, h");
  EXPECT_EQ(event_message(old), "M");
  EXPECT_EQ(event_count(old), 3);
  const Value fresh = value_of(R"({"reportingComponent":"rc","reportingInstance":"ri",
    "eventTime":"2026-11-25T19:00:00.000000Z","series":{"count":7,"lastObservedTime":"2026-11-25T19:59:00.000000Z"}})");
  EXPECT_EQ(event_first_seen(fresh, kNow), "60m");
  EXPECT_EQ(event_last_seen(fresh, kNow), "60s");
  EXPECT_EQ(event_source(fresh), "rc, ri");
  EXPECT_EQ(event_count(fresh), 7);
  EXPECT_EQ(event_last_seen(Value::object(), kNow), "<unknown>");
  EXPECT_EQ(event_count(Value::object()), 1);
}

TEST(Cells, ControllersOfRevisions) {
  EXPECT_EQ(controller_cell(value_of(R"({"metadata":{"ownerReferences":[{"apiVersion":"apps/v1","kind":"StatefulSet",
    "name":"s","controller":true}]}})")),
            "statefulset.apps/s");
  EXPECT_EQ(controller_cell(Value::object()), "<none>");
}

TEST(Cells, ParametersOfIngressClasses) {
  EXPECT_EQ(class_parameters(value_of(R"({"spec":{"parameters":{"apiGroup":"g.io","kind":"K","name":"n"}}})")),
            "K.g.io/n");
  EXPECT_EQ(class_parameters(value_of(R"({"spec":{"parameters":{"kind":"K","name":"n"}}})")), "K/n");
  EXPECT_EQ(class_parameters(Value::object()), "<none>");
}

}  // namespace
}  // namespace plumbline::kube
