#include "simulator/kube/cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "simulator/kube/fake_runtime.h"

namespace plumbline::kube {
namespace {

class ClusterTest : public testing::Test {
 protected:
  static ClusterOptions options() {
    ClusterOptions chosen;
    chosen.name = ClusterId("cls-1");
    chosen.wall_clock = std::chrono::system_clock::now;
    chosen.nodes = {{"node-1", {{"zone", "a"}}, "10.0.253.1"}};
    return chosen;
  }
  void settle() {
    io_.restart();
    io_.poll();
  }
  ObjectName name(const std::string& object) const { return {ClusterId("cls-1"), "web", object}; }
  void apply_app(int replicas) {
    ASSERT_TRUE(cluster_.apply(Json::parse(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"web"}})")));
    ASSERT_TRUE(
        cluster_.apply(Json::parse(R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s","namespace":"web"},
      "spec":{"selector":{"app":"x"},"ports":[{"port":8000,"targetPort":80}]}})")));
    Json deployment =
        Json::parse(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","namespace":"web"},
      "spec":{"selector":{"matchLabels":{"app":"x"}},
      "template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}})");
    deployment["spec"]["replicas"] = replicas;
    ASSERT_TRUE(cluster_.apply(deployment));
    settle();
  }
  std::size_t ready_addresses() const {
    const auto endpoints = cluster_.get("Endpoints", name("s"));
    if (!endpoints || !endpoints->contains("subsets")) return 0;
    const Json& subset = (*endpoints)["subsets"][0];
    return subset.contains("addresses") ? subset["addresses"].size() : 0;
  }

  boost::asio::io_context io_;
  FakeRuntime runtime_;
  Cluster cluster_{io_, options(), runtime_};
};

TEST_F(ClusterTest, BeginsWithItsNamespacesNodesAndRoles) {
  std::vector<std::string> spaces;
  for (const Json& space : cluster_.list("Namespace")) spaces.push_back(space["metadata"]["name"]);
  EXPECT_EQ(spaces, (std::vector<std::string>{"default", "kube-node-lease", "kube-public", "kube-system"}));
  EXPECT_EQ(cluster_.get("Node", {ClusterId("cls-1"), "", "node-1"})->at("metadata").at("labels").at("zone"), "a");
  EXPECT_TRUE(cluster_.get("ClusterRole", {ClusterId("cls-1"), "", "tke:admin"}));
}

TEST_F(ClusterTest, DeploymentBecomesPodsAndEndpoints) {
  apply_app(3);
  EXPECT_EQ(cluster_.list("Pod", "web").size(), 3U);
  EXPECT_EQ(ready_addresses(), 3U);
  ASSERT_TRUE(cluster_.scale(name("d"), 1));
  settle();
  EXPECT_EQ(cluster_.list("Pod", "web").size(), 1U);
  EXPECT_EQ(ready_addresses(), 1U);
}

TEST_F(ClusterTest, ReadinessReachesEndpoints) {
  apply_app(2);
  const std::string pod = cluster_.list("Pod", "web")[0]["metadata"]["name"];
  ASSERT_TRUE(cluster_.set_pod_ready(name(pod), false));
  settle();
  EXPECT_EQ(ready_addresses(), 1U);
  EXPECT_EQ(cluster_.set_pod_ready(name("nobody"), false).error().reason, Reason::kNotFound);
}

TEST_F(ClusterTest, ApplyAgainMerges) {
  apply_app(1);
  ASSERT_TRUE(cluster_.apply(Json::parse(
      R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s","namespace":"web","labels":{"a":"b"}}})")));
  const Json service = *cluster_.get("Service", name("s"));
  EXPECT_EQ(service["metadata"]["labels"]["a"], "b");
  EXPECT_EQ(service["spec"]["selector"]["app"], "x");
}

TEST_F(ClusterTest, NamesAreThoseOfAKindInItsNamespace) {
  apply_app(1);
  using Names = std::vector<std::string>;
  EXPECT_EQ(cluster_.names("Deployment", "web"), Names{"d"});
  EXPECT_EQ(cluster_.names("Deployment", "default"), Names{});
  EXPECT_EQ(cluster_.names("Node", ""), Names{"node-1"});
  EXPECT_EQ(cluster_.names("Widget", ""), Names{}) << "nobody serves it";
}

TEST_F(ClusterTest, ErrorsNameReasonAndObject) {
  const auto missing = cluster_.get("Pod", name("nobody"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().reason, Reason::kNotFound);
  EXPECT_EQ(missing.error().text, "pods \"nobody\" not found");
  EXPECT_EQ(missing.error().object, "cls-1/web/nobody");
  EXPECT_EQ(cluster_.remove("Pod", name("nobody")).error().reason, Reason::kNotFound);
  EXPECT_EQ(cluster_.scale(name("nobody"), 1).error().reason, Reason::kNotFound);
}

TEST_F(ClusterTest, AppliesNoManifestThatIsNotWhatItSays) {
  const auto refused = [&](const char* manifest) {
    const auto applied = cluster_.apply(Json::parse(manifest));
    EXPECT_EQ(applied.error().reason, Reason::kInvalidValue);
    return applied.error().text;
  };
  EXPECT_THAT(refused(R"({"kind":"Widget","metadata":{"name":"s"}})"),
              ::testing::StartsWith("no kind \"Widget\" is served; known: ClusterRole,"));
  EXPECT_EQ(refused(R"({"kind":"Service","metadata":{"name":"s"}})"), "a Service needs 'apiVersion: v1'");
  EXPECT_EQ(refused(R"({"apiVersion":"v1","kind":"Deployment","metadata":{"name":"s"}})"),
            "no kind \"Deployment\" is served in v1; it is in apps/v1");
  EXPECT_EQ(refused(R"({"apiVersion":"apps/v2","kind":"Deployment","metadata":{"name":"s"}})"),
            "no kind \"Deployment\" is served in apps/v2; it is in apps/v1");
  const char* const misspelt =
      R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s","namespace":"default"},"spec":{"slector":{}}})";
  EXPECT_THAT(refused(misspelt), ::testing::HasSubstr("unknown field \"spec.slector\""));
  apply_app(1);
  const char* const again =
      R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s","namespace":"web"},"spec":{"slector":{"a":"b"}}})";
  EXPECT_THAT(refused(again), ::testing::HasSubstr("unknown field \"spec.slector\""));
}

TEST_F(ClusterTest, ObserversSeeEveryChangeInOrderAndShareTheObject) {
  std::vector<std::uint64_t> versions;
  Value last;
  const std::uint64_t before = cluster_.resource_version();
  const auto events_written = [this] {
    std::size_t count = 0;
    for (const Json& event : cluster_.list("Event")) count += event.value("count", std::size_t{1});
    return count - options().nodes.size();  // each was registered before
  };
  cluster_.on_change([&](const Change& change) {
    versions.push_back(change.resource_version);
    last = change.object;
  });
  apply_app(2);
  ASSERT_FALSE(versions.empty());
  for (std::size_t i = 1; i < versions.size(); ++i) EXPECT_GT(versions[i], versions[i - 1]);
  // Events are nobody's history.
  EXPECT_FALSE(cluster_.list("Event", "web").empty());
  EXPECT_EQ(versions.size() + events_written(), cluster_.resource_version() - before);
  EXPECT_EQ(last.at("metadata.resourceVersion"), std::to_string(versions.back()));
}

TEST_F(ClusterTest, HasAServiceThatLeadsToItsOwnServer) {
  ClusterOptions chosen = options();
  chosen.api_address = "10.0.254.1";
  boost::asio::io_context io;
  FakeRuntime runtime;
  const Cluster cluster(io, chosen, runtime);
  const ObjectName name{chosen.name, "default", "kubernetes"};
  const auto service = cluster.get("Service", name), endpoints = cluster.get("Endpoints", name),
             slice = cluster.get("EndpointSlice", name);
  ASSERT_TRUE(service && endpoints && slice);
  EXPECT_EQ((*service)["spec"]["clusterIP"], "10.0.240.1");
  EXPECT_EQ((*service)["spec"]["ports"][0]["port"], 443);
  EXPECT_EQ((*endpoints)["subsets"][0]["addresses"][0]["ip"], "10.0.254.1");
  EXPECT_EQ((*slice)["endpoints"][0]["addresses"][0], "10.0.254.1");
}

TEST_F(ClusterTest, SameSeedMakesTheSameCluster) {
  boost::asio::io_context io;
  FakeRuntime runtime;
  Cluster twin(io, options(), runtime);
  apply_app(2);
  const auto names = [](const Cluster& cluster) {
    std::vector<std::string> found;
    for (const Json& pod : cluster.list("Namespace")) found.push_back(pod["metadata"]["uid"]);
    return found;
  };
  std::vector<std::string> ours = names(cluster_);
  for (const std::string& uid : names(twin)) EXPECT_NE(std::find(ours.begin(), ours.end(), uid), ours.end());
}

TEST_F(ClusterTest, FaultsOfTheConnectionDoNotHealEachOther) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof place;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&place), size), 0);
  ASSERT_EQ(::listen(listener, 8), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&place), &size), 0);
  cluster_.serve(listener);
  // Served is who is told that this port speaks TLS.
  const auto is_served = [&] {
    const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(client, reinterpret_cast<sockaddr*>(&place), sizeof place), 0);
    (void)::send(client, "GET / HTTP/1.0\r\n\r\n", 18, MSG_NOSIGNAL);
    char byte = 0;
    ssize_t count = -1;
    do {
      io_.restart();
      io_.run_for(std::chrono::milliseconds(5));
      count = ::recv(client, &byte, 1, MSG_DONTWAIT);
    } while (count < 0 && errno == EAGAIN);
    ::close(client);
    return count == 1;
  };
  ApiFault down, tls;
  tls.kind = FaultKind::kTls;
  ASSERT_TRUE(is_served());
  ASSERT_TRUE(cluster_.inject(down));
  tls.tls = TlsFault::kExpired;
  ASSERT_TRUE(cluster_.inject(tls));
  EXPECT_FALSE(is_served());
  cluster_.heal(FaultKind::kTls);
  EXPECT_FALSE(is_served());
  tls.tls = TlsFault::kReset;
  ASSERT_TRUE(cluster_.inject(tls));
  cluster_.heal(FaultKind::kDown);
  EXPECT_FALSE(is_served());
  cluster_.heal();
  EXPECT_TRUE(is_served());
}

TEST_F(ClusterTest, WhatWasRecordedCanBeReadElsewhere) {
  ASSERT_TRUE(cluster_.apply(Json::parse(R"({"kind":"CustomResourceDefinition","apiVersion":"apiextensions.k8s.io/v1",
      "metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com","scope":"Namespaced",
      "names":{"plural":"widgets","singular":"widget","kind":"Widget","listKind":"WidgetList"},
      "versions":[{"name":"v1","served":true,"storage":true,
        "schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}})")));
  std::vector<std::string> lines;
  const auto recorder = cluster_.record([&lines](const std::string& line) { lines.push_back(line); });
  apply_app(2);
  ASSERT_TRUE(cluster_.apply(
      Json::parse(R"({"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w","namespace":"web"}})")));
  ASSERT_TRUE(cluster_.remove("Deployment", name("d")));
  settle();

  ClusterOptions replaying = options();
  replaying.replays = true;
  boost::asio::io_context io;
  Cluster again(io, replaying, runtime_);
  EXPECT_TRUE(again.list("Namespace").empty());
  const auto restore = [&again](Op op, const Value& object) {
    const auto done = again.restore(op, object);
    EXPECT_TRUE(done) << done.error();
  };
  for (const std::string& text : lines) {
    const auto line = read_recording_line(text);
    ASSERT_TRUE(line) << line.error();
    if (const auto* state = std::get_if<RecordedState>(&*line)) restore(Op::kAdded, state->object);
    if (const auto* change = std::get_if<RecordedChange>(&*line)) restore(change->op, change->object);
    io.restart();
    EXPECT_EQ(io.poll(), 0U) << "nothing acts by itself after " << text.substr(0, 200);
  }
  EXPECT_EQ(again.resource_version(), cluster_.resource_version());
  for (const char* kind : {"Namespace", "Pod", "ReplicaSet", "Endpoints", "EndpointSlice", "ClusterRole", "Widget",
                           "CustomResourceDefinition"})
    EXPECT_EQ(again.list(kind), cluster_.list(kind)) << kind;
  EXPECT_EQ(again.list("Widget").size(), 1U);
  const auto unknown = again.restore(Op::kAdded, Value{{"apiVersion", "v1"}, {"kind", "Gadget"}});
  EXPECT_EQ(unknown.error().text, "no kind \"Gadget\" is served; did you mean 'Widget'?");
}

}  // namespace
}  // namespace plumbline::kube
