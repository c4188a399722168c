#include "simulator/world/parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/check.h"
#include "model/nearest.h"
#include "simulator/kernel/random.h"
#include "simulator/world/spec_check.h"

namespace plumbline::world {
namespace {

using nlohmann::json;

constexpr const char* kPerson = "plumbline-admin";
constexpr std::string_view kKeyCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr int kKeyLength = 32;
constexpr std::chrono::seconds kLastLinesPatience{1};  // for all who read recordings

std::string key(kernel::Random& random) {
  std::string text;
  for (int i = 0; i < kKeyLength; ++i) text += kKeyCharacters[random.below(kKeyCharacters.size())];
  return text;
}

}  // namespace

Error World::Parts::no_cluster(const ClusterId& cluster) const {
  std::vector<std::string> known;
  for (const auto& [name, _] : sites) known.push_back(name.str());
  return {Reason::kNotFound,
          fmt::format("this world has no cluster '{}'{}", cluster.str(), suggestion(cluster.str(), known)), "",
          cluster.str()};
}

World::Parts::Parts(const WorldSpec& spec_given, const WorldOptions& options_given, wire::HistorySink& sink)
    : spec(spec_given),
      options(options_given),
      fabric(spec_given.foreign_unreachable ? network::Foreign::kUnreachable : network::Foreign::kSilent),
      journal([this] { return now_us(); }),
      recorder([this] { return now_us(); }, journal, sink),
      waiters(io),
      surroundings{io, fabric, journal, recorder, waiters, [this] { return now_us(); }, options.seed},
      thread([this] { io.run(); }) {}

World::Parts::~Parts() {
  // Everything with a socket ends on the thread that runs it, and says what it still has to say.
  call([this] {
    cloud.reset();
    const auto deadline = std::chrono::steady_clock::now() + kLastLinesPatience;
    for (auto& [_, site] : sites) site->end_recordings(deadline);
    sites.clear();
    flush();
    flow_logs.clear();
    io.stop();  // nothing that still waits may meet what is gone
  });
  thread.join();
}

std::int64_t World::Parts::now_us() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started).count();
}

Result<void> World::Parts::wait(Waiters::Missing missing, std::chrono::milliseconds deadline) {
  std::promise<Result<void>> promise;
  boost::asio::post(io, [&] {
    waiters.wait(std::move(missing), deadline, [&promise](const Result<void>& result) { promise.set_value(result); });
  });
  return promise.get_future().get();
}

const InstanceSpec& World::Parts::attached_spec() const {
  const auto found = std::find_if(spec.instances.begin(), spec.instances.end(),
                                  [](const InstanceSpec& instance) { return instance.attached; });
  CHECK(found != spec.instances.end(), "the spec was checked");
  return *found;
}

const network::Fabric::Instance& World::Parts::attached_instance() const {
  return fabric.instance(attached_spec().name);
}

const VpcSpec& World::Parts::vpc_of(const ClusterSpec& cluster) const {
  const auto found =
      std::find_if(spec.vpcs.begin(), spec.vpcs.end(), [&](const VpcSpec& vpc) { return vpc.name == cluster.vpc; });
  CHECK(found != spec.vpcs.end(), "the spec was checked");
  return *found;
}

Result<void> World::Parts::build() {
  flush_regularly();
  if (auto built = build_networks(); !built) return built;
  if (auto built = build_clusters(); !built) return built;
  if (auto built = build_cloud(); !built) return built;
  for (auto& [name, site] : sites) {
    if (auto applied = site->apply_manifests(); !applied) return applied;
  }
  return {};
}

Result<void> World::Parts::build_networks() {
  for (const VpcSpec& vpc : spec.vpcs) {
    std::vector<network::Range> answering;
    for (const ClusterSpec& cluster : spec.clusters) {
      if (cluster.vpc != vpc.name) continue;
      answering.push_back(range_of(cluster.pod_cidr));
      answering.push_back(range_of(cluster.service_cidr));
    }
    if (auto added = fabric.add_vpc(vpc.name, range_of(vpc.cidr), answering); !added) return added;
  }
  // The attached instance is the first of its VPC, whatever the order of the file.
  std::vector<InstanceSpec> instances = spec.instances;
  std::stable_partition(instances.begin(), instances.end(), [](const InstanceSpec& one) { return one.attached; });
  for (const InstanceSpec& instance : instances) {
    if (instance.kind != InstanceKind::kDedicated) continue;
    if (auto added = fabric.add_instance(instance.name, instance.vpc); !added) return added;
    const auto& joined = fabric.instance(instance.name);
    auto log = network::FlowLog::open(
        io, fabric.vpc(instance.vpc).space, joined.link, [this] { return now_us(); },
        [this](const wire::Syn& syn) { recorder.syn(syn); });
    if (!log) return log.error();
    flow_logs.push_back(std::move(*log));
  }
  return {};
}

Result<void> World::Parts::build_clusters() {
  std::map<VpcId, SitePlace> places;
  for (const ClusterSpec& cluster : spec.clusters) {
    SitePlace& place = places[cluster.vpc];
    const auto site = sites.emplace(cluster.name, std::make_unique<Site>(surroundings, cluster, place)).first;
    place = next_place(place, cluster);
    if (auto opened = site->second->open(); !opened) return opened;
    grant_admins(spec, cluster.name, site->second->cluster());
  }
  for (const HostListener& listener : options.host_listeners) {
    const auto site = sites.find(listener.cluster);
    CHECK(site != sites.end(), "host listeners are for clusters of this world");
    site->second->cluster().grant(kPerson, "cluster-admin");
    site->second->cluster().serve(listener.fd, kube::Way::kHost);
  }
  return {};
}

Result<void> World::Parts::build_cloud() {
  cloud::Account account;
  account.regions = spec.regions;
  for (const VpcSpec& vpc : spec.vpcs) account.vpcs.push_back({vpc.name, vpc.region, vpc.cidr});
  for (const ClusterSpec& cluster : spec.clusters) {
    Site* site = sites.at(cluster.name).get();
    account.clusters.push_back({cluster.name, vpc_of(cluster).region, cluster.vpc, cluster.pod_cidr,
                                cluster.service_cidr, static_cast<int>(nodes_of(cluster).size()),
                                [site] { return site->intranet(); }, site->api_address(),
                                [site](const cloud::Principal& principal) {
                                  return site->cluster().kubeconfig(principal.name, {}, site->server_for_clients());
                                }});
  }
  const kernel::Random random(options.seed);
  for (const PrincipalSpec& principal : spec.principals) {
    kernel::Random own = random.split("principal " + principal.name);
    const std::string id = "AKID" + key(own);
    account.principals.push_back({principal.name, id, key(own)});
  }
  cloud = std::make_unique<cloud::Endpoint>(io, std::move(account), random.split("cloud").next());
  const auto address = network::parse_address(network::kCloudAddress);
  CHECK(address.has_value(), "the constant is an address");
  for (const VpcSpec& vpc : spec.vpcs) {
    auto listener = fabric.vpc(vpc.name).space.listen(*address, network::kCloudPort);
    if (!listener) return listener.error();
    cloud->serve(listener->release());
  }
  return {};
}

std::string World::Parts::missing_pods() const {
  for (const auto& [name, site] : sites) {
    if (std::string missing = site->hand().missing_pods(); !missing.empty()) return missing;
  }
  return "";
}

Result<std::string> World::Parts::host_kubeconfig(const ClusterId& cluster) {
  for (const HostListener& listener : options.host_listeners) {
    if (listener.cluster != cluster) continue;
    return sites.at(cluster)->cluster().kubeconfig(kPerson, {}, listener.url);
  }
  return Error{Reason::kNotFound, fmt::format("the host has no way to cluster '{}'", cluster.str()), "", cluster.str()};
}

void World::Parts::flush_regularly() {
  flush_timer.expires_after(kFlushEvery);
  flush_timer.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    recorder.flush_full();
    flush_regularly();
  });
}

void World::Parts::flush() {
  std::uint64_t lost = 0;
  for (const auto& log : flow_logs) {
    log->drain();
    lost += log->lost();
  }
  if (lost > 0) recorder.event({{"action", "flow-log-lost"}, {"count", lost}});
  recorder.flush();
}

}  // namespace plumbline::world
