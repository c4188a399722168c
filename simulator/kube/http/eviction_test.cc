// Evictions as requests: what a kube-apiserver 1.34 answers.
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
  EXPECT_FALSE(left()->deleting());
  EXPECT_EQ(evict(R"({"preconditions":{"uid":"x"}})")["@code"], Value(409));
  EXPECT_EQ(json("POST", "/api/v1/namespaces/web/pods/nobody/eviction", "")["message"], "pods \"nobody\" not found");
}

TEST_F(EvictionTest, DeletionsWithoutOneAskNobody) {
  allow(0);
  EXPECT_EQ(json("DELETE", "/api/v1/namespaces/web/pods/p")["@code"], Value(200));
  EXPECT_TRUE(left()->deleting());
}

}  // namespace
}  // namespace plumbline::kube
