#include "simulator/kube/api/service_admission.h"

#include "simulator/kube/api/fixture.h"

namespace plumbline::kube {
namespace {

class ServiceAdmissionTest : public OperationsTest {
 protected:
  ObjectPtr service(const std::string& name, std::string_view spec) {
    return create(KindId::kService, "web", text(name, spec));
  }
  std::string why_not(std::string_view spec) {
    const Failure failure = refused(KindId::kService, "web", text("refused", spec));
    EXPECT_EQ(failure.code, 422);
    return failure.message;
  }
  static std::string text(const std::string& name, std::string_view spec) {
    return R"({"metadata":{"name":")" + name + R"("},"spec":)" + std::string(spec) + "}";
  }
  ObjectPtr change(const ObjectPtr& object, const Value& spec) { return patch(object->key(), {{"spec", spec}}); }
};

TEST_F(ServiceAdmissionTest, GivesAddressesInTheirOrder) {
  const ObjectPtr first = service("a", R"({"ports":[{"port":1}]})"), second = service("b", R"({"ports":[{"port":1}]})");
  EXPECT_EQ(first->text("spec.clusterIP"), "10.0.240.1");
  EXPECT_EQ(first->at("spec.clusterIPs"), value_of(R"(["10.0.240.1"])"));
  EXPECT_EQ(first->at("spec.ipFamilies"), value_of(R"(["IPv4"])"));
  EXPECT_EQ(first->text("spec.ipFamilyPolicy"), "SingleStack");
  EXPECT_EQ(second->text("spec.clusterIP"), "10.0.240.2");
}

TEST_F(ServiceAdmissionTest, GivesTheAddressThatIsAskedForIfItIsFree) {
  service("a", R"({"clusterIP":"10.0.240.77","ports":[{"port":1}]})");
  EXPECT_EQ(why_not(R"({"clusterIP":"10.0.240.77","ports":[{"port":1}]})"),
            "Service \"refused\" is invalid: spec.clusterIPs: Invalid value: [\"10.0.240.77\"]: failed to allocate IP "
            "10.0.240.77: provided IP is already allocated");
  EXPECT_EQ(why_not(R"({"clusterIP":"10.9.240.77","ports":[{"port":1}]})"),
            "Service \"refused\" is invalid: spec.clusterIPs: Invalid value: [\"10.9.240.77\"]: failed to allocate IP "
            "10.9.240.77: the provided IP (10.9.240.77) is not in the valid range. The range of valid IPs is "
            "10.0.240.0/24");
}

TEST_F(ServiceAdmissionTest, HeadlessOnesHaveNoneAndAnyFamilyWithoutASelector) {
  const ObjectPtr chosen = service("a", R"({"clusterIP":"None","selector":{"a":"b"}})");
  EXPECT_EQ(chosen->at("spec.clusterIPs"), value_of(R"(["None"])"));
  EXPECT_EQ(chosen->at("spec.ipFamilies"), value_of(R"(["IPv4"])"));
  const ObjectPtr any = service("b", R"({"clusterIP":"None"})");
  EXPECT_EQ(any->at("spec.ipFamilies"), value_of(R"(["IPv4","IPv6"])"));
  EXPECT_EQ(any->text("spec.ipFamilyPolicy"), "RequireDualStack");
}

TEST_F(ServiceAdmissionTest, NodePortsComeStayAndGoWithTheType) {
  const ObjectPtr plain = service("a", R"({"ports":[{"port":1,"name":"x"},{"port":2,"name":"y"}]})");
  EXPECT_FALSE(plain->at("spec.ports")[0].contains("nodePort"));
  const ObjectPtr open = change(plain, {{"type", "NodePort"}});
  EXPECT_EQ(open->at("spec.ports")[0]["nodePort"], Value(30000));
  EXPECT_EQ(open->at("spec.ports")[1]["nodePort"], Value(30001));
  const ObjectPtr balanced = change(open, {{"type", "LoadBalancer"}});
  EXPECT_EQ(balanced->at("spec.ports")[1]["nodePort"], Value(30001));
  EXPECT_EQ(balanced->at("status.loadBalancer.ingress"), value_of(R"([{"ip":"10.0.252.1","ipMode":"VIP"}])"));
  const ObjectPtr closed = change(balanced, {{"type", "ClusterIP"}});
  EXPECT_FALSE(closed->at("spec.ports")[0].contains("nodePort"));
  EXPECT_TRUE(closed->at("status.loadBalancer").empty());
  EXPECT_EQ(closed->text("spec.clusterIP"), plain->text("spec.clusterIP"));
  EXPECT_EQ(
      service("b", R"({"type":"NodePort","ports":[{"port":1,"nodePort":30000}]})")->at("spec.ports")[0]["nodePort"],
      Value(30000))
      << "what was given back is free";
}

TEST_F(ServiceAdmissionTest, RefusesNodePortsThatAreTakenOrOutOfRange) {
  service("a", R"({"type":"NodePort","ports":[{"port":1,"nodePort":30123}]})");
  EXPECT_EQ(why_not(R"({"type":"NodePort","ports":[{"port":1,"nodePort":30123}]})"),
            "Service \"refused\" is invalid: spec.ports[0].nodePort: Invalid value: 30123: provided port is already "
            "allocated");
  EXPECT_EQ(
      why_not(R"({"type":"NodePort","ports":[{"port":1,"nodePort":80}]})"),
      "Service \"refused\" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid "
      "range. The range of valid ports is 30000-32767");
  const ObjectPtr both = service("b", R"({"type":"NodePort","ports":[{"port":53,"name":"t","nodePort":30200},
    {"port":53,"name":"u","protocol":"UDP","nodePort":30200}]})");
  EXPECT_EQ(both->at("spec.ports")[1]["nodePort"], Value(30200)) << "one number for both protocols of one Service";
}

TEST_F(ServiceAdmissionTest, WhatIsRefusedKeepsNothing) {
  service("a", R"({"type":"NodePort","ports":[{"port":1,"nodePort":30123}]})");
  why_not(R"({"type":"NodePort","clusterIP":"10.0.240.50","ports":[{"port":1,"name":"x","nodePort":30124},
    {"port":2,"name":"y","nodePort":30123}]})");
  service("b", R"({"type":"NodePort","clusterIP":"10.0.240.50","ports":[{"port":1,"nodePort":30124}]})");
}

TEST_F(ServiceAdmissionTest, HealthChecksHaveAPortWhenTrafficStaysOnItsNode) {
  const ObjectPtr local =
      service("a", R"({"type":"LoadBalancer","externalTrafficPolicy":"Local","ports":[{"port":1}]})");
  const Value port = local->at("spec.healthCheckNodePort");
  EXPECT_GE(port.integer(), kNodePortMin);
  EXPECT_EQ(patch(local->key(), {{"metadata", {{"labels", {{"a", "b"}}}}}})->at("spec.healthCheckNodePort"), port);
  EXPECT_FALSE(change(local, {{"externalTrafficPolicy", "Cluster"}})->at("spec").contains("healthCheckNodePort"));
  service("b", R"({"type":"LoadBalancer","externalTrafficPolicy":"Local","healthCheckNodePort":)" + to_text(port) +
                   R"(,"ports":[{"port":1,"nodePort":30500}]})");
}

TEST_F(ServiceAdmissionTest, ExternalNamesGiveUpTheirAddress) {
  const ObjectPtr plain = service("a", R"({"ports":[{"port":1}]})");
  const ObjectPtr named = change(plain, {{"type", "ExternalName"}, {"externalName", "x.example"}, {"clusterIP", ""}});
  EXPECT_FALSE(named->at("spec").contains("clusterIP"));
  EXPECT_EQ(service("b", R"({"clusterIP":"10.0.240.1","ports":[{"port":1}]})")->text("spec.clusterIP"), "10.0.240.1");
}

TEST_F(ServiceAdmissionTest, SaysWhenNothingIsLeft) {
  ServiceAdmission small("10.0.240.0/30", "10.0.252.0/30", 1);
  const Kind& kind = store_.kind(KindId::kService);
  const auto take = [&] {
    Value made = value_of(R"({"metadata":{"name":"s"},"spec":{"type":"ClusterIP","ports":[]}})");
    return small.allocate(kind, made, nullptr, false);
  };
  EXPECT_TRUE(take());
  EXPECT_TRUE(take());
  const auto exhausted = take();
  ASSERT_FALSE(exhausted);
  EXPECT_EQ(exhausted.error().code, 500);
  EXPECT_EQ(exhausted.error().message, "Internal error occurred: failed to allocate a serviceIP: range is full");
}

}  // namespace
}  // namespace plumbline::kube
