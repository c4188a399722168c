#include "reference/control/kube_codec.h"

#include <gtest/gtest.h>

namespace plumbline::gateway {
namespace {

using nlohmann::json;

TEST(KubeCodec, ReadsTheDocumentsService) {
  const auto object = read_object(Resource::kServices, json::parse(R"({
    "metadata":{"name":"httpbin","namespace":"web","uid":"u"},
    "spec":{"clusterIP":"10.0.240.1","selector":{"app":"httpbin"},
            "ports":[{"name":"http","port":8000,"targetPort":80,"nodePort":30000},{"port":90},
                     {"port":91,"targetPort":"admin"}]},
    "status":{"loadBalancer":{"ingress":[{"ip":"10.0.252.1"}]}}})"));
  ASSERT_TRUE(object);
  const auto& service = std::get<ServiceObject>(*object);
  EXPECT_EQ(service.name, (KubeName{"web", "httpbin"}));
  EXPECT_EQ(service.selector, (Labels{{"app", "httpbin"}}));
  ASSERT_EQ(service.ports.size(), 3u);
  EXPECT_EQ(service.ports[0], (ServicePort{"http", 8000, std::uint16_t{80}, 30000}));
  EXPECT_EQ(service.ports[1].target, (std::variant<std::uint16_t, std::string>(std::uint16_t{90})));
  EXPECT_EQ(std::get<std::string>(service.ports[2].target), "admin");
  EXPECT_EQ(service.load_balancer, std::vector<std::string>{"10.0.252.1"});
}

TEST(KubeCodec, ReadsAPodsStateAndPorts) {
  const auto object = read_object(Resource::kPods, json::parse(R"({
    "metadata":{"name":"p","namespace":"web","uid":"u","labels":{"app":"x"},"deletionTimestamp":"2026-01-01T00:00:00Z"},
    "spec":{"nodeName":"n","containers":[{"ports":[{"name":"http","containerPort":80},{"containerPort":81}]}]},
    "status":{"podIP":"10.0.16.1","phase":"Running",
              "conditions":[{"type":"Initialized","status":"False"},{"type":"Ready","status":"True"}]}})"));
  ASSERT_TRUE(object);
  const auto& pod = std::get<PodObject>(*object);
  EXPECT_TRUE(pod.ready);
  EXPECT_TRUE(pod.terminating);
  EXPECT_FALSE(pod.finished);
  EXPECT_EQ(pod.ports, (std::vector<NamedPort>{{"http", 80}}));
}

TEST(KubeCodec, ReadsEndpointsReadyAndNot) {
  const auto object = read_object(Resource::kEndpoints, json::parse(R"({
    "metadata":{"name":"s","namespace":"web"},
    "subsets":[{"addresses":[{"ip":"10.0.16.1","targetRef":{"kind":"Pod","name":"p"}}],
                "notReadyAddresses":[{"ip":"10.0.16.2"}],"ports":[{"port":80}]}]})"));
  ASSERT_TRUE(object);
  const auto& subset = std::get<EndpointsObject>(*object).subsets.at(0);
  EXPECT_EQ(subset.addresses, (std::vector<EndpointAddress>{{"10.0.16.1", "p", true}, {"10.0.16.2", "", false}}));
}

TEST(KubeCodec, ListsNeedAVersion) {
  EXPECT_FALSE(read_list(Resource::kPods, R"({"items":[]})"));
  EXPECT_FALSE(read_list(Resource::kPods, "rubbish"));
  const auto list = read_list(
      Resource::kPods, R"({"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"p"}},{"metadata":{}}]})");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->resource_version, "7");
  EXPECT_EQ(list->objects.size(), 1u);
}

TEST(KubeCodec, ReadsWatchEvents) {
  const auto type_of = [](const char* line) { return read_event(Resource::kPods, line).type; };
  EXPECT_EQ(type_of(R"({"type":"ADDED","object":{"metadata":{"name":"p","resourceVersion":"8"}}})"),
            WatchEvent::Type::kPut);
  EXPECT_EQ(type_of(R"({"type":"DELETED","object":{"metadata":{"name":"p","resourceVersion":"8"}}})"),
            WatchEvent::Type::kDelete);
  EXPECT_EQ(type_of(R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"8"}}})"),
            WatchEvent::Type::kBookmark);
  EXPECT_EQ(read_event(Resource::kPods, R"({"type":"ERROR","object":{"code":410}})").code, 410);
  for (const char* wrong :
       {"", "{", "[]", R"({"type":"ADDED"})", R"({"type":"ADDED","object":{"metadata":{"name":"p"}}})",
        R"({"type":"OTHER","object":{"metadata":{"name":"p","resourceVersion":"8"}}})"}) {
    EXPECT_EQ(type_of(wrong), WatchEvent::Type::kError) << wrong;
  }
}

TEST(KubeCodec, TheGrantedRoleIsTheDocumentedOne) {
  const json role = cluster_role_manifest();
  EXPECT_EQ(role["rules"][0]["resources"], json::parse(R"(["services","namespaces","endpoints","nodes","pods"])"));
  EXPECT_EQ(role["rules"][0]["verbs"], json::parse(R"(["get","list","watch"])"));
  EXPECT_EQ(role.dump().find("endpointslices"), std::string::npos);
  EXPECT_EQ(binding_manifest()["roleRef"]["name"], "apigw-ingress-clusterrole");
  EXPECT_EQ(token_secret_manifest("x")["metadata"]["annotations"]["kubernetes.io/service-account.name"],
            "apigw-ingress");
}

}  // namespace
}  // namespace plumbline::gateway
