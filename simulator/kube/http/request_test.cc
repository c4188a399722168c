#include "simulator/kube/http/request.h"

#include <gtest/gtest.h>

namespace plumbline::kube {
namespace {

Target parse(std::string_view target) {
  static const Registry registry;
  return parse_target(target, registry);
}

Attributes asked(const char* method, const char* target) {
  HttpRequest request;
  request.method = method;
  request.target = target;
  return attributes_of(request, parse(target));
}

TEST(Target, ReadsFlagsAsARealApiServerDoes) {
  for (const auto* yes : {"watch=true", "watch=True", "watch=1", "watch=yes", "watch="}) {
    EXPECT_TRUE(parse(std::string("/api/v1/pods?") + yes).flag("watch")) << yes;
  }
  for (const auto* no : {"watch=false", "watch=False", "watch=0", "other=true"}) {
    EXPECT_FALSE(parse(std::string("/api/v1/pods?") + no).flag("watch")) << no;
  }
}

TEST(Target, ReadsResourcePaths) {
  const Target pod = parse("/api/v1/namespaces/web/pods/a%2Db/log?container=c&follow=true");
  ASSERT_TRUE(pod.kind);
  EXPECT_EQ(pod.kind->id, KindId::kPod);
  EXPECT_EQ(pod.space, "web");
  EXPECT_EQ(pod.name, "a-b");
  EXPECT_EQ(pod.subresource, "log");
  EXPECT_EQ(pod.parameter("container"), "c");
  EXPECT_TRUE(pod.flag("follow"));
  const Target scale = parse("/apis/apps/v1/namespaces/web/deployments/d/scale");
  EXPECT_EQ(scale.kind->id, KindId::kDeployment);
  EXPECT_EQ(scale.subresource, "scale");
  const Target proxy = parse("/api/v1/namespaces/web/services/s:80/proxy/a/b");
  EXPECT_EQ(proxy.subresource, "proxy");
  EXPECT_EQ(proxy.proxied, "/a/b");
}

TEST(Target, ReadsNamespacesAsResources) {
  EXPECT_EQ(parse("/api/v1/namespaces").resource, "namespaces");
  EXPECT_EQ(parse("/api/v1/namespaces/web").name, "web");
  EXPECT_EQ(parse("/api/v1/namespaces/web/status").subresource, "status");
  EXPECT_EQ(parse("/api/v1/namespaces/web/pods").resource, "pods");
}

TEST(Target, KnowsWhatIsNoResource) {
  for (const char* path : {"/", "", "/api", "/api/v1", "/apis/apps", "/apis/apps/v1", "/healthz", "*"})
    EXPECT_FALSE(parse(path).resource_request) << path;
  EXPECT_FALSE(parse("/apis/nothing/v1/things").kind);
  EXPECT_TRUE(parse("/apis/nothing/v1/things").resource_request);
}

TEST(Attributes, NameTheVerbsOfRbac) {
  EXPECT_EQ(asked("GET", "/api/v1/pods").verb, "list");
  EXPECT_EQ(asked("GET", "/api/v1/pods?watch=1").verb, "watch");
  EXPECT_EQ(asked("GET", "/api/v1/namespaces/web/pods/a").verb, "get");
  EXPECT_EQ(asked("POST", "/api/v1/namespaces/web/pods").verb, "create");
  EXPECT_EQ(asked("PUT", "/api/v1/namespaces/web/pods/a").verb, "update");
  EXPECT_EQ(asked("PATCH", "/api/v1/namespaces/web/pods/a").verb, "patch");
  EXPECT_EQ(asked("DELETE", "/api/v1/namespaces/web/pods/a").verb, "delete");
  EXPECT_EQ(asked("DELETE", "/api/v1/namespaces/web/pods").verb, "deletecollection");
  EXPECT_EQ(asked("GET", "/healthz").verb, "get");
  EXPECT_EQ(asked("PUT", "/apis/apps/v1/namespaces/web/deployments/d/scale").resource, "deployments/scale");
}

TEST(PercentDecode, LeavesMalformedEscapes) {
  EXPECT_EQ(percent_decode("a%20b+c", false), "a b+c");
  EXPECT_EQ(percent_decode("a%20b+c", true), "a b c");
  EXPECT_EQ(percent_decode("%", false), "%");
  EXPECT_EQ(percent_decode("%2", false), "%2");
  EXPECT_EQ(percent_decode("%zz", false), "%zz");
}

}  // namespace
}  // namespace plumbline::kube
