// Drives a simulated cluster with the real kubectl (whichever is on PATH), over HTTPS on loopback.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <thread>

#include "simulator/kernel/base64.h"
#include "simulator/kube/child_process.h"
#include "simulator/kube/cluster.h"
#include "simulator/kube/fake_runtime.h"

namespace plumbline::kube {
namespace {

constexpr std::chrono::seconds kPatience{60};

constexpr const char* kManifest = R"(
apiVersion: v1
kind: Namespace
metadata: {name: web}
---
apiVersion: v1
kind: Service
metadata: {name: httpbin, namespace: web}
spec:
  selector: {app: httpbin}
  ports: [{port: 8000, targetPort: http}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: httpbin, namespace: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: httpbin}}
  template:
    metadata: {labels: {app: httpbin, version: "1"}}
    spec:
      containers:
      - name: httpbin
        image: httpbin:1
        ports: [{name: http, containerPort: 80}]
)";

class KubectlTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "plumbline-kubectl-XXXXXX").string();
    ASSERT_TRUE(mkdtemp(pattern.data()));
    home_ = pattern;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), length), 0);
    ASSERT_EQ(listen(fd, 128), 0);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
    url_ = fmt::format("https://127.0.0.1:{}", ntohs(address.sin_port));

    ClusterOptions options;
    options.name = ClusterId("cls-1");
    options.wall_clock = std::chrono::system_clock::now;
    options.nodes = {{"node-1", {}, "10.0.253.1"}, {"node-2", {}, "10.0.253.2"}};
    cluster_ = std::make_unique<Cluster>(io_, options, runtime_);
    cluster_->on_audit([this](const AuditEntry& entry) {
      const std::lock_guard lock(mutex_);
      audit_.push_back(entry);
    });
    cluster_->serve(fd);
    write("root.kubeconfig", cluster_->kubeconfig("root", {"system:masters"}, url_));
    write("joe.kubeconfig", cluster_->kubeconfig("joe", {}, url_));
    write("app.yaml", kManifest);
    thread_ = std::thread([this] { io_.run(); });

    const Outcome version = kubectl({"version"});
    ASSERT_EQ(version.status, 0) << "these tests need a working kubectl on PATH (Debian: package kubernetes-client, or "
                                    "the current release)\n"
                                 << version.output;
  }

  void TearDown() override {
    if (thread_.joinable()) {
      boost::asio::post(io_, [this] {
        cluster_.reset();
        guard_.reset();
      });
      thread_.join();
    }
    std::filesystem::remove_all(home_);
  }

  struct Outcome {
    int status;
    std::string output;
  };
  std::unique_ptr<ChildProcess> start(std::vector<std::string> arguments,
                                      const std::string& config = "root.kubeconfig") {
    arguments.insert(arguments.begin(), "kubectl");
    const char* path = std::getenv("PATH");
    return std::make_unique<ChildProcess>(
        std::move(arguments), std::vector<std::string>{fmt::format("PATH={}", path ? path : "/usr/bin"),
                                                       fmt::format("HOME={}", home_.string()),
                                                       fmt::format("KUBECONFIG={}", (home_ / config).string())});
  }
  Outcome kubectl(std::vector<std::string> arguments, const std::string& config = "root.kubeconfig") {
    const auto child = start(std::move(arguments), config);
    if (!child->started()) return {-1, "kubectl was not found on PATH"};
    const int status = child->wait(kPatience);
    return {status, child->output()};
  }
  // What kubectl prints when all goes well.
  std::string ok(std::vector<std::string> arguments) {
    std::string words;
    for (const std::string& argument : arguments) words += " " + argument;
    const Outcome outcome = kubectl(std::move(arguments));
    EXPECT_EQ(outcome.status, 0) << "kubectl" << words << "\n" << outcome.output;
    return outcome.output;
  }
  void apply_app() {
    ok({"apply", "-f", file("app.yaml")});
    ok({"-n", "web", "rollout", "status", "deployment/httpbin", "--timeout=30s"});
  }
  std::string file(const std::string& name) const { return (home_ / name).string(); }
  void write(const std::string& name, const std::string& text) { std::ofstream(home_ / name) << text; }
  // Runs `work` on the cluster's thread.
  template <class Work>
  auto on_cluster(Work work) {
    std::packaged_task<decltype(work(*cluster_))()> task([this, &work] { return work(*cluster_); });
    auto result = task.get_future();
    boost::asio::post(io_, [&task] { task(); });
    return result.get();
  }
  static std::size_t count(const std::string& text, const std::string& word) {
    std::size_t found = 0;
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
    return found;
  }

  std::filesystem::path home_;
  std::string url_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_ = boost::asio::make_work_guard(io_);
  FakeRuntime runtime_;
  std::unique_ptr<Cluster> cluster_;
  std::thread thread_;
  std::mutex mutex_;
  std::vector<AuditEntry> audit_;
};

TEST_F(KubectlTest, Apply_MakesTheDocumentsServiceAndIsIdempotent) {
  const std::string made = ok({"apply", "-f", file("app.yaml")});
  EXPECT_EQ(count(made, " created"), 3U) << made;
  ok({"-n", "web", "rollout", "status", "deployment/httpbin", "--timeout=30s"});
  const std::string again = ok({"apply", "-f", file("app.yaml")});
  EXPECT_EQ(count(again, " unchanged"), 3U) << again;
  const std::string endpoints =
      ok({"-n", "web", "get", "endpoints", "httpbin", "-o", "jsonpath={.subsets[0].addresses[*].ip}"});
  EXPECT_EQ(count(endpoints, "10.0.16."), 2U) << endpoints;
}

TEST_F(KubectlTest, Apply_ChangesWhatChanged) {
  apply_app();
  std::string changed = kManifest;
  changed.replace(changed.find("httpbin:1"), 9, "httpbin:2");
  changed.replace(changed.find("port: 8000"), 10, "port: 9000");
  write("app.yaml", changed);
  const std::string told = ok({"apply", "-f", file("app.yaml")});
  EXPECT_EQ(count(told, " configured"), 2U) << told;
  ok({"-n", "web", "rollout", "status", "deployment/httpbin", "--timeout=30s"});
  EXPECT_EQ(ok({"-n", "web", "get", "service", "httpbin", "-o", "jsonpath={.spec.ports[*].port}"}), "9000");
  EXPECT_EQ(ok({"-n", "web", "get", "pods", "-o", "jsonpath={.items[*].spec.containers[*].image}"}),
            "httpbin:2 httpbin:2");
}

TEST_F(KubectlTest, Get_PrintsTheUsualColumns) {
  apply_app();
  const std::string pods = ok({"-n", "web", "get", "pods", "-o", "wide"});
  EXPECT_TRUE(pods.starts_with("NAME ")) << pods;
  EXPECT_EQ(count(pods, "1/1 "), 2U) << pods;
  EXPECT_NE(pods.find("node-1"), std::string::npos) << pods;
  const std::string service = ok({"-n", "web", "get", "svc"});
  EXPECT_NE(service.find("8000/TCP"), std::string::npos) << service;
  const std::string deployment = ok({"-n", "web", "get", "deploy"});
  EXPECT_NE(deployment.find("2/2"), std::string::npos) << deployment;
  const std::string all = ok({"get", "all", "-A"});
  for (const char* name : {"pod/httpbin-", "service/httpbin", "deployment.apps/httpbin", "replicaset.apps/httpbin-"})
    EXPECT_NE(all.find(name), std::string::npos) << name << "\n" << all;
  EXPECT_EQ(count(ok({"get", "nodes", "--no-headers"}), "Ready"), 2U);
  EXPECT_NE(ok({"-n", "web", "get", "pods", "-l", "version in (1,2)", "--no-headers"}).find("httpbin-"),
            std::string::npos);
  EXPECT_NE(ok({"-n", "web", "describe", "deployment", "httpbin"}).find("2 available"), std::string::npos);
}

TEST_F(KubectlTest, GetWatch_ShowsPodsAsTheyChange) {
  apply_app();
  const auto watch = start({"-n", "web", "get", "pods", "-w", "--no-headers"});
  ASSERT_TRUE(watch->read_until("Running", kPatience)) << watch->output();
  ok({"-n", "web", "scale", "deployment/httpbin", "--replicas=3"});
  ASSERT_TRUE(watch->read_until("Pending", kPatience)) << watch->output();
  const std::string pods = ok({"-n", "web", "get", "pods", "-o", "name"});
  ok({"-n", "web", "delete", pods.substr(0, pods.find('\n'))});
  EXPECT_TRUE(watch->read_until("Terminating", kPatience)) << watch->output();
}

TEST_F(KubectlTest, Scale_ChangesTheNumberOfPods) {
  apply_app();
  ok({"-n", "web", "scale", "deployment/httpbin", "--replicas=5"});
  ok({"-n", "web", "rollout", "status", "deployment/httpbin", "--timeout=30s"});
  EXPECT_EQ(count(ok({"-n", "web", "get", "pods", "-o", "name"}), "pod/"), 5U);
  ok({"-n", "web", "scale", "deployment/httpbin", "--replicas=1"});
  ok({"-n", "web", "rollout", "status", "deployment/httpbin", "--timeout=30s"});
  EXPECT_EQ(count(ok({"-n", "web", "get", "pods", "-o", "name"}), "pod/"), 1U);
}

TEST_F(KubectlTest, LabelAnnotateAndPatch_ChangeMetadata) {
  apply_app();
  ok({"-n", "web", "label", "service", "httpbin", "team=blue"});
  ok({"-n", "web", "annotate", "service", "httpbin", "note=hello"});
  ok({"-n", "web", "patch", "service", "httpbin", "-p", R"({"metadata":{"labels":{"tier":"front"}}})"});
  EXPECT_EQ(ok({"-n", "web", "get", "svc", "-l", "team=blue,tier=front", "-o",
                "jsonpath={.items[*].metadata.annotations.note}"}),
            "hello");
  ok({"-n", "web", "label", "service", "httpbin", "team-"});
  EXPECT_NE(ok({"-n", "web", "get", "svc", "-l", "team"}).find("No resources found"), std::string::npos);
}

TEST_F(KubectlTest, Delete_RemovesWhatWasMade) {
  apply_app();
  ok({"-n", "web", "delete", "deployment", "httpbin"});
  // Pods go after their Deployment has gone.
  std::string left = "not looked yet";
  for (int tries = 0; tries < 100 && !left.empty(); ++tries) left = ok({"-n", "web", "get", "pods", "-o", "name"});
  EXPECT_EQ(left, "");
  ok({"-n", "web", "delete", "svc/httpbin"});
  EXPECT_NE(ok({"-n", "web", "get", "all"}).find("No resources found"), std::string::npos);
  ok({"delete", "namespace", "web"});
  EXPECT_EQ(kubectl({"get", "namespace", "web"}).status, 1);
  EXPECT_TRUE(on_cluster([](Cluster& cluster) { return cluster.list("Endpoints", "web"); }).empty());
}

TEST_F(KubectlTest, OtherKinds_ApplyAndDelete) {
  write("others.yaml", R"(
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot}
---
apiVersion: v1
kind: Secret
metadata: {name: robot-token, annotations: {kubernetes.io/service-account.name: robot}}
type: kubernetes.io/service-account-token
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: b}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list, watch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: ServiceAccount, name: robot, namespace: default}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: local}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: local}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: local}
subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: joe}]
---
apiVersion: v1
kind: Pod
metadata: {name: alone}
spec: {containers: [{name: c, image: i}]}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: set}
spec:
  replicas: 1
  selector: {matchLabels: {app: set}}
  template:
    metadata: {labels: {app: set}}
    spec: {containers: [{name: c, image: i}]}
)");
  EXPECT_EQ(count(ok({"apply", "-f", file("others.yaml")}), " created"), 9U);
  EXPECT_EQ(count(ok({"apply", "-f", file("others.yaml")}), " unchanged"), 9U);
  const auto token = kernel::base64_decode(ok({"get", "secret", "robot-token", "-o", "jsonpath={.data.token}"}));
  ASSERT_TRUE(token);
  write("robot.kubeconfig",
        fmt::format("apiVersion: v1\nkind: Config\nclusters: [{{name: c, cluster: {{server: \"{}\", "
                    "certificate-authority-data: {}}}}}]\nusers: [{{name: u, user: {{token: {}}}}}]\n"
                    "contexts: [{{name: x, context: {{cluster: c, user: u}}}}]\ncurrent-context: x\n",
                    url_, kernel::base64_encode(cluster_->ca_pem()), *token));
  const Outcome listed = kubectl({"get", "pods", "-A", "-o", "name"}, "robot.kubeconfig");
  EXPECT_EQ(listed.status, 0) << listed.output;
  EXPECT_NE(listed.output.find("pod/alone"), std::string::npos) << listed.output;
  const Outcome denied = kubectl({"get", "services"}, "robot.kubeconfig");
  EXPECT_NE(denied.output.find("User \"system:serviceaccount:default:robot\" cannot list resource \"services\""),
            std::string::npos)
      << denied.output;
  // The token may go with its account before kubectl asks for it.
  EXPECT_GE(count(ok({"delete", "-f", file("others.yaml"), "--ignore-not-found"}), " deleted"), 8U);
  const Outcome revoked = kubectl({"get", "pods", "-A"}, "robot.kubeconfig");
  EXPECT_NE(revoked.status, 0) << revoked.output;
}

TEST_F(KubectlTest, Create_MakesTheCommonKinds) {
  ok({"create", "namespace", "web"});
  ok({"-n", "web", "create", "serviceaccount", "robot"});
  ok({"-n", "web", "create", "secret", "generic", "s", "--from-literal=a=b"});
  ok({"-n", "web", "create", "configmap", "m", "--from-literal=a=b"});
  ok({"create", "clusterrole", "reader", "--verb=get,list", "--resource=pods"});
  ok({"create", "clusterrolebinding", "reader", "--clusterrole=reader", "--serviceaccount=web:robot"});
  ok({"-n", "web", "create", "service", "clusterip", "httpbin", "--tcp=8000:80"});
  ok({"-n", "web", "create", "deployment", "httpbin", "--image=httpbin:1", "--replicas=2", "--port=80"});
  ok({"-n", "web", "rollout", "status", "deployment/httpbin", "--timeout=30s"});
  EXPECT_EQ(ok({"-n", "web", "get", "secret", "s", "-o", "jsonpath={.data.a}"}), "Yg==");
  EXPECT_EQ(ok({"-n", "web", "get", "deploy", "httpbin", "-o", "jsonpath={.status.readyReplicas}"}), "2");
  EXPECT_EQ(ok({"-n", "web", "get", "svc", "httpbin", "-o", "jsonpath={.spec.ports[0].targetPort}"}), "80");
  EXPECT_NE(ok({"auth", "can-i", "list", "pods"}).find("yes"), std::string::npos);
}

TEST_F(KubectlTest, Access_IsDeniedToOthersInTheUsualWords) {
  const Outcome denied = kubectl({"get", "pods"}, "joe.kubeconfig");
  EXPECT_EQ(denied.status, 1);
  EXPECT_NE(denied.output.find("pods is forbidden: User \"joe\" cannot list resource \"pods\" in API group \"\" in the "
                               "namespace \"default\""),
            std::string::npos)
      << denied.output;
  on_cluster([](Cluster& cluster) {
    cluster.grant("joe", "tke:admin");
    return 0;
  });
  EXPECT_EQ(kubectl({"get", "pods"}, "joe.kubeconfig").status, 0);
}

TEST_F(KubectlTest, Access_CertificateOfAnotherClusterIsUnauthorized) {
  boost::asio::io_context other_io;
  ClusterOptions options;
  options.name = ClusterId("cls-2");
  options.wall_clock = std::chrono::system_clock::now;
  const Cluster other(other_io, options, runtime_);
  std::string config = other.kubeconfig("root", {"system:masters"}, url_);
  const std::string theirs = kernel::base64_encode(other.ca_pem()), ours = kernel::base64_encode(cluster_->ca_pem());
  config.replace(config.find(theirs), theirs.size(), ours);
  write("other.kubeconfig", config);
  const Outcome refused = kubectl({"get", "pods"}, "other.kubeconfig");
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.output.find("logged in"), std::string::npos) << refused.output;
}

TEST_F(KubectlTest, Audit_HasEveryRequestWithItsUser) {
  apply_app();
  const std::lock_guard lock(mutex_);
  const auto has = [this](const std::string& verb, const std::string& resource, int code) {
    return std::any_of(audit_.begin(), audit_.end(), [&](const AuditEntry& entry) {
      return entry.user == "root" && entry.verb == verb && entry.resource == resource && entry.code == code &&
             entry.from == "127.0.0.1";
    });
  };
  EXPECT_TRUE(has("get", "deployments", 404));
  EXPECT_TRUE(has("create", "deployments", 201));
  EXPECT_TRUE(has("watch", "deployments", 200) || has("list", "deployments", 200));
}

}  // namespace
}  // namespace plumbline::kube
