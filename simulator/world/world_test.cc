#include "simulator/world/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>

#include "simulator/network/isolation.h"
#include "simulator/network/visitor.h"
#include "simulator/world/world_file.h"

namespace plumbline::world {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;

constexpr auto kPatience = 20'000ms;
constexpr auto kSilence = 300ms;  // long enough for an answer on one machine, short enough to wait for none
constexpr const char* kWorkDir = "/dev/shm/plumbline-world-test";

class Memory : public wire::HistorySink {
 public:
  void write(const json& record) override {
    const std::lock_guard lock(mutex_);
    records_.push_back(record);
  }
  std::vector<json> of(const std::string& type) const {
    const std::lock_guard lock(mutex_);
    std::vector<json> found;
    for (const json& record : records_) {
      if (record.at("type") == type) found.push_back(record);
    }
    return found;
  }
  std::vector<wire::Hit> hits() const {
    std::vector<wire::Hit> all;
    for (const json& record : of("hits")) {
      for (const wire::Hit& hit : wire::hits_from_record(record)) all.push_back(hit);
    }
    return all;
  }
  std::vector<wire::Syn> syns() const {
    std::vector<wire::Syn> all;
    for (const json& record : of("syns")) {
      for (const wire::Syn& syn : wire::syns_from_record(record)) all.push_back(syn);
    }
    return all;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<json> records_;
};

/// The tree's own worlds, wherever the test runs.
std::filesystem::path world_path(const std::string& name) {
  return std::filesystem::path(PLUMBLINE_SOURCE_DIR) / "scenarios/worlds" / (name + ".yaml");
}

WorldSpec spec_of(const std::string& name) {
  yaml::Problems problems;
  WorldSpec spec = read_world_file(world_path(name), problems);
  EXPECT_EQ("", problems.text());
  return spec;
}

/// A world in a process of its own; `act` says what is expected there.
class Stage {
 public:
  explicit Stage(const WorldSpec& spec) {
    ::mkdir(kWorkDir, 0755);
    auto built = World::build(spec, {7, kWorkDir, {}}, memory);
    if (built) {
      world = std::move(*built);
    } else {
      ADD_FAILURE() << built.error();
    }
  }
  explicit Stage(const std::string& name) : Stage(spec_of(name)) {}

  network::Dialled dial(const std::string& address, int port, std::chrono::milliseconds deadline = kPatience) {
    return network::dial(world->attached_instance_namespace(), address, port, deadline);
  }
  std::string get(const std::string& address, int port, const std::string& target = "/get") {
    return network::talk(dial(address, port),
                         "GET " + target + " HTTP/1.1\r\nHost: a\r\nX-Plumbline-Id: 3-4\r\nConnection: close\r\n\r\n",
                         kPatience);
  }
  /// Pods of cls-1's httpbin version, by address.
  std::map<std::string, ObjectName> pods(const std::string& version, const std::string& cluster = "cls-1") {
    std::map<std::string, ObjectName> found;
    for (const json& pod : world->list(ClusterId(cluster), "Pod")) {
      if (pod.at("metadata").at("labels").at("version") != version) continue;
      found[pod.at("status").at("podIP")] = {ClusterId(cluster), pod.at("metadata").at("namespace"),
                                             pod.at("metadata").at("name")};
    }
    return found;
  }

  Memory memory;
  std::unique_ptr<World> world;
};

/// Runs `body` isolated; its failures become this test's.
void isolated(const std::function<void()>& body) {
  const auto pid = network::spawn_isolated([&] {
    body();
    return testing::Test::HasFailure() ? 1 : 0;
  });
  ASSERT_TRUE(pid) << pid.error();
  EXPECT_EQ(0, network::wait_isolated(*pid)) << "the failures are above";
}

TEST(World, StandardWorldAnswersFromItsPods) {
  isolated([] {
    Stage stage("httpbin");
    ASSERT_TRUE(stage.world);
    std::set<std::string> versions;
    std::size_t pods = 0;
    for (const char* version : {"1", "2", "3"}) {
      for (const char* cluster : {"cls-1", "cls-2"}) {
        for (const auto& [address, pod] : stage.pods(version, cluster)) {
          ++pods;
          const std::string response = stage.get(address, 80);
          EXPECT_THAT(response, HasSubstr("HTTP/1.1 200 OK"));
          EXPECT_THAT(response, HasSubstr("X-Pod: " + pod.str() + "#"));
          EXPECT_THAT(response, HasSubstr("\"version\":\"" + std::string(version) + "\""));
        }
      }
    }
    EXPECT_EQ(9U, pods);
    stage.world->flush();
    EXPECT_EQ(pods, stage.memory.hits().size());
    EXPECT_EQ(pods, stage.memory.syns().size());
    for (const wire::Hit& hit : stage.memory.hits()) {
      EXPECT_EQ((wire::RequestId{3, 4}), hit.id);
      EXPECT_EQ("10.0.255.10", hit.peer);
      EXPECT_EQ(80, hit.port);
      EXPECT_EQ(200, hit.status);
      EXPECT_EQ("a", hit.host);
    }
  });
}

TEST(World, TellsTheCandidateWhereThingsAre) {
  isolated([] {
    Stage stage("httpbin");
    ASSERT_TRUE(stage.world);
    const wire::Hello hello = stage.world->hello(false);
    EXPECT_EQ(RegionId("ap-guangzhou"), hello.region);
    ASSERT_EQ(2U, hello.instances.size());
    EXPECT_EQ("10.0.255.10", hello.instances[0].address);
    EXPECT_TRUE(hello.instances[0].attached);
    EXPECT_EQ("shared", hello.instances[1].kind);
    EXPECT_EQ("http://169.254.0.23", hello.cloud_endpoint);
    ASSERT_EQ(2U, hello.principals.size());
    EXPECT_NE(hello.principals[0].secret_id, hello.principals[1].secret_id);
    EXPECT_TRUE(hello.clusters.empty());
    const wire::Hello with_clusters = stage.world->hello(true);
    ASSERT_EQ(2U, with_clusters.clusters.size());
    std::ifstream file(with_clusters.clusters[0].kubeconfig);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    EXPECT_THAT(text, HasSubstr("https://10.0.254.1:443"));
    const auto role = stage.world->list(ClusterId("cls-1"), "ClusterRole");
    const auto reader = std::find_if(role.begin(), role.end(), [](const json& one) {
      return one["metadata"]["name"].get<std::string>().find("reader") != std::string::npos;
    });
    ASSERT_NE(role.end(), reader);
    EXPECT_EQ(json({"endpointslices"}), (*reader)["rules"][1]["resources"]);
    const json described = stage.world->describe();
    EXPECT_EQ("10.0.254.2:443", described["apiServers"]["cls-2"]);
    EXPECT_EQ("10.0.255.1", described["users"]);
  });
}

std::string ask_cloud(Stage& stage, const std::string& action, const std::string& parameters) {
  const std::string id = stage.world->hello(false).principals[0].secret_id;
  const std::string request = "POST / HTTP/1.1\r\nHost: 169.254.0.23\r\nX-TC-Action: " + action +
                              "\r\nX-TC-Region: ap-guangzhou\r\nX-TC-Version: 2018-05-25\r\n"
                              "Authorization: TC3-HMAC-SHA256 Credential=" +
                              id + "/d/tke/tc3_request\r\nContent-Length: " + std::to_string(parameters.size()) +
                              "\r\nConnection: close\r\n\r\n" + parameters;
  return network::talk(stage.dial("169.254.0.23", 80), request, kPatience);
}

TEST(World, CloudEndpointAnswersTheInstance) {
  isolated([] {
    Stage stage("httpbin");
    ASSERT_TRUE(stage.world);
    const std::string response = ask_cloud(stage, "DescribeClusters", "{}");
    EXPECT_THAT(response, HasSubstr("\r\nContent-Type: application/json\r\n"));
    EXPECT_THAT(response, HasSubstr("\"ClusterId\":\"cls-2\""));
  });
}

TEST(World, IntranetAccessIsSwitchedOffAndOn) {
  isolated([] {
    Stage stage("httpbin");
    ASSERT_TRUE(stage.world);
    const ClusterId cluster("cls-2");
    const auto endpoint = [&] { return ask_cloud(stage, "DescribeClusterEndpoints", R"({"ClusterId":"cls-2"})"); };
    const auto kubeconfig = [&] { return ask_cloud(stage, "DescribeClusterKubeconfig", R"({"ClusterId":"cls-2"})"); };
    const network::Dialled before = stage.dial("10.0.254.2", 443);
    ASSERT_EQ(0, before.failure);
    ApiFault off;
    off.kind = FaultKind::kNoIntranet;
    ASSERT_TRUE(stage.world->fault_api(cluster, off));
    EXPECT_EQ("", network::hear(before, "anything", kPatience)) << "connections that were there end";
    EXPECT_NE(0, stage.dial("10.0.254.2", 443, kSilence).failure);
    EXPECT_EQ(0, stage.dial("10.0.254.1", 443).failure) << "that of another cluster stays";
    EXPECT_THAT(endpoint(), HasSubstr(R"("ClusterIntranetEndpoint":"")"));
    EXPECT_THAT(kubeconfig(), HasSubstr("cls-2.ccs.tencent-cloud.com"));
    ASSERT_TRUE(stage.world->heal_api(cluster, FaultKind::kNoIntranet));
    EXPECT_EQ(0, stage.dial("10.0.254.2", 443).failure);
    EXPECT_THAT(endpoint(), HasSubstr(R"("ClusterIntranetEndpoint":"10.0.254.2")"));
    EXPECT_THAT(kubeconfig(), HasSubstr("https://10.0.254.2:443"));
  });
}

TEST(World, AddressesThatNobodyHasAreSilentAndSeen) {
  isolated([] {
    Stage stage("httpbin");
    ASSERT_TRUE(stage.world);
    EXPECT_EQ(ETIMEDOUT, stage.dial("10.9.9.9", 80, kSilence).failure);
    EXPECT_EQ(ECONNREFUSED, stage.dial("10.0.31.200", 80).failure);
    stage.world->flush();
    std::set<std::string> dialled;
    for (const wire::Syn& syn : stage.memory.syns()) dialled.insert(syn.to + ":" + std::to_string(syn.port));
    EXPECT_EQ((std::set<std::string>{"10.9.9.9:80", "10.0.31.200:80"}), dialled);
  });
}

TEST(World, ForeignAddressesAreUnreachableWhereTheWorldSaysSo) {
  isolated([] {
    WorldSpec spec = spec_of("bare");
    spec.foreign_unreachable = true;
    Stage stage(spec);
    ASSERT_TRUE(stage.world);
    EXPECT_EQ(EHOSTUNREACH, stage.dial("10.9.9.9", 80).failure);
  });
}

TEST(World, FaultsAreWhatTheirNamesSay) {
  isolated([] {
    Stage stage("httpbin");
    ASSERT_TRUE(stage.world);
    const auto [address, pod] = *stage.pods("1").begin();
    const auto become = [&, faulty = pod](pods::Fault fault, std::chrono::milliseconds delay = 0ms) {
      const auto done = stage.world->set_fault({faulty}, fault, delay);
      EXPECT_TRUE(done) << done.error();
    };
    become(pods::Fault::kRefused);
    EXPECT_EQ(ECONNREFUSED, stage.dial(address, 80).failure);
    become(pods::Fault::kUnreachable);
    EXPECT_EQ(EHOSTUNREACH, stage.dial(address, 80).failure);
    become(pods::Fault::kSilentDrop);
    EXPECT_EQ(ETIMEDOUT, stage.dial(address, 80, kSilence).failure);
    become(pods::Fault::kReset);
    EXPECT_EQ("", stage.get(address, 80));
    become(pods::Fault::kSlow, 200ms);
    const auto before = std::chrono::steady_clock::now();
    EXPECT_THAT(stage.get(address, 80), HasSubstr("200 OK"));
    EXPECT_GE(std::chrono::steady_clock::now() - before, 200ms);
    become(pods::Fault::kStall);
    const auto stalled = stage.dial(address, 80);
    EXPECT_EQ("", network::talk(stalled, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", kSilence));
    become(pods::Fault::kNotReady);
    EXPECT_THAT(stage.get(address, 80), HasSubstr("200 OK"));
    const auto object = stage.world->get(pod, "Pod");
    ASSERT_TRUE(object) << object.error();
    EXPECT_THAT(object->at("status").at("conditions").dump(), HasSubstr(R"("status":"False","type":"Ready")"));
    become(pods::Fault::kNone);
    EXPECT_THAT(stage.get(address, 80), HasSubstr("200 OK"));
    stage.world->flush();
    std::multiset<int> statuses;
    for (const wire::Hit& hit : stage.memory.hits()) statuses.insert(hit.status);
    EXPECT_EQ((std::multiset<int>{0, 0, 200, 200, 200}), statuses);
  });
}

TEST(World, ScalesDeletesAndServesOn) {
  isolated([] {
    Stage stage("httpbin");
    ASSERT_TRUE(stage.world);
    const ObjectName deployment{ClusterId("cls-1"), "default", "httpbin-v1"};
    auto scaled = stage.world->scale(deployment, 7, kPatience);
    ASSERT_TRUE(scaled) << scaled.error();
    EXPECT_EQ(7U, stage.pods("1").size());
    scaled = stage.world->scale(deployment, 1, kPatience);
    ASSERT_TRUE(scaled) << scaled.error();
    const auto left = stage.pods("1");
    ASSERT_EQ(1U, left.size());
    const auto deleted = stage.world->delete_pods({left.begin()->second}, 10'000ms);
    ASSERT_TRUE(deleted) << deleted.error();
    EXPECT_THAT(stage.get(left.begin()->first, 80), HasSubstr("X-Pod: " + left.begin()->second.str()));
    const auto [stopped, name] = *stage.pods("2").begin();
    ASSERT_TRUE(stage.world->delete_pods({name}, 0ms));
    EXPECT_EQ(ECONNREFUSED, stage.dial(stopped, 80).failure);
    const auto said = [](const Result<void>& done) { return done ? std::string("done") : done.error().text; };
    EXPECT_EQ("deployments.apps \"htpbin-v1\" not found; did you mean 'httpbin-v1'?",
              said(stage.world->scale({ClusterId("cls-1"), "default", "htpbin-v1"}, 1, kPatience)));
    EXPECT_EQ("services \"htpbin\" not found; did you mean 'httpbin'?",
              said(stage.world->remove({ClusterId("cls-1"), "default", "htpbin"}, "Service")));
  });
}

TEST(World, TrapsRecordWhoComes) {
  isolated([] {
    Stage stage("load-balancer");
    ASSERT_TRUE(stage.world);
    std::set<std::string> kinds;
    const json described = stage.world->describe();
    for (const json& trap : described["traps"]) {
      const std::string label = trap;
      const std::size_t port = label.rfind(':');
      const std::size_t address = label.rfind(':', port - 1);
      kinds.insert(label.substr(0, address));
      EXPECT_THAT(stage.get(label.substr(address + 1, port - address - 1), std::stoi(label.substr(port + 1))),
                  HasSubstr("trap"))
          << label;
    }
    EXPECT_EQ((std::set<std::string>{"trap:clb", "trap:cluster-ip", "trap:node-port"}), kinds);
    stage.world->flush();
    for (const wire::Hit& hit : stage.memory.hits()) EXPECT_THAT(hit.pod, HasSubstr("trap:"));
    EXPECT_EQ(described["traps"].size(), stage.memory.hits().size());
  });
}

TEST(World, TwoVpcsOfOneRangeKeepTheirPodsApart) {
  isolated([] {
    WorldSpec spec = spec_of("two-vpcs");
    spec.vpcs[1].cidr = spec.vpcs[0].cidr;
    spec.clusters[2].pod_cidr = spec.clusters[0].pod_cidr;
    spec.clusters[2].service_cidr = spec.clusters[0].service_cidr;
    Stage stage(spec);
    ASSERT_TRUE(stage.world);
    const auto here = stage.pods("1", "cls-1");
    const auto there = stage.pods("1", "cls-3");
    ASSERT_FALSE(there.empty());
    ASSERT_TRUE(here.contains(there.begin()->first)) << "both VPCs give this address to a Pod";
    EXPECT_THAT(stage.get(there.begin()->first, 80), HasSubstr("X-Pod: cls-1/"));
    const auto other = stage.world->network_namespace("instance-3");
    ASSERT_TRUE(other) << other.error();
    EXPECT_THAT(
        network::talk(network::dial(*other, there.begin()->first, 80, kPatience), "GET / HTTP/1.0\r\n\r\n", kPatience),
        HasSubstr("X-Pod: cls-3/"));
  });
}

TEST(World, TamperedEndpointsNameForeignAddresses) {
  isolated([] {
    Stage stage("httpbin");
    ASSERT_TRUE(stage.world);
    const ObjectName service{ClusterId("cls-1"), "default", "httpbin"};
    const auto done = stage.world->tamper_endpoints(service, {"10.9.9.9"});
    ASSERT_TRUE(done) << done.error();
    const auto endpoints = stage.world->get(service, "Endpoints");
    ASSERT_TRUE(endpoints) << endpoints.error();
    EXPECT_THAT(endpoints->at("subsets").dump(), HasSubstr("10.9.9.9"));
  });
}

TEST(World, KeepsExchangesInFullWhereAsked) {
  isolated([] {
    Stage stage("httpbin");
    ASSERT_TRUE(stage.world);
    const auto [address, pod] = *stage.pods("1").begin();
    stage.get(address, 80);
    stage.world->keep_exchanges(3);
    stage.get(address, 80, "/status/201");
    const auto exchanges = stage.world->take_exchanges(3);
    ASSERT_EQ(1U, exchanges.size());
    EXPECT_EQ("/status/201", exchanges[0]["seen"]["target"]);
    EXPECT_EQ(201, exchanges[0]["answered"]["status"]);
    EXPECT_EQ(json::array({"X-Plumbline-Id", "3-4"}), exchanges[0]["seen"]["headers"][1]);
    EXPECT_TRUE(stage.world->take_exchanges(3).empty());
  });
}

TEST(World, RefusesASpecThatCannotBe) {
  WorldSpec spec = spec_of("httpbin");
  spec.clusters[1].pod_cidr = spec.clusters[0].pod_cidr;
  Memory memory;
  const auto built = World::build(spec, {1, "/dev/shm", {}}, memory);
  ASSERT_FALSE(built);
  EXPECT_EQ(Reason::kInvalidValue, built.error().reason);
  EXPECT_EQ("clusters[1].podCidr", built.error().field);
}

}  // namespace
}  // namespace plumbline::world
