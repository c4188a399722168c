// How large and how fast simulated clusters are: memory a Pod, a Deployment of 10,000 Pods, changes with watchers over
// TLS, thousands of open watches. Prints one line a measurement; ratios between builds count, not the seconds.
#include <fmt/format.h>
#include <jemalloc/jemalloc.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <fstream>

#include "bench/clusters/watchers.h"
#include "model/check.h"
#include "simulator/kernel/base64.h"
#include "simulator/kube/cluster.h"
#include "simulator/kube/fake_runtime.h"

namespace plumbline::bench {
namespace {

using kube::Cluster;
using kube::ClusterOptions;
using kube::Json;
using std::chrono::steady_clock;

double seconds_since(steady_clock::time_point start) {
  return std::chrono::duration<double>(steady_clock::now() - start).count();
}

double resident_mib() {
  std::ifstream status("/proc/self/statm");
  std::size_t size = 0, resident = 0;
  status >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

/// As real Pods have them.
Json deployment(const std::string& name, int replicas) {
  const Json labels{{"app", name}, {"app.kubernetes.io/name", name}, {"version", "v1"}};
  return {{"kind", "Deployment"},
          {"apiVersion", "apps/v1"},
          {"metadata", {{"name", name}, {"namespace", "default"}}},
          {"spec",
           {{"replicas", replicas},
            {"selector", {{"matchLabels", {{"app", name}}}}},
            {"template",
             {{"metadata", {{"labels", labels}}},
              {"spec",
               {{"containers",
                 {{{"name", "web"},
                   {"image", "registry.example.com/web:1.2.3"},
                   {"ports", {{{"containerPort", 8080}, {"name", "http"}}}},
                   {"env", {{{"name", "MODE"}, {"value", "production"}}}},
                   {"resources", {{"requests", {{"cpu", "100m"}, {"memory", "128Mi"}}}}},
                   {"readinessProbe", {{"httpGet", {{"path", "/ready"}, {"port", 8080}}}}}}}}}}}}}}};
}

Json service(const std::string& name) {
  return {{"kind", "Service"},
          {"apiVersion", "v1"},
          {"metadata", {{"name", name}, {"namespace", "default"}}},
          {"spec", {{"selector", {{"app", name}}}, {"ports", {{{"port", 80}, {"targetPort", "http"}}}}}}};
}

ClusterOptions options(const std::string& name, int nodes) {
  ClusterOptions made;
  made.name = ClusterId(name);
  made.service_cidr = "10.64.0.0/16";
  made.san_addresses = {"127.0.0.1"};
  made.now_us = [] { return std::int64_t{0}; };
  made.wall_clock = std::chrono::system_clock::now;
  for (int i = 0; i < nodes; ++i)
    made.nodes.push_back({fmt::format("node-{}", i), {}, fmt::format("10.1.{}.{}", i / 250, i % 250 + 1)});
  return made;
}

std::size_t ready_pods(const Cluster& cluster, const std::string& deployment) {
  const auto found = cluster.get("Deployment", {ClusterId("c"), "default", deployment});
  return found ? found->value("/status/readyReplicas"_json_pointer, std::size_t{0}) : 0;
}

void world_in_memory(int clusters, int nodes, int pods, int services) {
  boost::asio::io_context io;
  kube::FakeRuntime runtime;
  const double before = resident_mib();
  const auto start = steady_clock::now();
  std::vector<std::unique_ptr<Cluster>> all;
  const int sets = std::max(1, pods / 100);
  for (int c = 0; c < clusters; ++c) {
    all.push_back(std::make_unique<Cluster>(io, options(fmt::format("cls-{}", c), nodes), runtime));
    for (int s = 0; s < services; ++s) (void)all.back()->apply(service(fmt::format("app-{}", s)));
    for (int d = 0; d < sets; ++d) (void)all.back()->apply(deployment(fmt::format("app-{}", d), pods / sets));
    io.restart();
    io.poll();
  }
  const double grown = resident_mib() - before;
  const int total = clusters * (pods / sets) * sets;
  fmt::print(
      "memory: {} clusters, {} nodes, {} Pods, {} Services: {:.0f} MiB, {:.2f} KiB a Pod with all that goes with "
      "it; made in {:.1f} s\n",
      clusters, clusters * nodes, total, clusters * services, grown, grown * 1024 / total, seconds_since(start));
}

/// Bytes that the program holds, as the allocator rounds them.
std::size_t allocated() {
  std::uint64_t epoch = 1;
  std::size_t bytes = 0;
  std::size_t size = sizeof(epoch);
  CHECK(::mallctl("epoch", &epoch, &size, &epoch, sizeof(epoch)) == 0, "jemalloc counts");
  size = sizeof(bytes);
  CHECK(::mallctl("stats.allocated", &bytes, &size, nullptr, 0) == 0, "jemalloc counts");
  return bytes;
}

/// What Pods take of the heap, what the stand-in for their runtime keeps of them included.
void heap_of_pods(int deployments, std::size_t window) {
  boost::asio::io_context io;
  kube::FakeRuntime runtime;
  ClusterOptions chosen = options("c", 250);
  chosen.watch_window = window;
  Cluster cluster(io, chosen, runtime);
  io.poll();
  const auto before = allocated();
  for (int d = 0; d < deployments; ++d) (void)cluster.apply(deployment(fmt::format("app-{}", d), 100));
  io.restart();
  io.poll();
  const auto kib_a_pod = [&] { return static_cast<double>(allocated() - before) / 1024 / (deployments * 100); };
  const double with_events = kib_a_pod();
  // Events are there for an hour, of a thousand Pods at most that are made at once.
  std::size_t events = 0;
  for (const Json& event : cluster.list("Event")) {
    ++events;
    (void)cluster.remove("Event", {ClusterId("c"), "default", event["metadata"]["name"].get<std::string>()});
  }
  io.restart();
  io.poll();
  fmt::print("heap: {:.2f} KiB a Pod with a window of {} changes; {:.2f} with the {} Events of {} Pods\n", kib_a_pod(),
             window, with_events, events, deployments * 100);
}

void large_deployment(int pods) {
  boost::asio::io_context io;
  kube::FakeRuntime runtime;
  Cluster cluster(io, options("c", 100), runtime);
  (void)cluster.apply(service("web"));
  io.poll();
  auto start = steady_clock::now();
  (void)cluster.apply(deployment("web", pods));
  while (ready_pods(cluster, "web") != static_cast<std::size_t>(pods)) {
    io.restart();
    io.poll_one();
    if (seconds_since(start) > 300) break;
  }
  fmt::print("deployment: {} Pods ready in {:.2f} s", pods, seconds_since(start));
  start = steady_clock::now();
  (void)cluster.remove("Deployment", {ClusterId("c"), "default", "web"});
  while (!cluster.list("ReplicaSet").empty() || runtime.running.size() > 0) {
    io.restart();
    io.poll();
    if (seconds_since(start) > 300) break;
  }
  fmt::print(", gone in {:.2f} s\n", seconds_since(start));
}

struct Server {
  Server(boost::asio::io_context& io, kube::FakeRuntime& runtime) : cluster(io, options("c", 100), runtime) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof place;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&place), size) != 0 || ::listen(fd, 4096) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&place), &size) != 0)
      throw std::runtime_error("cannot listen on 127.0.0.1");
    order.port = ntohs(place.sin_port);
    cluster.serve(fd);
    const std::string kubeconfig = cluster.kubeconfig("bench", {"system:masters"}, "https://127.0.0.1");
    order.certificate_pem = decoded(kubeconfig, "client-certificate-data: ");
    order.key_pem = decoded(kubeconfig, "client-key-data: ");
  }
  static std::string decoded(const std::string& text, std::string_view field) {
    const std::size_t begin = text.find(field) + field.size();
    return kernel::base64_decode(text.substr(begin, text.find('\n', begin) - begin)).value_or("");
  }
  Cluster cluster;
  WatchersOrder order;
};

double percentile(const std::vector<double>& sorted, double share) {
  return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

bool wait_until_open(boost::asio::io_context& io, Watchers& watchers) {
  const auto start = steady_clock::now();
  while (!watchers.ready()) {
    io.restart();
    io.run_for(std::chrono::milliseconds(20));
    if (seconds_since(start) > 300) return false;
  }
  return true;
}

void changes_with_watchers(int everywhere, int narrow, int rate, int seconds) {
  boost::asio::io_context io;
  kube::FakeRuntime runtime;
  Server server(io, runtime);
  constexpr int kPods = 2000;
  for (int s = 0; s < 10; ++s)
    (void)server.cluster.apply(
        {{"kind", "Namespace"}, {"apiVersion", "v1"}, {"metadata", {{"name", fmt::format("ns-{}", s)}}}});
  for (int s = 0; s < 10; ++s) {
    Json set = deployment("web", kPods / 10);
    set["metadata"]["namespace"] = fmt::format("ns-{}", s);
    (void)server.cluster.apply(set);
  }
  io.poll();
  for (int i = 0; i < everywhere; ++i) server.order.targets.push_back("/api/v1/pods?watch=true");
  for (int i = 0; i < narrow; ++i)
    server.order.targets.push_back(fmt::format("/api/v1/namespaces/ns-{}/pods?watch=true", i % 10));
  Watchers watchers(server.order);
  if (!wait_until_open(io, watchers)) return fmt::print("changes: the watches did not open\n");
  std::vector<ObjectName> pods;
  for (const Json& pod : server.cluster.list("Pod"))
    pods.push_back({ClusterId("c"), pod["metadata"]["namespace"], pod["metadata"]["name"]});
  const auto start = steady_clock::now();
  std::int64_t made = 0;
  const double cpu_before = cpu_seconds();
  while (seconds_since(start) < seconds) {
    const auto due = static_cast<std::int64_t>(seconds_since(start) * rate);
    for (; made < due; ++made) {
      const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(steady_clock::now().time_since_epoch());
      (void)server.cluster.merge_patch("Pod", pods[static_cast<std::size_t>(made) % pods.size()],
                                       {{"metadata", {{"annotations", {{kMadeAt, std::to_string(now.count())}}}}}});
    }
    io.restart();
    io.poll();
    io.restart();
    io.run_for(std::chrono::milliseconds(1));
  }
  io.restart();
  io.run_for(std::chrono::milliseconds(500));
  const double cpu = cpu_seconds() - cpu_before, took = seconds_since(start);
  const WatchersReport report = watchers.stop();
  fmt::print(
      "changes: {} a second for {} s, {} watchers of all Pods and {} of one namespace each: {} events told, latency "
      "p50 {:.1f} ms, p99 {:.1f} ms, max {:.1f} ms; the cluster took {:.0f} % of a core, the watchers {:.0f} %\n",
      static_cast<int>(static_cast<double>(made) / seconds), seconds, everywhere, narrow, report.events,
      percentile(report.latencies_ms, 0.5), percentile(report.latencies_ms, 0.99),
      report.latencies_ms.empty() ? 0 : report.latencies_ms.back(), 100 * cpu / took, 100 * report.cpu_s / took);
}

void open_watches(int count) {
  boost::asio::io_context io;
  kube::FakeRuntime runtime;
  Server server(io, runtime);
  io.poll();
  const double before = resident_mib();
  const auto start = steady_clock::now();
  for (int i = 0; i < count; ++i) server.order.targets.push_back("/api/v1/namespaces/default/pods?watch=true");
  Watchers watchers(server.order);
  const bool open = wait_until_open(io, watchers);
  fmt::print("watches: {} {} in {:.1f} s, {:.1f} KiB each\n", count, open ? "open at once" : "did not all open",
             seconds_since(start), (resident_mib() - before) * 1024 / count);
}

int run(int argc, char** argv) {
  CLI::App app("Measures simulated clusters: memory, speed, watches.");
  std::vector<std::string> what;
  bool small = false;
  app.add_option("WHAT", what, "memory, heap, deployment, changes, watches; all without it")
      ->check(CLI::IsMember({"memory", "heap", "deployment", "changes", "watches"}));
  app.add_flag("--small", small, "A tenth of everything: a smoke test");
  int rate = 1000, seconds = 60;
  app.add_option("--rate", rate, "Changes a second")->check(CLI::PositiveNumber);
  app.add_option("--seconds", seconds, "How long changes are made")->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  const int part = small ? 10 : 1;
  const auto wanted = [&](const char* name) {
    return what.empty() || std::find(what.begin(), what.end(), name) != what.end();
  };
  if (wanted("memory")) world_in_memory(20 / (small ? 10 : 1), 250 / part, 7500 / part, 500 / part);
  if (wanted("heap"))
    for (const std::size_t window : {std::size_t{0}, std::size_t{10'000}}) heap_of_pods(20, window);
  if (wanted("deployment")) large_deployment(10'000 / part);
  if (wanted("changes")) changes_with_watchers(20, 200, std::max(1, rate / part), std::max(1, seconds / part));
  if (wanted("watches")) open_watches(8000 / part);
  return 0;
}

}  // namespace
}  // namespace plumbline::bench

int main(int argc, char** argv) { return plumbline::bench::run(argc, argv); }
