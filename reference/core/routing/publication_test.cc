#include "reference/core/routing/publication.h"

#include <gtest/gtest.h>

namespace plumbline::gateway {
namespace {

TEST(Publication, RouteCarriesApiAndTunnel) {
  Tunnel tunnel;
  tunnel.host = "h";
  Api api;
  api.tunnel = TunnelId("t-1");
  api.frontend.path = "/a";
  const auto route = PublicationPolicy().route(ApiId("a-1"), api, tunnel);
  ASSERT_TRUE(route);
  EXPECT_EQ(route->api, ApiId("a-1"));
  EXPECT_EQ(route->tunnel, TunnelId("t-1"));
  EXPECT_EQ(route->frontend.path, "/a");
  EXPECT_EQ(route->host, "h");
  EXPECT_EQ(route->retries, kRetriesDefault);
}

}  // namespace
}  // namespace plumbline::gateway
