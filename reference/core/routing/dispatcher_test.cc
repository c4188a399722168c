#include "reference/core/routing/dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace plumbline::gateway {
namespace {

const TunnelId kTunnel{"tunnel-1"};

Endpoint endpoint(const std::string& key) { return {key, "10.0.0.1", 80, {ClusterId("cls-1"), "web", key}}; }

ServiceNodes nodes(std::size_t index, int weight, std::initializer_list<const char*> keys) {
  ServiceNodes service{index, Weight{weight}, {}};
  for (const char* key : keys) service.endpoints.push_back(endpoint(key));
  return service;
}

Route route(const std::string& api, const std::string& method, const std::string& path, PathMatch match) {
  Route route;
  route.api = ApiId(api);
  route.tunnel = kTunnel;
  route.frontend = {method, path, match};
  return route;
}

std::string taken_by(const Dispatcher& dispatcher, std::string_view method, std::string_view path) {
  const Route* found = dispatcher.route(method, path);
  return found == nullptr ? "" : found->api.str();
}

TEST(Dispatcher, Pick_WithoutNodesIsNobody) {
  Dispatcher dispatcher(0, 1, 1);
  EXPECT_EQ(dispatcher.pick(kTunnel, {}, 0), nullptr);
  dispatcher.set_nodes(kTunnel, {nodes(0, 1, {})});
  EXPECT_EQ(dispatcher.pick(kTunnel, {}, 0), nullptr);
}

TEST(Dispatcher, Pick_ServesEachPodByTheWeightOfItsService) {
  Dispatcher dispatcher(0, 1, 1);
  dispatcher.set_nodes(kTunnel, {nodes(0, 3, {"a", "b"}), nodes(1, 1, {"c"})});
  std::map<std::string, int> counts;
  for (int i = 0; i < 70; ++i) ++counts[dispatcher.pick(kTunnel, {}, 0)->key];
  EXPECT_THAT(counts, testing::ElementsAre(testing::Pair("a", 30), testing::Pair("b", 30), testing::Pair("c", 10)));
}

TEST(Dispatcher, Pick_SkipsWhatWasTried) {
  Dispatcher dispatcher(0, 1, 1);
  dispatcher.set_nodes(kTunnel, {nodes(0, 1, {"a"}), nodes(1, 1, {"b"})});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(dispatcher.pick(kTunnel, std::vector<std::string>{"a"}, 0)->key, "b");
  EXPECT_EQ(dispatcher.pick(kTunnel, std::vector<std::string>{"a", "b"}, 0), nullptr);
}

TEST(Dispatcher, SetNodes_DropsServicesThatAreNotListed) {
  Dispatcher dispatcher(0, 1, 1);
  dispatcher.set_nodes(kTunnel, {nodes(0, 1, {"a"}), nodes(1, 1, {"b"})});
  dispatcher.set_nodes(kTunnel, {nodes(1, 1, {"b"})});
  for (int i = 0; i < 4; ++i) EXPECT_EQ(dispatcher.pick(kTunnel, {}, 0)->key, "b");
}

TEST(Dispatcher, SetService_LeavesTheOtherServicesAlone) {
  Dispatcher dispatcher(0, 1, 1);
  dispatcher.set_nodes(kTunnel, {nodes(0, 1, {"a"}), nodes(1, 1, {"b"})});
  dispatcher.set_service(kTunnel, nodes(1, 1, {"c"}));
  std::map<std::string, int> counts;
  for (int i = 0; i < 10; ++i) ++counts[dispatcher.pick(kTunnel, {}, 0)->key];
  EXPECT_THAT(counts, testing::ElementsAre(testing::Pair("a", 5), testing::Pair("c", 5)));
}

TEST(Dispatcher, IsNode_UntilTheLastTunnelLetsGo) {
  Dispatcher dispatcher(0, 1, 1);
  dispatcher.set_nodes(kTunnel, {nodes(0, 1, {"a"}), nodes(1, 1, {"a"})});
  dispatcher.set_nodes(TunnelId("tunnel-2"), {nodes(0, 1, {"a"})});
  dispatcher.drop_tunnel(kTunnel);
  EXPECT_TRUE(dispatcher.is_node("a"));
  EXPECT_EQ(dispatcher.departures(), 0u);
  dispatcher.drop_tunnel(TunnelId("tunnel-2"));
  EXPECT_FALSE(dispatcher.is_node("a"));
  EXPECT_EQ(dispatcher.departures(), 1u);
  EXPECT_EQ(dispatcher.pick(kTunnel, {}, 0), nullptr);
}

TEST(Dispatcher, Route_ExactBeforePrefixAndLongerBeforeShorter) {
  Dispatcher dispatcher(0, 1, 1);
  dispatcher.put_route(route("root", "ANY", "/", PathMatch::kPrefix));
  dispatcher.put_route(route("short", "ANY", "/a", PathMatch::kPrefix));
  dispatcher.put_route(route("long", "ANY", "/a/b/", PathMatch::kPrefix));
  dispatcher.put_route(route("exact", "ANY", "/a/b/c", PathMatch::kExact));
  EXPECT_EQ(taken_by(dispatcher, "GET", "/a/b/c"), "exact");
  EXPECT_EQ(taken_by(dispatcher, "GET", "/a/b/c/"), "long");
  EXPECT_EQ(taken_by(dispatcher, "GET", "/a/b"), "long");
  EXPECT_EQ(taken_by(dispatcher, "GET", "/a/bc"), "short");
  EXPECT_EQ(taken_by(dispatcher, "GET", "/ab"), "root");
  EXPECT_EQ(taken_by(dispatcher, "OPTIONS", "*"), "");
}

TEST(Dispatcher, Route_MethodDecides) {
  Dispatcher dispatcher(0, 1, 1);
  dispatcher.put_route(route("any", "ANY", "/a", PathMatch::kExact));
  dispatcher.put_route(route("post", "POST", "/a", PathMatch::kExact));
  dispatcher.put_route(route("get", "GET", "/b", PathMatch::kExact));
  EXPECT_EQ(taken_by(dispatcher, "POST", "/a"), "post");
  EXPECT_EQ(taken_by(dispatcher, "GET", "/a"), "any");
  EXPECT_EQ(taken_by(dispatcher, "DELETE", "/b"), "");
}

TEST(Dispatcher, Route_DroppedOrReplacedTakesNothingOnTheOldPath) {
  Dispatcher dispatcher(0, 1, 1);
  dispatcher.put_route(route("x", "ANY", "/a", PathMatch::kPrefix));
  dispatcher.put_route(route("x", "ANY", "/b", PathMatch::kPrefix));
  EXPECT_EQ(taken_by(dispatcher, "GET", "/a"), "");
  EXPECT_EQ(taken_by(dispatcher, "GET", "/b"), "x");
  dispatcher.drop_route(ApiId("x"));
  EXPECT_EQ(taken_by(dispatcher, "GET", "/b"), "");
}

TEST(Dispatcher, BackendPath_ReplacesTheMatchedPartOnly) {
  Route prefix = route("x", "ANY", "/a", PathMatch::kPrefix);
  EXPECT_EQ(Dispatcher::backend_path(prefix, "/a/b%2Fc"), "/a/b%2Fc");
  prefix.backend_path = "/new";
  EXPECT_EQ(Dispatcher::backend_path(prefix, "/a/b"), "/new/b");
  EXPECT_EQ(Dispatcher::backend_path(prefix, "/a"), "/new");
  prefix.backend_path = "/";
  EXPECT_EQ(Dispatcher::backend_path(prefix, "/a/b"), "/b");
  EXPECT_EQ(Dispatcher::backend_path(prefix, "/a"), "/");
  prefix.frontend.path = "/";
  prefix.backend_path = "/new/";
  EXPECT_EQ(Dispatcher::backend_path(prefix, "/b"), "/new/b");
  Route exact = route("y", "ANY", "/a", PathMatch::kExact);
  exact.backend_path = "/get";
  EXPECT_EQ(Dispatcher::backend_path(exact, "/a"), "/get");
}

}  // namespace
}  // namespace plumbline::gateway
