#include "conformance/runner/rehearsed_stage.h"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "simulator/kube/cluster.h"
#include "simulator/world/hand.h"
#include "simulator/world/pod_addresses.h"
#include "simulator/world/site.h"
#include "simulator/world/spec_check.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPodPatience{1'000};  ///< with Pods that are not ready, while none of them changes
constexpr std::chrono::milliseconds kStepPatience{10'000};  ///< with those of one step
constexpr std::chrono::milliseconds kLookAgain{2};

/// Pods that are there and answer nobody.
class SilentPods : public kube::PodRuntime {
 public:
  SilentPods(boost::asio::io_context& io, const world::ClusterSpec& spec)
      : io_(io), addresses_(spec.name.str(), world::range_of(spec.pod_cidr)) {}

  Result<std::string> start(const kube::Value& pod) override {
    const auto address = addresses_.take();
    if (!address) return address.error();
    running_[uid_of(pod)] = {*address};
    ++changes_;
    return address->str();
  }
  void terminate(const kube::Value& pod, std::chrono::seconds, std::function<void()> gone) override {
    remove(pod);
    boost::asio::post(io_, std::move(gone));
  }
  void remove(const kube::Value& pod) override {
    const auto found = running_.find(uid_of(pod));
    if (found == running_.end()) return;
    addresses_.give_back(found->second.address);
    running_.erase(found);
    ++changes_;
  }

  /// How often a Pod began to run, or ended.
  std::uint64_t changes() const { return changes_; }

  /// Of a Pod by its uid; kNone for one that does not run.
  pods::Fault fault(const std::string& uid) const {
    const auto found = running_.find(uid);
    return found == running_.end() ? pods::Fault::kNone : found->second.fault;
  }
  /// kNotFound: no Pod of that uid runs.
  Result<void> set_fault(const std::string& uid, pods::Fault fault) {
    const auto found = running_.find(uid);
    if (found == running_.end()) return Error{Reason::kNotFound, "no Pod runs with uid " + uid, "", uid};
    found->second.fault = fault;
    return {};
  }

 private:
  struct Running {
    network::Address address;
    pods::Fault fault = pods::Fault::kNone;
  };
  static std::string uid_of(const kube::Value& pod) { return pod.at("metadata.uid").string(); }

  boost::asio::io_context& io_;
  world::PodAddresses addresses_;
  std::map<std::string, Running> running_;  ///< by uid
  std::uint64_t changes_ = 0;
};

}  // namespace

struct RehearsedStage::Cluster {
  Cluster(boost::asio::io_context& io, const world::ClusterSpec& spec, const network::Layout& layout,
          const world::SitePlace& place)
      : pods(io, spec),
        cluster(io, world::options_of(spec, layout, place), pods),
        hand(cluster, spec.name, [this](const std::string& uid) { return pods.fault(uid) != pods::Fault::kNone; }) {}

  SilentPods pods;
  kube::Cluster cluster;
  world::Hand hand;
};

template <class Work>
Result<void> RehearsedStage::each(const std::vector<ObjectName>& pods, const Work& work) {
  for (const ObjectName& pod : pods) {
    if (auto done = work(*clusters_.at(pod.cluster), pod); !done) return done;
  }
  return {};
}

RehearsedStage::~RehearsedStage() = default;

RehearsedStage::RehearsedStage(const world::WorldSpec& spec) {
  std::map<VpcId, world::SitePlace> places;
  for (const world::ClusterSpec& cluster : spec.clusters) {
    const auto vpc = std::find_if(spec.vpcs.begin(), spec.vpcs.end(),
                                  [&](const world::VpcSpec& one) { return one.name == cluster.vpc; });
    world::SitePlace& place = places[cluster.vpc];
    const network::Layout layout{world::range_of(vpc->cidr)};
    const auto made = clusters_.emplace(cluster.name, std::make_unique<Cluster>(io_, cluster, layout, place)).first;
    place = world::next_place(place, cluster);
    world::grant_admins(spec, cluster.name, made->second->cluster);
  }
}

std::string RehearsedStage::settle() {
  const auto begun = Clock::now();
  auto moved = begun;
  std::uint64_t changes = 0;
  std::string last;
  for (;;) {
    io_.restart();
    while (io_.poll() > 0) continue;
    std::string missing = awaits_pods_ ? missing_pods() : "";
    if (missing.empty()) return "";
    const auto now = Clock::now();
    if (const std::uint64_t newest = changes_of_pods(); newest != changes || missing != last) {
      changes = newest;
      last = missing;
      moved = now;
    }
    if (now - moved > kPodPatience || now - begun > kStepPatience) {
      awaits_pods_ = false;
      return missing;
    }
    io_.run_one_for(kLookAgain);
  }
}

Result<void> RehearsedStage::apply(const ClusterId& cluster, const json& manifest) {
  return clusters_.at(cluster)->hand.apply(manifest);
}

Result<void> RehearsedStage::remove(const ObjectName& object, const std::string& kind) {
  return clusters_.at(object.cluster)->hand.remove(object, kind);
}

Result<void> RehearsedStage::scale(const ObjectName& deployment, int replicas, std::chrono::milliseconds) {
  return clusters_.at(deployment.cluster)->hand.scale(deployment, replicas);
}

Result<void> RehearsedStage::label_pods(const std::vector<ObjectName>& pods, const Labels& labels) {
  return each(pods, [&](Cluster& cluster, const ObjectName& pod) { return cluster.hand.label(pod, labels); });
}

Result<void> RehearsedStage::delete_pods(const std::vector<ObjectName>& pods, std::chrono::milliseconds) {
  return each(pods, [&](Cluster& cluster, const ObjectName& pod) { return cluster.hand.remove(pod, "Pod"); });
}

Result<void> RehearsedStage::set_fault(const std::vector<ObjectName>& pods, pods::Fault fault,
                                       std::chrono::milliseconds) {
  return each(pods, [&](Cluster& cluster, const ObjectName& pod) -> Result<void> {
    const auto uid = cluster.hand.uid_of(pod);
    if (!uid) return uid.error();
    const bool was_ready = cluster.pods.fault(*uid) != pods::Fault::kNotReady;
    if (auto set = cluster.pods.set_fault(*uid, fault); !set) return set;
    const bool ready = fault != pods::Fault::kNotReady;
    return ready == was_ready ? Result<void>() : cluster.cluster.set_pod_ready(pod, ready);
  });
}

Result<void> RehearsedStage::fault_api(const ClusterId& cluster, const world::ApiFault& fault) {
  const auto done = clusters_.at(cluster)->cluster.inject(fault);
  return done ? Result<void>() : done.error();
}

Result<void> RehearsedStage::heal_api(const ClusterId& cluster, std::optional<world::FaultKind> kind) {
  clusters_.at(cluster)->cluster.heal(kind);
  return {};
}

Result<void> RehearsedStage::set_node_ready(const ClusterId& cluster, const std::string& node,
                                            const std::string& status) {
  if (status != "True") awaits_pods_ = false;  // those of a node that is not are not ready
  return clusters_.at(cluster)->hand.set_node_ready(node, status);
}

Result<void> RehearsedStage::tamper_endpoints(const ObjectName& service, const std::vector<std::string>& addresses) {
  return clusters_.at(service.cluster)->hand.tamper(service, addresses);
}

std::vector<json> RehearsedStage::list(const ClusterId& cluster, const std::string& kind) const {
  return clusters_.at(cluster)->cluster.list(kind);
}

Result<json> RehearsedStage::get(const ObjectName& object, const std::string& kind) const {
  return clusters_.at(object.cluster)->cluster.get(kind, object);
}

std::vector<std::string> RehearsedStage::names(const std::string& kind) const {
  std::vector<std::string> names;
  for (const auto& [cluster, one] : clusters_)
    for (const json& object : one->cluster.list(kind)) {
      const json& metadata = object.at("metadata");
      names.push_back(ObjectName{cluster, metadata.value("namespace", ""), metadata.value("name", "")}.str());
    }
  return names;
}

std::string RehearsedStage::missing_pods() const {
  for (const auto& [_, one] : clusters_)
    if (std::string missing = one->hand.missing_pods(); !missing.empty()) return missing;
  return "";
}

std::uint64_t RehearsedStage::changes_of_pods() const {
  std::uint64_t sum = 0;
  for (const auto& [_, one] : clusters_) sum += one->pods.changes();
  return sum;
}

}  // namespace plumbline::conformance
