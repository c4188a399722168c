#include "conformance/runner/rehearsal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <map>
#include <memory>

#include "conformance/checks/nouns.h"
#include "conformance/runner/stage.h"
#include "conformance/runner/world_steps.h"
#include "model/nearest.h"
#include "simulator/kube/cluster.h"
#include "simulator/world/hand.h"
#include "simulator/world/pod_addresses.h"
#include "simulator/world/site.h"
#include "simulator/world/spec_check.h"
#include "wire/contract.h"
#include "wire/no_history.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPatience{1'000};      ///< with Pods that are not ready, while none of them changes
constexpr std::chrono::milliseconds kPatienceMax{10'000};  ///< with those of one step
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

struct RehearsedCluster {
  RehearsedCluster(boost::asio::io_context& io, const world::ClusterSpec& spec, const network::Layout& layout,
                   const world::SitePlace& place)
      : pods(io, spec),
        cluster(io, world::options_of(spec, layout, place), pods),
        hand(cluster, spec.name, [this](const std::string& uid) { return pods.fault(uid) != pods::Fault::kNone; }) {}

  SilentPods pods;
  kube::Cluster cluster;
  world::Hand hand;
};

/// The clusters of a world and nothing else of it. One thread.
class RehearsedStage : public Stage {
 public:
  explicit RehearsedStage(const world::WorldSpec& spec) {
    std::map<VpcId, world::SitePlace> places;
    for (const world::ClusterSpec& cluster : spec.clusters) {
      const auto vpc = std::find_if(spec.vpcs.begin(), spec.vpcs.end(),
                                    [&](const world::VpcSpec& one) { return one.name == cluster.vpc; });
      world::SitePlace& place = places[cluster.vpc];
      const network::Layout layout{world::range_of(vpc->cidr)};
      const auto made =
          clusters_.emplace(cluster.name, std::make_unique<RehearsedCluster>(io_, cluster, layout, place)).first;
      place = world::next_place(place, cluster);
      world::grant_admins(spec, cluster.name, made->second->cluster);
    }
  }

  /// Until the Pods are as they are to be. What is missing when they do not come to that; nobody waits for them again.
  std::string settle() {
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
      if (now - moved > kPatience || now - begun > kPatienceMax) {
        awaits_pods_ = false;
        return missing;
      }
      io_.run_one_for(kLookAgain);
    }
  }

  std::int64_t now_us() const override { return 0; }
  std::string instance_address() const override { return {}; }
  Result<void> apply(const ClusterId& cluster, const json& manifest) override {
    return clusters_.at(cluster)->hand.apply(manifest);
  }
  Result<void> remove(const ObjectName& object, const std::string& kind) override {
    return clusters_.at(object.cluster)->hand.remove(object, kind);
  }
  Result<void> scale(const ObjectName& deployment, int replicas, std::chrono::milliseconds) override {
    return clusters_.at(deployment.cluster)->hand.scale(deployment, replicas);
  }
  Result<void> label_pods(const std::vector<ObjectName>& pods, const Labels& labels) override {
    return each(pods,
                [&](RehearsedCluster& cluster, const ObjectName& pod) { return cluster.hand.label(pod, labels); });
  }
  Result<void> delete_pods(const std::vector<ObjectName>& pods, std::chrono::milliseconds) override {
    return each(pods,
                [&](RehearsedCluster& cluster, const ObjectName& pod) { return cluster.hand.remove(pod, "Pod"); });
  }
  Result<void> set_fault(const std::vector<ObjectName>& pods, pods::Fault fault, std::chrono::milliseconds) override {
    return each(pods, [&](RehearsedCluster& cluster, const ObjectName& pod) -> Result<void> {
      const auto uid = cluster.hand.uid_of(pod);
      if (!uid) return uid.error();
      const bool was_ready = cluster.pods.fault(*uid) != pods::Fault::kNotReady;
      if (auto set = cluster.pods.set_fault(*uid, fault); !set) return set;
      const bool ready = fault != pods::Fault::kNotReady;
      return ready == was_ready ? Result<void>() : cluster.cluster.set_pod_ready(pod, ready);
    });
  }
  Result<void> fault_api(const ClusterId& cluster, const world::ApiFault& fault) override {
    const auto done = clusters_.at(cluster)->cluster.inject(fault);
    return done ? Result<void>() : done.error();
  }
  Result<void> heal_api(const ClusterId& cluster, std::optional<world::FaultKind> kind) override {
    clusters_.at(cluster)->cluster.heal(kind);
    return {};
  }
  Result<void> set_node_ready(const ClusterId& cluster, const std::string& node, const std::string& status) override {
    if (status != "True") awaits_pods_ = false;  // those of a node that is not are not ready
    return clusters_.at(cluster)->hand.set_node_ready(node, status);
  }
  Result<void> tamper_endpoints(const ObjectName& service, const std::vector<std::string>& addresses) override {
    return clusters_.at(service.cluster)->hand.tamper(service, addresses);
  }
  std::vector<json> list(const ClusterId& cluster, const std::string& kind) const override {
    return clusters_.at(cluster)->cluster.list(kind);
  }
  Result<json> get(const ObjectName& object, const std::string& kind) const override {
    return clusters_.at(object.cluster)->cluster.get(kind, object);
  }
  /// "cls-1/default/httpbin" of every object of `kind`.
  std::vector<std::string> names(const std::string& kind) const {
    std::vector<std::string> names;
    for (const auto& [cluster, one] : clusters_)
      for (const json& object : one->cluster.list(kind)) {
        const json& metadata = object.at("metadata");
        names.push_back(ObjectName{cluster, metadata.value("namespace", ""), metadata.value("name", "")}.str());
      }
    return names;
  }
  void keep_exchanges(int) override {}
  std::vector<json> take_exchanges(int) override { return {}; }
  void flush() override {}

 private:
  std::string missing_pods() const {
    for (const auto& [_, one] : clusters_)
      if (std::string missing = one->hand.missing_pods(); !missing.empty()) return missing;
    return "";
  }
  std::uint64_t changes_of_pods() const {
    std::uint64_t sum = 0;
    for (const auto& [_, one] : clusters_) sum += one->pods.changes();
    return sum;
  }

  template <class Work>
  Result<void> each(const std::vector<ObjectName>& pods, const Work& work) {
    for (const ObjectName& pod : pods) {
      if (auto done = work(*clusters_.at(pod.cluster), pod); !done) return done;
    }
    return {};
  }

  boost::asio::io_context io_;
  std::map<ClusterId, std::unique_ptr<RehearsedCluster>> clusters_;
  bool awaits_pods_ = true;
};

/// Kinds of what gateways make in clusters that they may enter: accounts, rights, and what they keep.
bool may_be_candidates(std::string_view kind) {
  static constexpr std::string_view kKinds[] = {"ServiceAccount",     "Role",   "RoleBinding", "ClusterRole",
                                                "ClusterRoleBinding", "Secret", "ConfigMap",   "Lease"};
  return std::find(std::begin(kKinds), std::end(kKinds), kind) != std::end(kKinds);
}

class Rehearsal {
  /// A Service that is to be there at some time; with this port, unless it is 0.
  struct Wanted {
    ObjectName service;
    int port = 0;
    friend auto operator<=>(const Wanted&, const Wanted&) = default;
  };

 public:
  Rehearsal(const world::WorldSpec& spec, yaml::Problems& problems)
      : spec_(spec), problems_(problems), stage_(spec), steps_(stage_, history_) {}

  /// False when what follows would meet a world that is not as its author meant it.
  bool apply_world() {
    bool good = true;
    for (const world::ClusterSpec& cluster : spec_.clusters) good = apply(cluster.name, cluster.manifests) && good;
    const std::string missing = stage_.settle();
    if (!missing.empty() && good) problems_.add(first_manifest(), "Pods do not become ready: " + missing);
    return good;
  }

  void run(const Plan& plan) {
    if (!apply_world()) return;
    expect_services(plan);
    for (const Step& step : plan.steps) {
      if (!std::visit([&](const auto& action) { return carry_out(step, action); }, step.action)) return;
      const std::string missing = stage_.settle();
      // Other steps do not wait for Pods.
      if (!missing.empty() && std::holds_alternative<Scale>(step.action))
        problems_.add(step.place, "scale: Pods do not become ready: " + missing);
      look_for_services();
    }
    for (const auto& [wanted, place] : wanted_) problems_.add(place, never_there(wanted));
  }

 private:
  /// False when what follows would meet a world that is not as its author meant it.
  bool carry_out(const Step&, const Apply& action) { return apply(action.cluster, action.manifests); }
  bool carry_out(const Step&, const Authorize&) {
    candidate_writes_ = true;
    return true;
  }
  bool carry_out(const Step& step, const DeleteObject& action) {
    const StepOutcome outcome = steps_.run(0, step, action);
    // What a candidate makes for itself in a cluster that it may enter is not here.
    if (!candidate_writes_ || !may_be_candidates(action.kind)) tell(step, outcome);
    return true;
  }
  bool carry_out(const Step& step, const CreateTunnel& action) { return expect_services(step, action.definition); }
  bool carry_out(const Step& step, const ModifyTunnel& action) {
    const auto changed = wire::tunnel_from_json(action.fields);
    return !changed || expect_services(step, *changed);
  }
  template <class What>
  bool carry_out(const Step& step, const What& action) {
    if constexpr (requires { steps_.run(0, step, action); }) tell(step, steps_.run(0, step, action));
    return true;
  }

  bool apply(const ClusterId& cluster, const std::vector<world::Manifest>& manifests) {
    bool good = true;
    for (const world::Manifest& manifest : manifests) {
      const auto applied = stage_.apply(cluster, manifest.object);
      if (applied) continue;
      good = false;
      problems_.add(manifest.place, fmt::format("{}: {}", manifest.title(), applied.error().text));
    }
    return good;
  }

  /// What a tunnel leads to, unless a refusal of it is what is judged.
  bool expect_services(const Step& step, const Tunnel& tunnel) {
    if (step.may_be_refused) return true;
    for (const TunnelService& row : tunnel.services) wanted_.emplace(Wanted{row.service, row.port.value}, step.place);
    return true;
  }

  /// Services that expectations are about; those that are there at some time are found.
  void expect_services(const Plan& plan) {
    for (const auto* list : {&plan.require, &plan.expect}) {
      for (const Expectation& expectation : *list) {
        const auto targets = expectation.arguments.find("to");
        if (targets == expectation.arguments.end() || !targets->is_array()) continue;
        for (const json& target : *targets) {
          const auto text = target.get<std::string>();
          if (!text.starts_with(kEveryPodOf)) continue;
          if (const auto service = parse_object_name(text.substr(kEveryPodOf.size())))
            wanted_.emplace(Wanted{*service, 0}, expectation.place);
        }
      }
    }
    look_for_services();
  }
  void look_for_services() {
    std::erase_if(wanted_, [this](const auto& one) {
      const auto& [service, port] = one.first;
      const auto object = stage_.get(service, "Service");
      if (!object) return false;
      const auto ports = ports_of(*object);
      if (port == 0 || std::find(ports.begin(), ports.end(), port) != ports.end()) return true;
      ports_[service] = ports;
      return false;
    });
  }
  static std::vector<int> ports_of(const json& service) {
    std::vector<int> ports;
    for (const json& port : service.value("/spec/ports"_json_pointer, json::array()))
      ports.push_back(port.value("port", 0));
    return ports;
  }
  std::string never_there(const Wanted& wanted) const {
    const auto ports = ports_.find(wanted.service);
    if (ports != ports_.end())
      return fmt::format("Service {} has no port {} at any time; it has {}", wanted.service.str(), wanted.port,
                         fmt::join(ports->second, ", "));
    return fmt::format("there is no Service {} at any time{}", wanted.service.str(),
                       suggestion(wanted.service.str(), stage_.names("Service")));
  }

  void tell(const Step& step, const StepOutcome& outcome) {
    if (outcome.kind != StepOutcome::Kind::kMistaken) return;
    problems_.add(step.place, fmt::format("{}: {}", step.verb, outcome.error));
  }

  yaml::Place first_manifest() const {
    for (const world::ClusterSpec& cluster : spec_.clusters)
      if (!cluster.manifests.empty()) return cluster.manifests.front().place;
    return {};
  }

  const world::WorldSpec& spec_;
  yaml::Problems& problems_;
  RehearsedStage stage_;
  wire::NoHistory history_;
  WorldSteps steps_;
  bool candidate_writes_ = false;
  std::map<Wanted, yaml::Place> wanted_;          ///< what was not there yet
  std::map<ObjectName, std::vector<int>> ports_;  ///< of Services that are there with other ports than are wanted
};

}  // namespace

void rehearse(const Plan& plan, yaml::Problems& problems) { Rehearsal(plan.world, problems).run(plan); }

void rehearse(const world::WorldSpec& spec, yaml::Problems& problems) { Rehearsal(spec, problems).apply_world(); }

}  // namespace plumbline::conformance
