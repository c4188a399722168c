#include "conformance/runner/rehearsal.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <map>
#include <memory>

#include "conformance/runner/stage.h"
#include "conformance/runner/world_steps.h"
#include "simulator/kube/cluster.h"
#include "simulator/world/hand.h"
#include "simulator/world/spec_check.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPatience{3'000};  ///< with Pods that do not become ready
constexpr std::chrono::milliseconds kLookAgain{2};

/// Pods that are there and answer nobody.
class SilentPods : public kube::PodRuntime {
 public:
  SilentPods(boost::asio::io_context& io, const network::Range& addresses) : io_(io), addresses_(addresses) {}

  Result<std::string> start(const kube::Value& pod) override {
    faults_[pod.at("metadata.uid").string()] = pods::Fault::kNone;
    last_ = last_ % (addresses_.size() - 2) + 1;
    return addresses_.at(last_).str();
  }
  void terminate(const kube::Value& pod, std::chrono::seconds, std::function<void()> gone) override {
    remove(pod);
    boost::asio::post(io_, std::move(gone));
  }
  void remove(const kube::Value& pod) override { faults_.erase(pod.at("metadata.uid").string()); }

  /// Of a Pod by its uid; kNone for one that does not run.
  pods::Fault fault(const std::string& uid) const {
    const auto found = faults_.find(uid);
    return found == faults_.end() ? pods::Fault::kNone : found->second;
  }
  void set_fault(const std::string& uid, pods::Fault fault) { faults_[uid] = fault; }

 private:
  boost::asio::io_context& io_;
  network::Range addresses_;
  std::uint32_t last_ = 0;
  std::map<std::string, pods::Fault> faults_;  ///< of every Pod that runs, by uid
};

kube::ClusterOptions options_of(const world::ClusterSpec& spec) {
  kube::ClusterOptions options;
  options.name = spec.name;
  options.service_cidr = spec.service_cidr;
  for (const world::NodeSpec& node : world::nodes_of(spec)) options.nodes.push_back({node.name, node.labels, ""});
  options.wall_clock = std::chrono::system_clock::now;
  return options;
}

struct Place {
  Place(boost::asio::io_context& io, const world::ClusterSpec& spec)
      : pods(io, world::range_of(spec.pod_cidr)),
        cluster(io, options_of(spec), pods),
        hand(cluster, spec.name, [this](const std::string& uid) { return pods.fault(uid) != pods::Fault::kNone; }) {}

  SilentPods pods;
  kube::Cluster cluster;
  world::Hand hand;
};

/// The clusters of a world and nothing else of it. One thread.
class RehearsedStage : public Stage {
 public:
  explicit RehearsedStage(const world::WorldSpec& spec) {
    for (const world::ClusterSpec& cluster : spec.clusters) {
      const auto made = places_.emplace(cluster.name, std::make_unique<Place>(io_, cluster)).first;
      for (const world::PrincipalSpec& principal : spec.principals) {
        for (const ClusterId& admin_of : principal.admin_of)
          if (admin_of == cluster.name) made->second->cluster.grant(principal.name, "tke:admin");
      }
    }
  }

  /// Until the Pods are as they are to be. False when they do not come to that.
  bool settle() {
    const auto deadline = Clock::now() + kPatience;
    for (;;) {
      io_.restart();
      while (io_.poll() > 0) continue;
      if (!awaits_pods_ || is_settled()) return true;
      if (Clock::now() > deadline) return false;
      io_.run_one_for(kLookAgain);
    }
  }

  std::int64_t now_us() const override { return 0; }
  std::string instance_address() const override { return {}; }
  Result<void> apply(const ClusterId& cluster, const json& manifest) override {
    return places_.at(cluster)->hand.apply(manifest);
  }
  Result<void> remove(const ObjectName& object, const std::string& kind) override {
    return places_.at(object.cluster)->hand.remove(object, kind);
  }
  Result<void> scale(const ObjectName& deployment, int replicas, std::chrono::milliseconds) override {
    return places_.at(deployment.cluster)->hand.scale(deployment, replicas);
  }
  Result<void> label_pods(const std::vector<ObjectName>& pods, const Labels& labels) override {
    return each(pods, [&](Place& place, const ObjectName& pod) { return place.hand.label(pod, labels); });
  }
  Result<void> delete_pods(const std::vector<ObjectName>& pods, std::chrono::milliseconds) override {
    return each(pods, [&](Place& place, const ObjectName& pod) { return place.hand.remove(pod, "Pod"); });
  }
  Result<void> set_fault(const std::vector<ObjectName>& pods, pods::Fault fault, std::chrono::milliseconds) override {
    return each(pods, [&](Place& place, const ObjectName& pod) -> Result<void> {
      const auto uid = place.hand.uid_of(pod);
      if (!uid) return uid.error();
      place.pods.set_fault(*uid, fault);
      return {};
    });
  }
  Result<void> fault_api(const ClusterId& cluster, const world::ApiFault& fault) override {
    const auto done = places_.at(cluster)->cluster.inject(fault);
    return done ? Result<void>() : done.error();
  }
  Result<void> heal_api(const ClusterId& cluster, std::optional<world::FaultKind> kind) override {
    places_.at(cluster)->cluster.heal(kind);
    return {};
  }
  Result<void> set_node_ready(const ClusterId& cluster, const std::string& node, const std::string& status) override {
    if (status != "True") awaits_pods_ = false;  // those of a node that is not are not ready
    return places_.at(cluster)->hand.set_node_ready(node, status);
  }
  Result<void> tamper_endpoints(const ObjectName& service, const std::vector<std::string>& addresses) override {
    return places_.at(service.cluster)->hand.tamper(service, addresses);
  }
  std::vector<json> list(const ClusterId& cluster, const std::string& kind) const override {
    return places_.at(cluster)->cluster.list(kind);
  }
  Result<json> get(const ObjectName& object, const std::string& kind) const override {
    return places_.at(object.cluster)->cluster.get(kind, object);
  }
  void keep_exchanges(int) override {}
  std::vector<json> take_exchanges(int) override { return {}; }
  void flush() override {}

 private:
  bool is_settled() const {
    for (const auto& [_, place] : places_)
      if (!place->hand.missing_pods().empty()) return false;
    return true;
  }

  template <class Work>
  Result<void> each(const std::vector<ObjectName>& pods, const Work& work) {
    for (const ObjectName& pod : pods) {
      if (auto done = work(*places_.at(pod.cluster), pod); !done) return done;
    }
    return {};
  }

  boost::asio::io_context io_;
  std::map<ClusterId, std::unique_ptr<Place>> places_;
  bool awaits_pods_ = true;
};

/// Kinds of what gateways make in clusters that they may enter: accounts, rights, and what they keep.
bool may_be_candidates(std::string_view kind) {
  static constexpr std::string_view kKinds[] = {"ServiceAccount",     "Role",   "RoleBinding", "ClusterRole",
                                                "ClusterRoleBinding", "Secret", "ConfigMap",   "Lease"};
  return std::find(std::begin(kKinds), std::end(kKinds), kind) != std::end(kKinds);
}

class NoHistory : public wire::HistorySink {
 public:
  void write(const json&) override {}
};

class Rehearsal {
 public:
  Rehearsal(const world::WorldSpec& spec, yaml::Problems& problems)
      : spec_(spec), problems_(problems), stage_(spec), steps_(stage_, history_) {}

  /// False when what follows would meet a world that is not as its author meant it.
  bool apply_world() {
    bool good = true;
    for (const world::ClusterSpec& cluster : spec_.clusters) good = apply(cluster.name, cluster.manifests) && good;
    return good && stage_.settle();
  }

  void run(const Plan& plan) {
    if (!apply_world()) return;
    for (const Step& step : plan.steps) {
      const bool goes_on = std::visit([&](const auto& action) { return carry_out(step, action); }, step.action);
      if (!goes_on || !stage_.settle()) return;
    }
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

  void tell(const Step& step, const StepOutcome& outcome) {
    if (outcome.kind != StepOutcome::Kind::kMistaken) return;
    problems_.add(step.place, fmt::format("{}: {}", step.verb, outcome.error));
  }

  const world::WorldSpec& spec_;
  yaml::Problems& problems_;
  RehearsedStage stage_;
  NoHistory history_;
  WorldSteps steps_;
  bool candidate_writes_ = false;
};

}  // namespace

void rehearse(const Plan& plan, yaml::Problems& problems) { Rehearsal(plan.world, problems).run(plan); }

void rehearse(const world::WorldSpec& spec, yaml::Problems& problems) { Rehearsal(spec, problems).apply_world(); }

}  // namespace plumbline::conformance
