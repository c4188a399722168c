#include "reference/core/admission/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline::gateway {
namespace {

using testing::HasSubstr;

TunnelService row(const std::string& cluster = "cls-1") {
  return {"", {ClusterId(cluster), "web", "httpbin"}, Port{8000}, Weight{1}, {}};
}

Tunnel tunnel() {
  Tunnel made;
  made.name = "t";
  made.region = RegionId("gz");
  made.vpc = VpcId("vpc-1");
  made.services = {row()};
  return made;
}

Api api() {
  Api made;
  made.name = "a";
  made.tunnel = TunnelId("tunnel-1");
  return made;
}

Instance instance(bool dedicated, const std::string& region, const std::string& vpc) {
  return {InstanceId("i"), dedicated, RegionId(region), VpcId(vpc), true};
}

/// "" when it is admitted, else "Reason field".
std::string refusal(const Result<void>& result) {
  return result ? "" : std::string(to_string(result.error().reason)) + " " + result.error().field;
}

const AdmissionPolicy kRules;

TEST(Admission, PlainTunnelIsAdmitted) { EXPECT_EQ(refusal(kRules.fields(tunnel())), ""); }

TEST(Admission, EveryWrongFieldIsNamed) {
  const auto with = [](auto change) {
    Tunnel wrong = tunnel();
    change(wrong);
    return refusal(kRules.fields(wrong));
  };
  EXPECT_EQ(with([](Tunnel& t) { t.name = ""; }), "InvalidValue name");
  EXPECT_EQ(with([](Tunnel& t) { t.name.assign(kNameLengthMax, 'x'); }), "");
  EXPECT_EQ(with([](Tunnel& t) { t.name.assign(kNameLengthMax + 1, 'x'); }), "InvalidValue name");
  EXPECT_EQ(with([](Tunnel& t) { t.type = "ip"; }), "InvalidValue type");
  EXPECT_EQ(with([](Tunnel& t) { t.region = RegionId(); }), "InvalidValue region");
  EXPECT_EQ(with([](Tunnel& t) { t.vpc = VpcId(); }), "InvalidValue vpc");
  EXPECT_EQ(with([](Tunnel& t) { t.services.clear(); }), "InvalidValue services");
  EXPECT_EQ(with([](Tunnel& t) { t.services[0].service.cluster = ClusterId(); }), "InvalidValue services[0].cluster");
  EXPECT_EQ(with([](Tunnel& t) { t.services[0].service.space = ""; }), "InvalidValue services[0].namespace");
  EXPECT_EQ(with([](Tunnel& t) { t.services[0].service.name = ""; }), "InvalidValue services[0].service");
  EXPECT_EQ(with([](Tunnel& t) { t.services[0].port = Port{0}; }), "InvalidValue services[0].port");
  EXPECT_EQ(with([](Tunnel& t) { t.services[0].weight = Weight{-1}; }), "InvalidValue services[0].weight");
  EXPECT_EQ(with([](Tunnel& t) { t.services[0].weight = Weight{kWeightMax}; }), "");
  EXPECT_EQ(with([](Tunnel& t) { t.services[0].weight = Weight{kWeightMax + 1}; }), "InvalidValue services[0].weight");
  EXPECT_EQ(with([](Tunnel& t) { t.host = "a b"; }), "InvalidValue backend.host");
  EXPECT_EQ(with([](Tunnel& t) { t.host = "x\r\ny"; }), "InvalidValue backend.host");
  EXPECT_EQ(with([](Tunnel& t) { t.host = "example.com:8080"; }), "");
  EXPECT_EQ(with([](Tunnel& t) { t.retries = kRetriesMax + 1; }), "InvalidValue retries");
  EXPECT_EQ(with([](Tunnel& t) { t.scheme = Scheme::kHttps; }), "Unsupported backend.scheme");
}

TEST(Admission, TwentyServicesOverAllClustersAndNotOneMore) {
  Tunnel made = tunnel();
  made.services.clear();
  for (int i = 0; i < kTunnelServicesMax; ++i) made.services.push_back(row(i % 2 == 0 ? "cls-1" : "cls-2"));
  EXPECT_EQ(refusal(kRules.service_count(made)), "");
  made.services.push_back(row("cls-3"));
  EXPECT_EQ(refusal(kRules.service_count(made)), "LimitExceeded services");
  EXPECT_EQ(made.services.size(), 21u);
}

TEST(Admission, RegionNeedsAnInstance) {
  EXPECT_EQ(refusal(kRules.region(tunnel(), {instance(true, "gz", "vpc-1")})), "");
  EXPECT_EQ(refusal(kRules.region(tunnel(), {instance(true, "sh", "vpc-1")})), "RegionMismatch region");
}

TEST(Admission, VpcMustExist) {
  EXPECT_EQ(refusal(kRules.vpc(tunnel(), {{VpcId("vpc-1"), "10.0.0.0/16"}})), "");
  EXPECT_EQ(refusal(kRules.vpc(tunnel(), {{VpcId("vpc-2"), "10.0.0.0/16"}})), "NotFound vpc");
}

TEST(Admission, ClusterMustBeInTheTunnelsRegionAndVpc) {
  CloudCluster cluster{ClusterId("cls-1"), RegionId("gz"), VpcId("vpc-1"), "", ""};
  EXPECT_EQ(refusal(kRules.cluster(tunnel(), 0, cluster)), "");
  EXPECT_EQ(refusal(kRules.cluster(tunnel(), 0, std::nullopt)), "NotFound services[0].cluster");
  cluster.vpc = VpcId("vpc-2");
  const auto refused = kRules.cluster(tunnel(), 0, cluster);
  EXPECT_EQ(refusal(refused), "VpcMismatch services[0].cluster");
  EXPECT_EQ(refused.error().object, "cls-1");
  cluster.region = RegionId("sh");
  EXPECT_EQ(refusal(kRules.cluster(tunnel(), 0, cluster)), "RegionMismatch services[0].cluster");
}

TEST(Admission, ClusterIsReachableOnlyFromADedicatedInstanceOfItsVpc) {
  const CloudCluster cluster{ClusterId("cls-1"), RegionId("gz"), VpcId("vpc-1"), "", ""};
  EXPECT_EQ(refusal(kRules.reachable(cluster, {instance(true, "gz", "vpc-1")})), "");
  EXPECT_EQ(refusal(kRules.reachable(cluster, {instance(true, "gz", "vpc-2")})), "VpcMismatch cluster");
  EXPECT_EQ(refusal(kRules.reachable(cluster, {instance(true, "sh", "vpc-1"), instance(false, "gz", "")})),
            "RegionMismatch cluster");
  Instance elsewhere = instance(true, "gz", "vpc-1");
  elsewhere.attached = false;
  EXPECT_EQ(refusal(kRules.reachable(cluster, {elsewhere})), "RegionMismatch cluster");
  EXPECT_EQ(refusal(kRules.region(tunnel(), {elsewhere})), "RegionMismatch region");
}

TEST(Admission, UnknownServiceOrPortIsNamed) {
  EXPECT_EQ(refusal(kRules.service(tunnel(), 0, std::nullopt)), "NotFound services[0].service");
  ServiceObject service;
  service.ports = {{"a", 80, std::uint16_t{80}, 0}, {"b", 81, std::uint16_t{80}, 0}};
  const auto refused = kRules.service(tunnel(), 0, service);
  EXPECT_EQ(refusal(refused), "NotFound services[0].port");
  EXPECT_EQ(refused.error().text, "service cls-1/web/httpbin: port 8000 not exposed (has 80, 81)");
  service.ports[0].port = 8000;
  EXPECT_EQ(refusal(kRules.service(tunnel(), 0, service)), "");
}

TEST(Admission, OnlyDedicatedInstancesOfTheTunnelsPlaceAreBound) {
  EXPECT_EQ(refusal(kRules.instance_kind(instance(true, "gz", "vpc-1"))), "");
  const auto refused = kRules.instance_kind(instance(false, "gz", ""));
  EXPECT_EQ(refusal(refused), "UnsupportedInstance apiService");
  EXPECT_THAT(refused.error().text, HasSubstr("dedicated"));
  EXPECT_EQ(refusal(kRules.instance_region(instance(true, "sh", "vpc-1"), tunnel())), "RegionMismatch backend.tunnel");
  EXPECT_EQ(refusal(kRules.instance_vpc(instance(true, "gz", "vpc-2"), tunnel())), "VpcMismatch backend.tunnel");
  EXPECT_EQ(refusal(kRules.instance_vpc(instance(true, "gz", "vpc-1"), tunnel())), "");
}

TEST(Admission, EveryWrongApiFieldIsNamed) {
  const auto with = [](auto change) {
    Api wrong = api();
    change(wrong);
    return refusal(kRules.fields(wrong));
  };
  EXPECT_EQ(with([](Api&) {}), "");
  EXPECT_EQ(with([](Api& a) { a.frontend.method = "get"; }), "InvalidValue frontend.method");
  EXPECT_EQ(with([](Api& a) { a.frontend.path = "x"; }), "InvalidValue frontend.path");
  EXPECT_EQ(with([](Api& a) { a.frontend.path = "/x?y"; }), "InvalidValue frontend.path");
  EXPECT_EQ(with([](Api& a) { a.backend_type = "http"; }), "InvalidValue backend.type");
  EXPECT_EQ(with([](Api& a) { a.tunnel_type = "cvm"; }), "InvalidValue backend.tunnelType");
  EXPECT_EQ(with([](Api& a) { a.tunnel = TunnelId(); }), "InvalidValue backend.tunnel");
  EXPECT_EQ(with([](Api& a) { a.backend_path = "y"; }), "InvalidValue backend.path");
  EXPECT_EQ(with([](Api& a) { a.timeout = std::chrono::milliseconds(0); }), "InvalidValue timeout");
  EXPECT_EQ(with([](Api& a) { a.timeout = kApiTimeoutMax; }), "");
  EXPECT_EQ(with([](Api& a) { a.timeout = kApiTimeoutMax + std::chrono::milliseconds(1); }), "InvalidValue timeout");
}

}  // namespace
}  // namespace plumbline::gateway
