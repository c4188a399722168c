// Evictions as requests: what a kube-apiserver 1.34 answers.
#include <fmt/format.h>

#include "simulator/kube/api/conditions.h"
#include "simulator/kube/http/fixture.h"

namespace plumbline::kube {
namespace {

class EvictionTest : public ApiServerTest {
 protected:
  EvictionTest() {
    EXPECT_TRUE(operations_.create(KindId::kServiceAccount, "web", {{"metadata", {{"name", "a"}}}}));
    pod("p");
    (void)json("POST", "/apis/policy/v1/namespaces/web/poddisruptionbudgets",
               R"({"metadata":{"name":"b"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"x"}}}})");
  }
  /// One that runs and is ready.
  void pod(const std::string& name) {
    const auto made = operations_.create(
        KindId::kPod, "web",
        value_of(
            R"({"metadata":{"name":")" + name +
            R"(","labels":{"app":"x"}},"spec":{"nodeName":"n","serviceAccountName":"a","automountServiceAccountToken":false,"containers":[{"name":"c","image":"i"}]}})"));
    ASSERT_TRUE(made) << made.error().message;
    Value next = (*made)->value();
    next["status"]["phase"] = "Running";
    next["status"]["conditions"].push_back({{"type", "Ready"}, {"status", "True"}});
    ASSERT_TRUE(store_.replace(*made, std::move(next)));
  }
  Value evict(const std::string& options = "{}", const std::string& name = "p", const std::string& query = "") {
    return json("POST", "/api/v1/namespaces/web/pods/p/eviction" + query,
                R"({"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":")" + name +
                    R"("},"deleteOptions":)" + options + "}");
  }
  /// As the controller says it.
  void allow(int disruptions) {
    const ObjectPtr budget = store_.find(KindId::kPodDisruptionBudget, "web", "b");
    Value next = budget->value();
    next["status"] = {{"observedGeneration", 1},
                      {"disruptionsAllowed", disruptions},
                      {"currentHealthy", 1},
                      {"desiredHealthy", 1 - disruptions},
                      {"expectedPods", 1}};
    ASSERT_TRUE(store_.replace(budget, std::move(next)));
  }
  std::int64_t allowed() const {
    return store_.find(KindId::kPodDisruptionBudget, "web", "b")->number("status.disruptionsAllowed");
  }
  bool is_marked() const { return find_condition(left()->at("status"), "DisruptionTarget")["status"] == "True"; }
  ObjectPtr left() const { return store_.find(KindId::kPod, "web", "p"); }
};

TEST_F(EvictionTest, IsRefusedWithAWordWhenToComeBackWhileTheBudgetIsNew) {
  const Reply reply = send("POST", "/api/v1/namespaces/web/pods/p/eviction",
                           R"({"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"p"}})");
  const auto& response = std::get<HttpResponse>(reply);
  EXPECT_EQ(response.code, 429);
  using Header = std::pair<std::string, std::string>;
  EXPECT_EQ(response.headers, (std::vector<Header>{{"Retry-After", "10"}}));
  EXPECT_FALSE(left()->deleting());
}

TEST_F(EvictionTest, IsRefusedWithoutThatWordWhenTheBudgetIsUsedUp) {
  allow(0);
  const Reply reply = send("POST", "/api/v1/namespaces/web/pods/p/eviction",
                           R"({"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"p"}})");
  const auto& response = std::get<HttpResponse>(reply);
  EXPECT_EQ(response.code, 429);
  EXPECT_TRUE(response.headers.empty());
}

TEST_F(EvictionTest, IsCarriedOutWithItsOptionsWhenTheBudgetAllowsIt) {
  allow(1);
  EXPECT_EQ(evict(R"({"dryRun":["All"]})")["@code"], Value(201));
  EXPECT_EQ(evict("{}", "p", "?dryRun=All")["@code"], Value(201));
  EXPECT_FALSE(left()->deleting());
  EXPECT_EQ(evict(R"({"gracePeriodSeconds":7})")["status"], "Success");
  EXPECT_EQ(left()->number("metadata.deletionGracePeriodSeconds"), 7);
}

TEST_F(EvictionTest, MistakesAreSaid) {
  allow(1);
  EXPECT_EQ(evict("{}", "other")["message"], "name in URL does not match name in Eviction object");
  EXPECT_EQ(evict(R"({"propagationPolicy":"Nope"})")["@code"], Value(422));
  EXPECT_EQ(evict("{}", "p", "?dryRun=Some")["@code"], Value(422));
  const auto said = [&](const std::string& body, const char* name = "p") {
    const Value answer = json("POST", fmt::format("/api/v1/namespaces/web/pods/{}/eviction", name), body);
    return fmt::format("{} {}", answer["@code"].integer(), answer["message"].text());
  };
  EXPECT_EQ(said(""),
            "400 the object provided is unrecognized (must be of type Eviction): couldn't get version/kind; json parse "
            "error: unexpected end of JSON input (<empty>)");
  EXPECT_EQ(said("{}"), "400 name in URL does not match name in Eviction object");
  EXPECT_EQ(said(R"({"metadata":{"name":"p","namespace":"other"}})"),
            "400 the namespace of the provided object does not match the namespace sent on the request");
  EXPECT_EQ(
      said(R"({"apiVersion":"policy/v1","kind":"Nothing","metadata":{"name":"p"}})"),
      "400 Nothing in version \"v1\" cannot be handled as a Eviction: no kind \"Nothing\" is registered for version "
      "\"policy/v1\" in scheme \"pkg/runtime/scheme.go:110\"");
  EXPECT_EQ(
      said(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"}})"),
      "400 Pod in version \"v1\" cannot be handled as a Eviction: converting (v1.Pod) to (policy.Eviction): unknown "
      "conversion");
  EXPECT_EQ(json("GET", "/api/v1/namespaces/web/pods/p/eviction")["@code"], Value(405));
  EXPECT_EQ(said(R"({"metadata":{"name":"nobody"}})", "nobody"), "404 pods \"nobody\" not found");
  EXPECT_FALSE(left()->deleting());
  EXPECT_EQ(allowed(), 1);
  EXPECT_EQ(said(R"({"apiVersion":"policy/v1beta1","kind":"Eviction","metadata":{"name":"p"}})"), "201 ");
}

TEST_F(EvictionTest, IsCarriedOutWhenThePodIsTheOneThatIsMeant) {
  allow(1);
  const std::string options = fmt::format(R"({{"preconditions":{{"uid":"{}","resourceVersion":"{}"}}}})", left()->uid(),
                                          left()->resource_version());
  EXPECT_EQ(evict(options, "p", "?dryRun=All")["@code"], Value(201));
  EXPECT_FALSE(left()->deleting());
  EXPECT_EQ(evict(options)["@code"], Value(201));
  EXPECT_TRUE(left()->deleting());
  EXPECT_TRUE(is_marked());
  for (const Value& owner : left()->at("metadata.managedFields")) EXPECT_NE(owner["manager"], "kube-apiserver");
  EXPECT_EQ(allowed(), 0);
}

TEST_F(EvictionTest, LeavesAPodAloneThatIsNotTheOneThatIsMeant) {
  for (const char* options : {R"({"preconditions":{"uid":"x"}})", R"({"preconditions":{"resourceVersion":"1"}})"}) {
    allow(1);
    const ObjectPtr before = left();
    EXPECT_EQ(evict(options, "p", "?dryRun=All")["@code"], Value(409)) << options;
    EXPECT_EQ(allowed(), 1) << options;
    const Value refusal = evict(options);
    EXPECT_EQ(refusal["@code"], Value(409)) << options;
    EXPECT_EQ(refusal["reason"], "Conflict") << options;
    EXPECT_EQ(left(), before) << options << ": neither marked nor going";
    EXPECT_EQ(allowed(), 0) << options << ": real servers charge first, too";
  }
  // Where no budget is asked nothing is charged.
  allow(1);
  Value next = left()->value();
  next["status"]["phase"] = "Pending";
  ASSERT_TRUE(store_.replace(left(), std::move(next)));
  EXPECT_EQ(evict(R"({"preconditions":{"uid":"x"}})")["@code"], Value(409));
  EXPECT_FALSE(is_marked());
  EXPECT_EQ(allowed(), 1);
}

TEST_F(EvictionTest, OfAPodThatIsNotReadyLooksAtNoVersionButTheOneItJudged) {
  allow(0);
  Value next = left()->value();
  next["status"]["conditions"] = Value::array({{{"type", "Ready"}, {"status", "False"}}});
  ASSERT_TRUE(store_.replace(left(), std::move(next)));
  EXPECT_EQ(evict(R"({"preconditions":{"uid":"x"}})")["@code"], Value(409));
  EXPECT_EQ(evict(R"({"preconditions":{"resourceVersion":"1"}})")["@code"], Value(201));
  EXPECT_TRUE(left()->deleting());
}

TEST_F(EvictionTest, IsForbiddenWhenTheBudgetIsOverdrawn) {
  allow(-1);
  const Value refusal = evict();
  EXPECT_EQ(refusal["@code"], Value(403));
  EXPECT_EQ(refusal["message"], "poddisruptionbudget.policy \"b\" is forbidden: pdb disruptions allowed is negative");
}

TEST_F(EvictionTest, DeletionsWithoutOneAskNobody) {
  allow(0);
  EXPECT_EQ(json("DELETE", "/api/v1/namespaces/web/pods/p")["@code"], Value(200));
  EXPECT_TRUE(left()->deleting());
}

}  // namespace
}  // namespace plumbline::kube
