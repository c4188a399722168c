// A store with all its controllers and a FakeRuntime, for tests of controllers. One thread.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "simulator/kube/api/pod_state.h"
#include "simulator/kube/controllers/balancer_events.h"
#include "simulator/kube/controllers/daemon_sets.h"
#include "simulator/kube/controllers/deployments.h"
#include "simulator/kube/controllers/disruption_budgets.h"
#include "simulator/kube/controllers/endpoint_mirror.h"
#include "simulator/kube/controllers/endpoint_slices.h"
#include "simulator/kube/controllers/endpoints.h"
#include "simulator/kube/controllers/garbage_collector.h"
#include "simulator/kube/controllers/kubelet.h"
#include "simulator/kube/controllers/nodes.h"
#include "simulator/kube/controllers/replica_sets.h"
#include "simulator/kube/controllers/service_accounts.h"
#include "simulator/kube/controllers/stateful_sets.h"
#include "simulator/kube/fake_runtime.h"

namespace plumbline::kube {

class ControllersTest : public testing::Test {
 protected:
  ControllersTest() {
    create(KindId::kNamespace, "", {{"metadata", {{"name", "web"}}}});
    for (const char* name : {"n1", "n2"})
      create(KindId::kNode, "",
             {{"metadata", {{"name", name}}},
              {"status", {{"addresses", Value::array({{{"type", "InternalIP"}, {"address", "10.0.253.1"}}})}}}});
    settle();
  }

  /// Runs until no controller has anything left to do.
  void settle() {
    io_.restart();
    io_.poll();
  }
  /// As settle(), and waits for what rests (Pace). Nothing may be terminating.
  void settle_after_rest() {
    io_.restart();
    io_.run();
  }
  ObjectPtr create(KindId kind, const std::string& space, const Value& json) {
    const auto created = operations_.create(kind, space, json);
    EXPECT_TRUE(created) << created.error().message;
    return created ? *created : nullptr;
  }
  ObjectPtr create_deployment(int replicas, const std::string& version = "1") {
    ObjectPtr made = create(KindId::kDeployment, "web", deployment(replicas, version));
    settle();
    return made;
  }
  static Value deployment(int replicas, const std::string& version) {
    return {{"metadata", {{"name", "d"}}},
            {"spec",
             {{"replicas", replicas},
              {"selector", {{"matchLabels", {{"app", "x"}}}}},
              {"template",
               {{"metadata", {{"labels", {{"app", "x"}, {"version", version}}}}},
                {"spec",
                 {{"containers",
                   Value::array({{{"name", "c"},
                                  {"image", "i:" + version},
                                  {"ports", Value::array({{{"name", "http"}, {"containerPort", 80}}})}}})}}}}}}}};
  }
  ObjectPtr patch(const ObjectKey& key, const Value& change) {
    const auto patched = operations_.patch(key, PatchType::kMerge, change);
    EXPECT_TRUE(patched) << patched.error().message;
    settle();
    return patched ? *patched : nullptr;
  }
  void remove(const ObjectKey& key) {
    EXPECT_TRUE(operations_.remove(key));
    settle();
  }
  std::vector<ObjectPtr> pods(std::string_view selector = "") {
    return store_.list(KindId::kPod, "web", *LabelSelector::parse(selector));
  }
  /// Who owns fields of it: "plumbline kube-controller-manager/status".
  static std::string owners(const Object& object) {
    std::string all;
    for (const Value& entry : object.at("metadata.managedFields")) {
      all += (all.empty() ? "" : " ") + entry["manager"].string();
      if (entry.contains("subresource")) all += "/" + entry["subresource"].string();
    }
    return all;
  }
  /// What `manager` owns of it through `subresource`.
  static Value owned(const Object& object, std::string_view manager, std::string_view subresource = "") {
    for (const Value& entry : object.at("metadata.managedFields"))
      if (entry["manager"] == manager && entry["subresource"].text() == subresource) return entry["fieldsV1"];
    return nullptr;
  }
  ObjectPtr find(KindId kind, const char* name) { return store_.find(kind, "web", name); }

  Store::Options options() {
    Store::Options chosen;
    chosen.wall_clock = [this] { return std::chrono::system_clock::time_point(wall_clock_); };
    return chosen;
  }

  std::chrono::seconds wall_clock_{1'000'000'000};
  boost::asio::io_context io_;
  FakeRuntime runtime_;
  Store store_{options()};
  ServiceAdmission services_{"10.0.240.0/24", "10.0.252.0/24", 1};
  Operations operations_{store_, services_};
  EventRecorder recorder_{operations_};
  GarbageCollector collector_{io_, operations_};
  ServiceAccounts accounts_{io_, operations_, "the CA", [](const Object& account, const Object& secret) {
                              return "token of " + account.name() + " in " + secret.name();
                            }};
  Deployments deployments_{io_, operations_, recorder_};
  ReplicaSets replica_sets_{io_, operations_, recorder_};
  StatefulSets stateful_sets_{io_, operations_, recorder_};
  DaemonSets daemon_sets_{io_, operations_, recorder_};
  Kubelet kubelet_{io_, operations_, recorder_, runtime_, std::chrono::milliseconds(0)};
  Nodes nodes_{io_, operations_, recorder_};
  EndpointsWriter endpoints_{io_, operations_};
  EndpointSlices slices_{io_, operations_};
  EndpointMirror mirror_{io_, operations_};
  BalancerEvents balancer_events_{store_, recorder_};
  DisruptionBudgets budgets_{io_, operations_, recorder_};
};

}  // namespace plumbline::kube
