#include "reference/core/admission/catalogue.h"

#include <gtest/gtest.h>

namespace plumbline::gateway {
namespace {

struct Configured {
  Catalogue catalogue;
  TunnelId tunnel;
  ApiServiceId service;
  ApiId api;
};

Configured configured() {
  Configured made;
  Tunnel tunnel;
  tunnel.name = "t";
  made.tunnel = made.catalogue.add(tunnel);
  made.service = made.catalogue.add(ApiService{"s", InstanceId("i"), {}});
  Api api;
  api.api_service = made.service;
  api.tunnel = made.tunnel;
  api.frontend.path = "/a";
  made.api = made.catalogue.add(api);
  return made;
}

TEST(Catalogue, WhatIsUsedCannotBeRemoved) {
  Configured made = configured();
  EXPECT_EQ(made.catalogue.remove(made.tunnel).error().reason, Reason::kInUse);
  EXPECT_EQ(made.catalogue.remove(made.service).error().reason, Reason::kInUse);
  EXPECT_TRUE(made.catalogue.remove(made.api));
  EXPECT_TRUE(made.catalogue.remove(made.service));
  EXPECT_TRUE(made.catalogue.remove(made.tunnel));
  EXPECT_EQ(made.catalogue.remove(made.tunnel).error().reason, Reason::kNotFound);
}

TEST(Catalogue, AReleaseThatStillUsesATunnelKeepsIt) {
  Configured made = configured();
  made.catalogue.release(made.api, "release");
  Api moved = *made.catalogue.find(made.api);
  moved.tunnel = made.catalogue.add(Tunnel{});
  made.catalogue.replace(made.api, moved);
  EXPECT_EQ(made.catalogue.remove(made.tunnel).error().reason, Reason::kInUse);
  made.catalogue.release(made.api, "release");
  EXPECT_TRUE(made.catalogue.remove(made.tunnel));
}

TEST(Catalogue, ServesWhatWasReleasedUntilItIsReleasedAgain) {
  Configured made = configured();
  EXPECT_FALSE(made.catalogue.served(made.api));
  made.catalogue.release(made.api, "test");
  Api changed = *made.catalogue.find(made.api);
  changed.frontend.path = "/b";
  made.catalogue.replace(made.api, changed);
  EXPECT_EQ(made.catalogue.served(made.api)->frontend.path, "/a");
  made.catalogue.release(made.api, "release");
  EXPECT_EQ(made.catalogue.served(made.api)->frontend.path, "/b");
  EXPECT_TRUE(made.catalogue.unrelease(made.api, "release"));
  EXPECT_FALSE(made.catalogue.unrelease(made.api, "release"));
  EXPECT_EQ(made.catalogue.served(made.api)->frontend.path, "/a");
}

TEST(Catalogue, IdsAreNeverUsedTwice) {
  Configured made = configured();
  ASSERT_TRUE(made.catalogue.remove(made.api));
  EXPECT_NE(made.catalogue.add(Api{}), made.api);
}

}  // namespace
}  // namespace plumbline::gateway
