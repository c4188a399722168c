#include "simulator/world/world.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/nearest.h"
#include "simulator/world/parts.h"

namespace plumbline::world {

using nlohmann::json;

namespace {

constexpr std::chrono::milliseconds kReadyDeadline{20'000};
constexpr std::chrono::milliseconds kToldDeadline{5'000};

}  // namespace

World::World() = default;

World::~World() = default;

Result<std::unique_ptr<World>> World::build(const WorldSpec& spec, const WorldOptions& options,
                                            wire::HistorySink& sink) {
  if (const auto problems = check(spec); !problems.empty()) {
    const SpecProblem& first = problems.front();
    return Error{Reason::kInvalidValue, first.text, fmt::format("{}[{}].{}", first.kind, first.index, first.field), ""};
  }
  std::unique_ptr<World> world(new World());
  world->parts_ = std::make_unique<Parts>(spec, options, sink);
  Parts& parts = *world->parts_;
  if (auto built = parts.call([&] { return parts.build(); }); !built) return built.error();
  auto ready = parts.wait([&parts] { return parts.missing_pods(); }, kReadyDeadline);
  if (!ready) return ready.error();
  return world;
}

const WorldSpec& World::spec() const { return parts_->spec; }

std::int64_t World::now_us() const { return parts_->now_us(); }

wire::Hello World::hello(bool ready_made_clusters) {
  return parts_->call([&] { return parts_->hello(ready_made_clusters); });
}

Result<int> World::network_namespace(const std::string& name) const {
  if (const network::Namespace* found = parts_->fabric.find(name)) return found->fd();
  std::vector<std::string> known;
  for (const VpcSpec& vpc : parts_->spec.vpcs) known.push_back(vpc.name.str());
  for (const InstanceSpec& instance : parts_->spec.instances) {
    if (instance.kind == InstanceKind::kDedicated) known.push_back(instance.name.str());
  }
  return Error{Reason::kNotFound,
               fmt::format("this world has no VPC or dedicated instance '{}'{}", name, suggestion(name, known)), "",
               name};
}

int World::attached_instance_namespace() const { return parts_->attached_instance().space.fd(); }

int World::users_namespace() const { return parts_->fabric.vpc(parts_->attached_instance().vpc).space.fd(); }

std::string World::instance_address() const { return parts_->attached_instance().address.str(); }

Result<std::string> World::host_kubeconfig(const ClusterId& cluster) const {
  return parts_->call([&] { return parts_->host_kubeconfig(cluster); });
}

Result<void> World::apply(const ClusterId& cluster, const json& manifest) {
  return parts_->at(cluster, [&](Site& site) { return site.hand().apply(manifest); });
}

Result<void> World::remove(const ObjectName& object, const std::string& kind) {
  return parts_->at(object.cluster, [&](Site& site) { return site.hand().remove(object, kind); });
}

Result<void> World::scale(const ObjectName& deployment, int replicas, std::chrono::milliseconds deadline) {
  auto scaled = parts_->at(deployment.cluster, [&](Site& site) { return site.hand().scale(deployment, replicas); });
  if (!scaled) return scaled;
  Site& site = *parts_->sites.at(deployment.cluster);
  return parts_->wait([&site, deployment, replicas] { return site.hand().missing_pods(deployment, replicas); },
                      deadline);
}

Result<void> World::label_pods(const std::vector<ObjectName>& pods, const Labels& labels) {
  for (const ObjectName& pod : pods) {
    auto done = parts_->at(pod.cluster, [&](Site& site) { return site.hand().label(pod, labels); });
    if (!done) return done;
  }
  return {};
}

Result<void> World::delete_pods(const std::vector<ObjectName>& pods, std::chrono::milliseconds serve_on) {
  // A Pod is killed at the end of its grace period, so the period covers the time that it serves on.
  const auto grace = std::chrono::ceil<std::chrono::seconds>(serve_on) + kGraceBeyondServing;
  std::vector<std::pair<const Site*, std::string>> told;
  for (const ObjectName& pod : pods) {
    auto done = parts_->at(pod.cluster, [&](Site& site) -> Result<void> {
      const auto uid = site.hand().uid_of(pod);
      if (!uid) return uid.error();
      if (auto set = site.pods().set_serve_on(*uid, serve_on); !set) return set;
      const auto removed = site.cluster().remove("Pod", pod, grace);
      if (!removed) return removed.error();
      told.emplace_back(&site, *uid);
      return {};
    });
    if (!done) return done;
  }
  const auto missing = [&told] {
    const auto deaf =
        std::find_if(told.begin(), told.end(), [](const auto& pod) { return pod.first->serves(pod.second); });
    return deaf == told.end() ? "" : "the Pod of uid " + deaf->second + " was not told to stop";
  };
  return parts_->wait(missing, kToldDeadline);
}

Result<void> World::set_fault(const std::vector<ObjectName>& pods, pods::Fault fault, std::chrono::milliseconds delay) {
  for (const ObjectName& pod : pods) {
    auto done = parts_->at(pod.cluster, [&](Site& site) -> Result<void> {
      const auto uid = site.hand().uid_of(pod);
      if (!uid) return uid.error();
      const pods::Fault before = site.pods().fault(*uid);
      if (auto set = site.pods().set_fault(*uid, fault, delay); !set) return set;
      const bool ready = fault != pods::Fault::kNotReady;
      if (ready == (before != pods::Fault::kNotReady)) return {};
      return site.cluster().set_pod_ready(pod, ready);
    });
    if (!done) return done;
  }
  return {};
}

Result<std::vector<ApiFault>> World::fault_api(const ClusterId& cluster, const ApiFault& fault) {
  return parts_->at(cluster, [&](Site& site) { return site.cluster().inject(fault); });
}

Result<std::vector<ApiFault>> World::heal_api(const ClusterId& cluster, std::optional<FaultKind> kind) {
  return parts_->at(cluster, [&](Site& site) -> Result<std::vector<ApiFault>> { return site.cluster().heal(kind); });
}

Result<void> World::set_node_ready(const ClusterId& cluster, const std::string& node, const std::string& status) {
  return parts_->at(cluster, [&](Site& site) { return site.hand().set_node_ready(node, status); });
}

Result<void> World::record(const ClusterId& cluster, network::Descriptor socket) {
  return parts_->at(cluster, [&](Site& site) -> Result<void> {
    site.record(socket.release());
    return {};
  });
}

Result<void> World::tamper_endpoints(const ObjectName& service, const std::vector<std::string>& addresses) {
  return parts_->at(service.cluster, [&](Site& site) { return site.hand().tamper(service, addresses); });
}

std::vector<json> World::list(const ClusterId& cluster, const std::string& kind) const {
  const auto listed =
      parts_->at(cluster, [&](Site& site) -> Result<std::vector<json>> { return site.cluster().list(kind); });
  return listed ? *listed : std::vector<json>();
}

Result<json> World::get(const ObjectName& object, const std::string& kind) const {
  return parts_->at(object.cluster, [&](Site& site) { return site.cluster().get(kind, object); });
}

void World::keep_exchanges(int window) {
  parts_->call([&] { parts_->journal.keep(window); });
}

std::vector<json> World::take_exchanges(int window) {
  return parts_->call([&] { return parts_->journal.take_exchanges(window); });
}

json World::describe() const {
  return parts_->call([&] { return parts_->describe(); });
}

json World::status() const {
  return parts_->call([&] {
    json clusters = json::array();
    for (const auto& [name, site] : parts_->sites) {
      clusters.push_back(site->cluster().status(std::chrono::steady_clock::now()));
      clusters.back()["cluster"] = name.str();
    }
    return json{{"world", spec().name}, {"clusters", clusters}};
  });
}

void World::flush() {
  parts_->call([&] { parts_->flush(); });
}

}  // namespace plumbline::world
