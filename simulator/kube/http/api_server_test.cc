#include "simulator/kube/http/api_server.h"

#include <algorithm>

#include "simulator/kube/http/fixture.h"

namespace plumbline::kube {
namespace {

TEST_F(ApiServerTest, CreatesReadsListsChangesAndDeletes) {
  const std::string one = std::string(kMaps) + "/a";
  EXPECT_EQ(json("POST", kMaps, map("a"))["@code"], Value(201));
  EXPECT_EQ(json("POST", kMaps, map("a"))["@code"], Value(409));
  EXPECT_EQ(json("GET", one)["metadata"]["name"], "a");
  const Value list = json("GET", kMaps);
  EXPECT_EQ(list["kind"], "ConfigMapList");
  EXPECT_EQ(list["items"].size(), 1U);
  EXPECT_EQ(list["metadata"]["resourceVersion"], std::to_string(store_.resource_version()));
  Value changed = json("GET", one);
  changed.erase("@code");
  changed["data"]["k"] = "v";
  EXPECT_EQ(json("PUT", one, to_text(changed))["data"]["k"], "v");
  EXPECT_EQ(json("PUT", one, to_text(changed))["@code"], Value(409));
  EXPECT_EQ(json("PATCH", one, R"({"data":{"k":null}})", "application/merge-patch+json")["@code"], Value(200));
  const Value deleted = json("DELETE", one);
  EXPECT_EQ(deleted["status"], "Success");
  EXPECT_EQ(deleted["details"]["uid"], changed["metadata"]["uid"]);
  EXPECT_EQ(json("GET", one)["message"], "configmaps \"a\" not found");
}

TEST_F(ApiServerTest, OverAllNamespacesThereIsOnlyReading) {
  json("POST", kMaps, map("a"));
  EXPECT_EQ(json("DELETE", "/api/v1/configmaps")["@code"], Value(405));
  EXPECT_EQ(json("POST", "/api/v1/configmaps", map("b"))["@code"], Value(405));
  EXPECT_EQ(store_.count(KindId::kConfigMap), 1U);
}

TEST_F(ApiServerTest, ANegativeLimitIsNone) {
  json("POST", kMaps, map("a"));
  json("POST", kMaps, map("b"));
  EXPECT_EQ(json("GET", std::string(kMaps) + "?limit=-1")["items"].size(), 2U);
  EXPECT_EQ(json("GET", std::string(kMaps) + "?limit=x")["@code"], Value(400));
}

TEST_F(ApiServerTest, NamespacesThatEachClusterHasStay) {
  json("POST", "/api/v1/namespaces", R"({"metadata":{"name":"default"}})");
  EXPECT_EQ(json("DELETE", "/api/v1/namespaces/default")["message"],
            "namespaces \"default\" is forbidden: this namespace may not be deleted");
}

TEST_F(ApiServerTest, APodIsBoundToANodeAndByItsName) {
  const std::string pods = "/api/v1/namespaces/web/pods", binding = pods + "/p/binding";
  ASSERT_EQ(
      json("POST", pods, R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}})")["@code"],
      Value(201));
  EXPECT_EQ(json("POST", binding, R"({"metadata":{"name":"q"},"target":{"name":"n"}})")["message"],
            "name in URL does not match name in Binding object");
  EXPECT_EQ(json("POST", binding, R"({"target":{"kind":"Service","name":"n"}})")["message"],
            "target.kind: Unsupported value: \"Service\": supported values: \"Node\", \"<empty>\"");
  EXPECT_EQ(json("GET", pods + "/p")["spec"]["nodeName"], Value());
}

TEST_F(ApiServerTest, NobodyGivesRightsThatHeHasNot) {
  const std::string roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/web/roles";
  const auto role = [](const std::string& verb) {
    return R"({"metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":[")" + verb + R"("]}]})";
  };
  ASSERT_TRUE(store_.create(KindId::kRole, value_of(R"({"metadata":{"name":"maker","namespace":"web"},"rules":[
    {"apiGroups":["rbac.authorization.k8s.io"],"resources":["roles"],"verbs":["create","update","patch"]},
    {"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]})")));
  ASSERT_TRUE(store_.create(KindId::kRoleBinding, value_of(R"({"metadata":{"name":"maker","namespace":"web"},
    "roleRef":{"kind":"Role","name":"maker"},"subjects":[{"kind":"User","name":"jane"}]})")));
  user_ = User{"jane", {}};
  EXPECT_EQ(json("POST", roles, role("delete"))["@code"], Value(403));
  EXPECT_EQ(json("POST", roles, role("get"))["@code"], Value(201));
  EXPECT_EQ(json("PUT", roles + "/r", role("delete"))["@code"], Value(403));
  EXPECT_EQ(json("PATCH", roles + "/r", R"({"rules":[]})", "application/merge-patch+json")["@code"], Value(200));
  EXPECT_EQ(json("PATCH", roles + "/r", role("delete"), "application/merge-patch+json")["@code"], Value(403));
  EXPECT_EQ(json("PATCH", roles + "/s?fieldManager=m",
                 R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"s"},"rules":[
                   {"apiGroups":[""],"resources":["pods"],"verbs":["delete"]}]})",
                 "application/apply-patch+yaml")["@code"],
            Value(403));
}

TEST_F(ApiServerTest, EveryKindOfRightsIsLookedAt) {
  ASSERT_TRUE(store_.create(KindId::kClusterRole, value_of(R"({"metadata":{"name":"deleter"},"rules":[
    {"apiGroups":[""],"resources":["pods"],"verbs":["delete"]}]})")));
  ASSERT_TRUE(store_.create(KindId::kClusterRoleBinding, value_of(R"({"metadata":{"name":"maker"},
    "roleRef":{"kind":"ClusterRole","name":"scribe"},"subjects":[{"kind":"User","name":"jane"}]})")));
  ASSERT_TRUE(store_.create(KindId::kClusterRole, value_of(R"({"metadata":{"name":"scribe"},"rules":[
    {"apiGroups":["rbac.authorization.k8s.io"],"resources":["roles","clusterroles","rolebindings","clusterrolebindings"],
     "verbs":["create"]}]})")));
  user_ = User{"jane", {}};
  const std::string group = "/apis/rbac.authorization.k8s.io/v1/";
  const std::string rules =
      R"({"metadata":{"name":"x"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]})";
  const std::string bound =
      R"({"metadata":{"name":"x"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"deleter"}})";
  for (const auto& [path, body] : {std::pair("namespaces/web/roles", rules),
                                   {"clusterroles", rules},
                                   {"namespaces/web/rolebindings", bound},
                                   {"clusterrolebindings", bound}})
    EXPECT_EQ(json("POST", group + path, body)["@code"], Value(403)) << path;
}

TEST_F(ApiServerTest, ATableSkipsWhatIsOfAnotherType) {
  EXPECT_EQ(json("POST", "/api/v1/namespaces/web/services",
                 R"({"metadata":{"name":"s"},"spec":{"externalIPs":[7,"192.0.2.1"],"ports":[{"port":80}]}})")["@code"],
            Value(400));
  ASSERT_TRUE(store_.create(KindId::kService, value_of(R"({"metadata":{"name":"s","namespace":"web"},
    "spec":{"externalIPs":[7,"192.0.2.1"],"ports":[{"port":80}]}})")));
  const Value table = json("GET", "/api/v1/services", "", "", "application/json;as=Table;v=v1;g=meta.k8s.io");
  EXPECT_EQ(table["rows"][0]["cells"][3], "192.0.2.1");
}

TEST_F(ApiServerTest, ListsBySelectors) {
  json("POST", kMaps, map("a", R"({"app":"x"})"));
  json("POST", kMaps, map("b", R"({"app":"y"})"));
  EXPECT_EQ(json("GET", std::string(kMaps) + "?labelSelector=app%3Dx")["items"].size(), 1U);
  EXPECT_EQ(json("GET", std::string(kMaps) + "?labelSelector=app%20in%20(x,y)")["items"].size(), 2U);
  EXPECT_EQ(json("GET", std::string(kMaps) + "?fieldSelector=metadata.name%3Db")["items"].front()["metadata"]["name"],
            "b");
  EXPECT_EQ(json("GET", "/api/v1/configmaps?fieldSelector=metadata.name%3Db")["items"].size(), 1U);
  EXPECT_EQ(json("GET", std::string(kMaps) + "?labelSelector=(")["@code"], Value(400));
  EXPECT_EQ(json("GET", std::string(kMaps) + "?fieldSelector=data.x%3D1")["@code"], Value(400));
  EXPECT_EQ(json("DELETE", std::string(kMaps) + "?labelSelector=app%3Dx")["items"].size(), 1U);
  EXPECT_EQ(store_.count(KindId::kConfigMap), 1U);
}

// Writers write at random while readers list, watch from there, and follow; each must end with what the store has.
TEST_F(ApiServerTest, RefusesInTheStandardWords) {
  user_ = User{"joe", {}};
  const Value denied = json("GET", "/api/v1/namespaces/web/pods");
  EXPECT_EQ(denied["@code"], Value(403));
  EXPECT_EQ(denied["kind"], "Status");
  EXPECT_EQ(denied["reason"], "Forbidden");
  EXPECT_EQ(denied["message"],
            "pods is forbidden: User \"joe\" cannot list resource \"pods\" in API group \"\" in the namespace \"web\"");
  user_.reset();
  EXPECT_EQ(json("GET", "/api/v1/pods")["@code"], Value(403));
  HttpRequest request;
  request.method = "GET";
  request.target = "/api/v1/pods";
  request.authorization = "Bearer nonsense";
  EXPECT_EQ(std::get<HttpResponse>(api_.handle(request)).code, 401);
}

TEST_F(ApiServerTest, AuditTellsOfEveryRequestAndOfWatchesAtTheirStart) {
  json("POST", kMaps, map("a"));
  const auto stream = watch(std::string(kMaps) + "?watch=true");
  json("GET", "/api/v1/namespaces/web/services/s/proxy/x");
  user_ = User{"joe", {}};
  json("GET", "/api/v1/namespaces/web/pods/p/proxy");
  EXPECT_EQ(audit_, (std::vector<std::string>{"root create configmaps 201", "root watch configmaps 200",
                                              "root get services/proxy 503", "joe get pods/proxy 403"}));
}

TEST_F(ApiServerTest, ScaleSubresourceReadsAndWrites) {
  const std::string deployments = "/apis/apps/v1/namespaces/web/deployments";
  json("POST", deployments, R"({"metadata":{"name":"d"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"x"}},
    "template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}})");
  Value scale = json("GET", deployments + "/d/scale");
  EXPECT_EQ(scale["kind"], "Scale");
  EXPECT_EQ(scale["spec"]["replicas"], Value(2));
  EXPECT_EQ(scale["status"]["selector"], "app=x");
  EXPECT_EQ(json("PATCH", deployments + "/d/scale", R"({"spec":{"replicas":4}})",
                 "application/merge-patch+json")["spec"]["replicas"],
            Value(4));
  EXPECT_EQ(json("PUT", deployments + "/d/scale", to_text(scale))["@code"], Value(409));
  for (const char* none : {"2147483648", "2.5", "1e300", "\"2\""}) {
    const std::string body = R"({"metadata":{"name":"d"},"spec":{"replicas":)" + std::string(none) + "}}";
    EXPECT_EQ(json("PUT", deployments + "/d/scale", body)["@code"], Value(400)) << none;
    EXPECT_EQ(json("PATCH", deployments + "/d/scale", body, "application/merge-patch+json")["@code"], Value(422))
        << none;
  }
  EXPECT_EQ(
      json("PUT", deployments + "/d/scale", R"({"metadata":{"name":"d"},"spec":{"replicas":2.5}})")["message"],
      "Scale in version \"v1\" cannot be handled as a Scale: json: cannot unmarshal number 2.5 into Go struct field "
      "ScaleSpec.spec.replicas of type int32");
  EXPECT_EQ(
      json("PATCH", deployments + "/d/scale", R"({"spec":{"replicas":-1}})", "application/merge-patch+json")["message"],
      "Scale.autoscaling \"d\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0");
  EXPECT_EQ(json("PUT", deployments + "/d/scale", R"({"metadata":{"name":"e"},"spec":{"replicas":1}})")["message"],
            "the name of the object (e) does not match the name on the URL (d)");
  EXPECT_EQ(json("GET", deployments + "/d")["spec"]["replicas"], Value(4));
}

TEST_F(ApiServerTest, TokenRequestGivesATokenThatWorks) {
  ASSERT_TRUE(operations_.create(KindId::kServiceAccount, "web", {{"metadata", {{"name", "robot"}}}}));
  const Value token = json("POST", "/api/v1/namespaces/web/serviceaccounts/robot/token", "{}");
  ASSERT_EQ(token["@code"], Value(201));
  EXPECT_EQ(token.at("spec.audiences"), Value::array({"https://kubernetes.default.svc.cluster.local"}));
  HttpRequest request;
  request.method = "GET";
  request.target = "/api";
  request.authorization = "Bearer " + token.at("status.token").string();
  EXPECT_EQ(std::get<HttpResponse>(api_.handle(request)).code, 200);
  const std::string path = "/api/v1/namespaces/web/serviceaccounts/robot/token";
  for (const char* beyond : {"4294967297", "9223372036854775807", "18446744073709551615", "1e300"}) {
    const Value refused = json("POST", path, std::string(R"({"spec":{"expirationSeconds":)") + beyond + "}}");
    EXPECT_EQ(refused["@code"], Value(422)) << beyond;
    EXPECT_TRUE(refused["message"].string().ends_with("may not specify a duration larger than 2^32 seconds")) << beyond;
  }
  EXPECT_EQ(json("POST", path, R"({"spec":{"expirationSeconds":599}})")["message"],
            "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: 599: may not "
            "specify a duration less than 10 minutes");
  EXPECT_EQ(json("POST", path, R"({"spec":{"expirationSeconds":600}})").at("status.expirationTimestamp"),
            "2001-09-09T01:56:40Z");
  const Value longest = json("POST", path, R"({"spec":{"expirationSeconds":4294967296}})");
  EXPECT_EQ(longest["spec"]["expirationSeconds"], Value(std::int64_t{1} << 32));
  EXPECT_EQ(longest["status"]["expirationTimestamp"], "2137-10-16T08:14:56Z");
}

TEST_F(ApiServerTest, AccessReviewAnswersForTheCaller) {
  const std::string path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  const std::string review = R"({"spec":{"resourceAttributes":{"verb":"list","resource":"pods","namespace":"web"}}})";
  EXPECT_EQ(json("POST", path, review)["status"]["allowed"], Value(true));
  user_ = User{"joe", {}};
  EXPECT_EQ(json("POST", path, review)["status"]["allowed"], Value(false));
}

TEST_F(ApiServerTest, TablesPrintWhatKubectlShows) {
  json("POST", "/api/v1/namespaces/web/services", R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":8000}]}})");
  const Value table = json("GET", "/api/v1/namespaces/web/services", "", "",
                           "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
  EXPECT_EQ(table["kind"], "Table");
  EXPECT_EQ(table["columnDefinitions"][4]["name"], "Port(s)");
  EXPECT_EQ(table["rows"][0]["cells"][2], "10.0.240.1");
  EXPECT_EQ(table["rows"][0]["cells"][4], "8000/TCP");
  EXPECT_EQ(table["rows"][0]["object"]["kind"], "PartialObjectMetadata");
}

TEST_F(ApiServerTest, BadRequestsAreRefusedPlainly) {
  EXPECT_EQ(json("POST", kMaps, "{")["@code"], Value(400));
  EXPECT_EQ(json("POST", kMaps, std::string(200, '[') + std::string(200, ']'))["@code"], Value(400));
  EXPECT_EQ(json("POST", kMaps, map("a"), "application/vnd.kubernetes.protobuf")["@code"], Value(400));
  EXPECT_EQ(json("POST", kMaps, map("a"), "text/plain")["@code"], Value(415));
  EXPECT_EQ(json("POST", kMaps, "{a", "application/yaml")["@code"], Value(400));
  EXPECT_EQ(json("GET", kMaps, "", "", "application/vnd.kubernetes.protobuf")["@code"], Value(406));
  EXPECT_EQ(json("PATCH", std::string(kMaps) + "/a", "{}", "application/json")["@code"], Value(415));
  EXPECT_EQ(json("PATCH", std::string(kMaps) + "/a", "{}", "application/apply-patch+yaml")["message"],
            "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
  EXPECT_EQ(json("PUT", kMaps, "{}")["@code"], Value(405));
  EXPECT_EQ(json("GET", "/apis/apps/v1/namespaces/web/widgets")["@code"], Value(404));
  EXPECT_EQ(json("GET", std::string(kMaps) + "?resourceVersion=x")["@code"], Value(400));
  const Value watched = json("GET", std::string(kMaps) + "?watch=1&resourceVersion=x");
  EXPECT_EQ(watched["@code"], Value(500));
  EXPECT_EQ(watched["message"],
            "resourceVersion: Invalid value: \"x\": strconv.ParseUint: parsing \"x\": invalid syntax");
}

TEST_F(ApiServerTest, WhatIsNoTextIsRefusedInText) {
  const Value refused = json("POST", kMaps, "{\"a\xE9\":1}");
  EXPECT_EQ(refused["@code"], Value(400));
  EXPECT_TRUE(refused["message"].string().ends_with("({\"a\xEF\xBF\xBD\":1})")) << refused["message"].string();
  const Value missing = json("GET", std::string(kMaps) + "/%FF");
  EXPECT_EQ(missing["message"], "configmaps \"\xEF\xBF\xBD\" not found");
}

TEST_F(ApiServerTest, DiscoveryNamesEveryKind) {
  const Value core = json("GET", "/api/v1"), apps = json("GET", "/apis/apps/v1");
  EXPECT_EQ(core["groupVersion"], "v1");
  EXPECT_EQ(apps["resources"][0]["shortNames"][0], "deploy");
  EXPECT_EQ(apps["resources"][0]["categories"][0], "all");
  EXPECT_EQ(json("GET", "/apis")["groups"].size(), 9U);
  EXPECT_EQ(json("GET", "/version")["major"], "1");
  for (const Kind* kind : store_.registry().served()) {
    const std::string path = kind->group.empty() ? "/openapi/v3/api/v1" : "/openapi/v3/apis/" + kind->api_version();
    const Value document = json("GET", path);
    const auto paths = document["paths"].fields();
    const bool named = std::any_of(paths.begin(), paths.end(), [&kind](const Member& item) {
      return item.value["patch"]["x-kubernetes-group-version-kind"]["kind"] == kind->name;
    });
    EXPECT_TRUE(named) << kind->name;
  }
}

TEST_F(ApiServerTest, ImpersonationActsAsSomebodyElse) {
  acts_as_ = "system:serviceaccount:web:robot";
  EXPECT_EQ(json("GET", kMaps)["message"],
            "configmaps is forbidden: User \"system:serviceaccount:web:robot\" cannot list resource \"configmaps\" in "
            "API group \"\" in the namespace \"web\"");
  const Value review = json("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}");
  EXPECT_EQ(review.at("status.userInfo.groups"),
            Value::array({"system:serviceaccounts", "system:serviceaccounts:web", "system:authenticated"}));
  acts_as_ = "joe";
  acts_in_ = {"system:masters"};
  EXPECT_EQ(json("GET", kMaps)["@code"], Value(200));
}

TEST_F(ApiServerTest, RightsInANamespaceReachNothingBeyondIt) {
  EXPECT_EQ(json("GET", "/api/v1/namespaces/web/nodes")["@code"], Value(404));
  EXPECT_EQ(json("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/web/clusterrolebindings",
                 R"({"metadata":{"name":"x"},"roleRef":{"kind":"ClusterRole","name":"cluster-admin"}})")["@code"],
            Value(404));
  EXPECT_EQ(json("GET", "/api/v1/namespaces/web")["@code"], Value(200));
}

TEST_F(ApiServerTest, WhoMayOnlyReadIsToldWhy) {
  (void)json("POST", kMaps, R"({"metadata":{"name":"a"}})");
  api_.refuse_writes("it is a museum");
  const std::string a = std::string(kMaps) + "/a";
  const std::uint64_t before = store_.resource_version();
  EXPECT_EQ(json("POST", kMaps, R"({"metadata":{"name":"b"}})")["@code"], Value(403));
  EXPECT_EQ(json("PUT", a, R"({"metadata":{"name":"a"},"data":{"x":"y"}})")["@code"], Value(403));
  EXPECT_EQ(json("DELETE", kMaps)["@code"], Value(403));
  EXPECT_EQ(json("DELETE", a)["message"], Value("configmaps \"a\" is forbidden: it is a museum"));
  EXPECT_EQ(store_.resource_version(), before);
  EXPECT_EQ(json("GET", a)["@code"], Value(200));
  EXPECT_EQ(json("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}")["@code"], Value(201));
  const auto may = [&](const std::string& verb, const std::string& group, const std::string& resource) {
    return json(
        "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        to_text({{"spec",
                  {{"resourceAttributes",
                    {{"verb", verb}, {"group", group}, {"resource", resource}, {"namespace", "web"}}}}}}))["status"];
  };
  EXPECT_EQ(may("create", "", "configmaps"),
            (Value{{"allowed", false}, {"denied", true}, {"reason", "it is a museum"}}));
  for (const char* verb : {"get", "list", "watch"}) EXPECT_EQ(may(verb, "", "configmaps"), Value({{"allowed", true}}));
  EXPECT_EQ(may("impersonate", "", "users"), Value({{"allowed", true}})) << "it writes nothing";
  EXPECT_EQ(may("create", "authorization.k8s.io", "selfsubjectaccessreviews"), Value({{"allowed", true}}));
}

TEST_F(ApiServerTest, AWatchMayBeginWithAnyNumberOfObjects) {
  for (std::size_t i = 0; i <= kWatchQueueMax; ++i)
    ASSERT_TRUE(
        store_.create(KindId::kConfigMap, {{"metadata", {{"name", "m" + std::to_string(i)}, {"namespace", "web"}}}}));
  const auto stream = watch(std::string(kMaps) + "?watch=true");
  EXPECT_FALSE(stream->ended());
  std::string lines;
  stream->take(lines, std::string::npos);
  EXPECT_EQ(static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n')), kWatchQueueMax + 1);
}

TEST_F(ApiServerTest, ImpersonationIsARight) {
  user_ = User{"jane", {}};
  acts_as_ = "bob";
  EXPECT_EQ(json("GET", kMaps)["message"],
            "users \"bob\" is forbidden: User \"jane\" cannot impersonate resource \"users\" in API group \"\" at the "
            "cluster scope");
  acts_as_ = "system:serviceaccount:a:b";
  EXPECT_EQ(json("GET", kMaps)["message"],
            "serviceaccounts \"b\" is forbidden: User \"jane\" cannot impersonate resource \"serviceaccounts\" in API "
            "group \"\" in the namespace \"a\"");
}

}  // namespace
}  // namespace plumbline::kube
