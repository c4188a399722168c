#include "simulator/kube/http/api_server.h"

#include <gtest/gtest.h>

#include "simulator/kube/http/discovery.h"

namespace plumbline::kube {
namespace {

class ApiServerTest : public testing::Test {
 protected:
  ApiServerTest() {
    for (auto& [kind, object] : Authorizer::bootstrap_objects()) EXPECT_TRUE(store_.create(kind, std::move(object)));
    EXPECT_TRUE(operations_.create(KindId::kNamespace, "", {{"metadata", {{"name", "web"}}}}));
    api_.on_audit([this](const User& user, const Attributes& asked, const HttpRequest&, int code) {
      audit_.push_back(user.name + " " + asked.verb + " " + asked.resource + " " + std::to_string(code));
    });
  }
  static Store::Options options() {
    Store::Options chosen;
    chosen.watch_window = 50;
    chosen.wall_clock = [] { return std::chrono::system_clock::time_point(std::chrono::seconds(1'000'000'000)); };
    return chosen;
  }
  Reply send(const std::string& method, const std::string& target, const std::string& body = "",
             const std::string& type = "application/json", const std::string& accept = "") {
    HttpRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    request.content_type = type;
    request.accept = accept;
    request.certificate = user_;
    request.impersonate_user = acts_as_;
    request.impersonate_groups = acts_in_;
    return api_.handle(request);
  }
  // The JSON of an ordinary response, with its code in "@code".
  Value json(const std::string& method, const std::string& target, const std::string& body = "",
             const std::string& type = "application/json", const std::string& accept = "") {
    const Reply reply = send(method, target, body, type, accept);
    const auto* response = std::get_if<HttpResponse>(&reply);
    EXPECT_TRUE(response) << "a watch where a response was expected";
    Value parsed = response ? *read_text(response->body, nullptr, false).value : Value();
    if (parsed.is_object()) parsed["@code"] = response->code;
    return parsed;
  }
  std::unique_ptr<WatchStream> watch(const std::string& target) {
    Reply reply = send("GET", target);
    auto* stream = std::get_if<std::unique_ptr<WatchStream>>(&reply);
    EXPECT_TRUE(stream) << target;
    return stream ? std::move(*stream) : nullptr;
  }
  static std::vector<Value> take(WatchStream& stream) {
    std::string lines;
    stream.take(lines, 1 << 20);
    std::vector<Value> events;
    for (std::size_t start = 0; start < lines.size();) {
      const std::size_t end = lines.find('\n', start);
      events.push_back(*read_text(lines.substr(start, end - start)).value);
      start = end + 1;
    }
    return events;
  }
  static std::string map(const std::string& name, const std::string& labels = "{}") {
    return R"({"metadata":{"name":")" + name + R"(","labels":)" + labels + "}}";
  }
  static constexpr const char* kMaps = "/api/v1/namespaces/web/configmaps";

  Store store_{options()};
  ServiceAdmission services_{"10.0.240.0/24", "10.0.252.0/24", 1};
  Operations operations_{store_, services_};
  Authenticator authenticator_{store_, [] { return std::chrono::system_clock::now(); }};
  Authorizer authorizer_{store_};
  ApiServer api_{operations_, authenticator_, authorizer_, kernel::Random(1)};
  std::optional<User> user_ = User{"root", {"system:masters"}};
  std::string acts_as_;
  std::vector<std::string> acts_in_;
  std::vector<std::string> audit_;
};

TEST_F(ApiServerTest, CreatesReadsListsChangesAndDeletes) {
  const std::string one = std::string(kMaps) + "/a";
  EXPECT_EQ(json("POST", kMaps, map("a"))["@code"], 201);
  EXPECT_EQ(json("POST", kMaps, map("a"))["@code"], 409);
  EXPECT_EQ(json("GET", one)["metadata"]["name"], "a");
  const Value list = json("GET", kMaps);
  EXPECT_EQ(list["kind"], "ConfigMapList");
  EXPECT_EQ(list["items"].size(), 1U);
  EXPECT_EQ(list["metadata"]["resourceVersion"], std::to_string(store_.resource_version()));
  Value changed = json("GET", one);
  changed.erase("@code");
  changed["data"]["k"] = "v";
  EXPECT_EQ(json("PUT", one, changed.dump())["data"]["k"], "v");
  EXPECT_EQ(json("PUT", one, changed.dump())["@code"], 409);
  EXPECT_EQ(json("PATCH", one, R"({"data":{"k":null}})", "application/merge-patch+json")["@code"], 200);
  const Value deleted = json("DELETE", one);
  EXPECT_EQ(deleted["status"], "Success");
  EXPECT_EQ(deleted["details"]["uid"], changed["metadata"]["uid"]);
  EXPECT_EQ(json("GET", one)["message"], "configmaps \"a\" not found");
}

TEST_F(ApiServerTest, ATableSkipsWhatIsOfAnotherType) {
  EXPECT_EQ(json("POST", "/api/v1/namespaces/web/services",
                 R"({"metadata":{"name":"s"},"spec":{"externalIPs":[7,"192.0.2.1"],"ports":[{"port":80}]}})")["@code"],
            201);
  const Json table = json("GET", "/api/v1/services", "", "", "application/json;as=Table;v=v1;g=meta.k8s.io");
  EXPECT_EQ(table["rows"][0]["cells"][3], "192.0.2.1");
}

TEST_F(ApiServerTest, ListsBySelectors) {
  json("POST", kMaps, map("a", R"({"app":"x"})"));
  json("POST", kMaps, map("b", R"({"app":"y"})"));
  EXPECT_EQ(json("GET", std::string(kMaps) + "?labelSelector=app%3Dx")["items"].size(), 1U);
  EXPECT_EQ(json("GET", std::string(kMaps) + "?labelSelector=app%20in%20(x,y)")["items"].size(), 2U);
  EXPECT_EQ(json("GET", std::string(kMaps) + "?fieldSelector=metadata.name%3Db")["items"][0]["metadata"]["name"], "b");
  EXPECT_EQ(json("GET", "/api/v1/configmaps?fieldSelector=metadata.name%3Db")["items"].size(), 1U);
  EXPECT_EQ(json("GET", std::string(kMaps) + "?labelSelector=(")["@code"], 400);
  EXPECT_EQ(json("GET", std::string(kMaps) + "?fieldSelector=data.x%3D1")["@code"], 400);
  EXPECT_EQ(json("DELETE", std::string(kMaps) + "?labelSelector=app%3Dx")["items"].size(), 1U);
  EXPECT_EQ(store_.count(KindId::kConfigMap), 1U);
}

TEST_F(ApiServerTest, Watch_TellsEveryChangeAfterTheList) {
  json("POST", kMaps, map("a"));
  const std::string version = json("GET", kMaps)["metadata"]["resourceVersion"];
  json("POST", kMaps, map("between"));
  const auto stream = watch(std::string(kMaps) + "?watch=true&resourceVersion=" + version);
  json("DELETE", std::string(kMaps) + "/a");
  const auto events = take(*stream);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0]["type"], "ADDED");
  EXPECT_EQ(events[0]["object"]["metadata"]["name"], "between");
  EXPECT_EQ(events[1]["type"], "DELETED");
}

TEST_F(ApiServerTest, Watch_WithoutVersionBeginsWithWhatThereIs) {
  json("POST", kMaps, map("a"));
  const auto stream = watch(std::string(kMaps) + "?watch=true");
  EXPECT_EQ(take(*stream).at(0)["type"], "ADDED");
}

TEST_F(ApiServerTest, Watch_SelectorTransitionsAreAddedAndDeleted) {
  json("POST", kMaps, map("a", R"({"app":"x"})"));
  const auto stream = watch(std::string(kMaps) + "?watch=true&labelSelector=app%3Dx&resourceVersion=" +
                            std::to_string(store_.resource_version()));
  const auto label = [this](const char* value) {
    json("PATCH", std::string(kMaps) + "/a", std::string(R"({"metadata":{"labels":{"app":")") + value + R"("}}})",
         "application/merge-patch+json");
  };
  label("y");
  label("z");
  label("x");
  const auto events = take(*stream);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0]["type"], "DELETED");
  EXPECT_EQ(events[0]["object"]["metadata"]["labels"]["app"], "y");
  EXPECT_EQ(events[1]["type"], "ADDED");
}

TEST_F(ApiServerTest, Watch_FromAForgottenVersionEndsWith410) {
  json("POST", kMaps, map("first"));
  const std::string version = std::to_string(store_.resource_version());
  for (int i = 0; i < 60; ++i) json("POST", kMaps, map("m" + std::to_string(i)));
  const auto stream = watch(std::string(kMaps) + "?watch=true&resourceVersion=" + version);
  const auto events = take(*stream);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0]["type"], "ERROR");
  EXPECT_EQ(events[0]["object"]["code"], 410);
  EXPECT_EQ(events[0]["object"]["reason"], "Expired");
  EXPECT_TRUE(stream->ended());
}

TEST_F(ApiServerTest, Watch_BookmarksCarryTheVersionOfTheCluster) {
  const auto stream = watch(std::string(kMaps) + "?watch=true&allowWatchBookmarks=true&resourceVersion=" +
                            std::to_string(store_.resource_version()));
  json("POST", "/api/v1/namespaces/web/secrets", map("elsewhere"));
  stream->bookmark();
  const auto events = take(*stream);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0]["type"], "BOOKMARK");
  EXPECT_EQ(events[0]["object"]["metadata"]["resourceVersion"], std::to_string(store_.resource_version()));
}

TEST_F(ApiServerTest, Watch_SlowWatcherIsCutOff) {
  const auto stream =
      watch(std::string(kMaps) + "?watch=true&resourceVersion=" + std::to_string(store_.resource_version()));
  ObjectPtr map_object = *operations_.create(KindId::kConfigMap, "web", {{"metadata", {{"name", "a"}}}});
  for (std::size_t i = 1; i < kWatchQueueMax; ++i) {
    map_object = *operations_.patch(map_object->key(), PatchType::kMerge, {{"data", {{"k", std::to_string(i)}}}});
  }
  EXPECT_FALSE(stream->ended());
  ASSERT_TRUE(operations_.remove(map_object->key()));
  EXPECT_TRUE(stream->ended());
  EXPECT_TRUE(stream->empty());
}

// Writers write at random while readers list, watch from there, and follow; each must end with what the store has.
TEST_F(ApiServerTest, ListThenWatch_LosesNothingWhileOthersWrite) {
  constexpr std::uint64_t kSeed = 42;
  kernel::Random random(kSeed);
  struct Reader {
    std::map<std::string, std::string> seen;  // name -> resourceVersion
    std::string version;
    std::unique_ptr<WatchStream> stream;
  };
  std::vector<Reader> readers(8);
  const auto write = [&] {
    const std::string name = "m" + std::to_string(random.below(12)), path = std::string(kMaps) + "/" + name;
    if (random.below(3) == 0)
      json("DELETE", path);
    else if (json("POST", kMaps, map(name))["@code"] == 409)
      json("PATCH", path, R"({"data":{"k":")" + std::to_string(random.next()) + "\"}}", "application/merge-patch+json");
  };
  const auto follow = [&](Reader& reader) {
    for (const Value& event : take(*reader.stream)) {
      ASSERT_NE(event["type"], "ERROR") << "seed " << kSeed;
      const std::string name = event["object"]["metadata"]["name"];
      if (event["type"] == "DELETED")
        reader.seen.erase(name);
      else
        reader.seen[name] = event["object"]["metadata"]["resourceVersion"];
      reader.version = event["object"]["metadata"]["resourceVersion"];
    }
  };
  for (int round = 0; round < 3000; ++round) {
    write();
    Reader& reader = readers[random.below(readers.size())];
    if (reader.version.empty()) {
      const Value list = json("GET", kMaps);
      reader.version = list["metadata"]["resourceVersion"];
      for (const Value& item : list["items"])
        reader.seen[item["metadata"]["name"]] = item["metadata"]["resourceVersion"];
    } else if (!reader.stream) {
      reader.stream = watch(std::string(kMaps) + "?watch=true&resourceVersion=" + reader.version);
      follow(reader);
    } else {
      follow(reader);
      if (random.below(8) == 0) reader.stream.reset();  // comes back from where it was
    }
    // Nobody stays away for longer than the window.
    if (round % 40 == 0)
      for (Reader& each : readers) {
        if (each.version.empty()) continue;
        if (!each.stream) each.stream = watch(std::string(kMaps) + "?watch=true&resourceVersion=" + each.version);
        follow(each);
      }
  }
  std::map<std::string, std::string> truth;
  for (const ObjectPtr& object : store_.list(KindId::kConfigMap, "web"))
    truth[object->name()] = std::to_string(object->resource_version());
  for (Reader& reader : readers) {
    if (!reader.stream) reader.stream = watch(std::string(kMaps) + "?watch=true&resourceVersion=" + reader.version);
    follow(reader);
    EXPECT_EQ(reader.seen, truth) << "seed " << kSeed;
  }
}

TEST_F(ApiServerTest, RefusesInTheStandardWords) {
  user_ = User{"joe", {}};
  const Value denied = json("GET", "/api/v1/namespaces/web/pods");
  EXPECT_EQ(denied["@code"], 403);
  EXPECT_EQ(denied["kind"], "Status");
  EXPECT_EQ(denied["reason"], "Forbidden");
  EXPECT_EQ(denied["message"],
            "pods is forbidden: User \"joe\" cannot list resource \"pods\" in API group \"\" in the namespace \"web\"");
  user_.reset();
  EXPECT_EQ(json("GET", "/api/v1/pods")["@code"], 403);
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
  EXPECT_EQ(scale["spec"]["replicas"], 2);
  EXPECT_EQ(scale["status"]["selector"], "app=x");
  EXPECT_EQ(json("PATCH", deployments + "/d/scale", R"({"spec":{"replicas":4}})",
                 "application/merge-patch+json")["spec"]["replicas"],
            4);
  EXPECT_EQ(json("PUT", deployments + "/d/scale", scale.dump())["@code"], 409);
  EXPECT_EQ(json("GET", deployments + "/d")["spec"]["replicas"], 4);
}

TEST_F(ApiServerTest, TokenRequestGivesATokenThatWorks) {
  ASSERT_TRUE(operations_.create(KindId::kServiceAccount, "web", {{"metadata", {{"name", "robot"}}}}));
  const Value token = json("POST", "/api/v1/namespaces/web/serviceaccounts/robot/token", "{}");
  ASSERT_EQ(token["@code"], 201);
  EXPECT_EQ(token.at("spec.audiences"), Value::array({"https://kubernetes.default.svc.cluster.local"}));
  HttpRequest request;
  request.method = "GET";
  request.target = "/api";
  request.authorization = "Bearer " + token["status"]["token"].get<std::string>();
  EXPECT_EQ(std::get<HttpResponse>(api_.handle(request)).code, 200);
  const Json longest = json("POST", "/api/v1/namespaces/web/serviceaccounts/robot/token",
                            R"({"spec":{"expirationSeconds":9223372036854775807}})");
  EXPECT_EQ(longest["spec"]["expirationSeconds"], std::int64_t{1} << 32);
  EXPECT_EQ(longest["status"]["expirationTimestamp"], "2137-10-16T08:14:56Z");
}

TEST_F(ApiServerTest, AccessReviewAnswersForTheCaller) {
  const std::string path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  const std::string review = R"({"spec":{"resourceAttributes":{"verb":"list","resource":"pods","namespace":"web"}}})";
  EXPECT_EQ(json("POST", path, review)["status"]["allowed"], true);
  user_ = User{"joe", {}};
  EXPECT_EQ(json("POST", path, review)["status"]["allowed"], false);
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
  EXPECT_EQ(json("POST", kMaps, "{")["@code"], 400);
  EXPECT_EQ(json("POST", kMaps, std::string(200, '[') + std::string(200, ']'))["@code"], 400);
  EXPECT_EQ(json("POST", kMaps, map("a"), "application/vnd.kubernetes.protobuf")["@code"], 400);
  EXPECT_EQ(json("POST", kMaps, map("a"), "application/yaml")["@code"], 415);
  EXPECT_EQ(json("GET", kMaps, "", "", "application/vnd.kubernetes.protobuf")["@code"], 406);
  EXPECT_EQ(json("PATCH", std::string(kMaps) + "/a", "{}", "application/apply-patch+yaml")["@code"], 415);
  EXPECT_EQ(json("PUT", kMaps, "{}")["@code"], 405);
  EXPECT_EQ(json("GET", "/apis/apps/v1/namespaces/web/daemonsets")["@code"], 404);
  EXPECT_EQ(json("GET", std::string(kMaps) + "?watch=1&resourceVersion=x")["@code"], 400);
}

TEST_F(ApiServerTest, DiscoveryNamesEveryKind) {
  const Value core = json("GET", "/api/v1"), apps = json("GET", "/apis/apps/v1");
  EXPECT_EQ(core["groupVersion"], "v1");
  EXPECT_EQ(apps["resources"][0]["shortNames"][0], "deploy");
  EXPECT_EQ(apps["resources"][0]["categories"][0], "all");
  EXPECT_EQ(json("GET", "/apis")["groups"].size(), 3U);
  EXPECT_EQ(json("GET", "/version")["major"], "1");
  for (const Kind& kind : kinds()) {
    const std::string path = kind.group.empty() ? "/openapi/v3/api/v1" : "/openapi/v3/apis/" + kind.api_version();
    const Value document = json("GET", path);
    const bool named = std::any_of(document["paths"].begin(), document["paths"].end(), [&kind](const Value& item) {
      return item["patch"]["x-kubernetes-group-version-kind"]["kind"] == kind.name;
    });
    EXPECT_TRUE(named) << kind.name;
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
  EXPECT_EQ(json("GET", kMaps)["@code"], 200);
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
