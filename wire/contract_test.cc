#include "wire/contract.h"

#include <gtest/gtest.h>

namespace plumbline::wire {
namespace {

using nlohmann::json;

Tunnel full_tunnel() {
  Tunnel tunnel;
  tunnel.name = "to-httpbin";
  tunnel.region = RegionId("ap-guangzhou");
  tunnel.vpc = VpcId("vpc-1");
  tunnel.services.push_back(
      {"row", {ClusterId("cls-1"), "default", "httpbin"}, Port{8000}, Weight{5}, {{"version", "v1"}}});
  tunnel.scheme = Scheme::kHttps;
  tunnel.host = "httpbin.example.com";
  tunnel.tags = {{"team", "edge"}};
  tunnel.retries = 2;
  return tunnel;
}

TEST(ContractTunnel, EveryFieldSurvivesTheRoundTrip) {
  const Result<Tunnel> back = tunnel_from_json(to_json(full_tunnel()));
  ASSERT_TRUE(back.has_value()) << back.error();
  EXPECT_EQ(*back, full_tunnel());
}

TEST(ContractTunnel, ModifyKeepsWhatItDoesNotName) {
  const Result<Tunnel> back = tunnel_from_json(json{{"name", "renamed"}}, full_tunnel());
  ASSERT_TRUE(back.has_value()) << back.error();
  EXPECT_EQ(back->name, "renamed");
  EXPECT_EQ(back->services, full_tunnel().services);
  EXPECT_EQ(back->host, full_tunnel().host);
}

TEST(ContractTunnel, AWrongTypeNamesItsField) {
  json params = to_json(full_tunnel());
  params["services"][0]["port"] = "http";
  const Result<Tunnel> back = tunnel_from_json(params);
  ASSERT_FALSE(back.has_value());
  EXPECT_EQ(back.error().reason, Reason::kInvalidValue);
  EXPECT_EQ(back.error().field, "services[0].port");
}

TEST(ContractTunnel, APortBeyond16BitsIsRefusedNotWrapped) {
  json params = to_json(full_tunnel());
  params["services"][0]["port"] = 65536 + 80;
  ASSERT_FALSE(tunnel_from_json(params).has_value());
  params["services"][0]["port"] = -1;
  ASSERT_FALSE(tunnel_from_json(params).has_value());
}

TEST(ContractTunnel, AnythingButAnObjectIsRefused) {
  for (const json& params : {json(nullptr), json(3), json::array(), json("x")}) {
    EXPECT_FALSE(tunnel_from_json(params).has_value()) << params;
  }
}

TEST(ContractApi, EveryFieldSurvivesTheRoundTrip) {
  Api api;
  api.api_service = ApiServiceId("service-1");
  api.name = "get";
  api.frontend = {"GET", "/get", PathMatch::kExact};
  api.tunnel = TunnelId("tunnel-1");
  api.backend_path = "/anything";
  api.timeout = std::chrono::milliseconds(2500);
  api.response = {"JSON", "fine", "sorry", {{502, "bad", "the Pod is gone"}}};
  const Result<Api> back = api_from_json(to_json(api));
  ASSERT_TRUE(back.has_value()) << back.error();
  EXPECT_EQ(*back, api);
}

TEST(ContractHello, EveryFieldSurvivesTheRoundTrip) {
  Hello hello;
  hello.region = RegionId("ap-guangzhou");
  hello.instances = {
      {InstanceId("instance-1"), "dedicated", RegionId("ap-guangzhou"), VpcId("vpc-1"), "10.0.255.10", true}};
  hello.listen = {{"10.0.255.10", 80, 443}};
  hello.pod_ca_pem = "pem";
  hello.cloud_endpoint = "http://169.254.0.23";
  hello.principals = {{"owner", "AKID", "SK"}};
  hello.clusters = {{ClusterId("cls-1"), "/tmp/cls-1.yaml"}};
  hello.work_dir = "/tmp";
  hello.seed = 42;
  const Result<Hello> back = hello_from_json(to_json(hello));
  ASSERT_TRUE(back.has_value()) << back.error();
  EXPECT_EQ(to_json(*back), to_json(hello));
}

TEST(Nesting, IsCountedUpToTheLimitAndOutsideOfTexts) {
  EXPECT_FALSE(nested_deeper_than(R"([{"a":[1]}, [], {}])", 3));
  EXPECT_TRUE(nested_deeper_than(R"([{"a":[1]}, [], {}])", 2));
  EXPECT_FALSE(nested_deeper_than(R"(["[[[\"", "\\", "[\\\"["])", 1));
  EXPECT_FALSE(nested_deeper_than("]]]]no JSON\"[[[", 1));
}

TEST(ContractError, ReasonFieldAndObjectSurvive) {
  const Error error{Reason::kLimitExceeded, "21 services, at most 20", "services", "tunnel-1"};
  EXPECT_EQ(error_from_json(error_to_json(error)), error);
}

TEST(ContractError, AMessageThatIsNoTextIsNone) {
  EXPECT_EQ(error_from_json(json{{"code", -32000}, {"message", 5}}).text, "");
}

TEST(ContractError, AnUnknownReasonIsKeptApart) {
  EXPECT_EQ(error_from_json(json{{"message", "x"}, {"data", {{"reason", "Whatever"}}}}).reason, Reason::kInternal);
  EXPECT_EQ(error_from_json(json("nonsense")).reason, Reason::kInternal);
}

}  // namespace
}  // namespace plumbline::wire
