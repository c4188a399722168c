#include "conformance/runner/rehearsal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "conformance/checks/nouns.h"
#include "conformance/runner/rehearsed_stage.h"
#include "conformance/runner/world_steps.h"
#include "model/nearest.h"
#include "wire/contract.h"
#include "wire/no_history.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

/// Kinds of what gateways make in clusters that they may enter: accounts, rights, and what they keep.
bool may_be_candidates(std::string_view kind) {
  static constexpr std::string_view kKinds[] = {"ServiceAccount",     "Role",   "RoleBinding", "ClusterRole",
                                                "ClusterRoleBinding", "Secret", "ConfigMap",   "Lease"};
  return std::find(std::begin(kKinds), std::end(kKinds), kind) != std::end(kKinds);
}

class Rehearsal {
  /// A Service that is to be there at some time. A tunnel's has this port, and a Pod that is ready and has these
  /// labels.
  struct Wanted {
    ObjectName service;
    int port = 0;  ///< 0: nobody asks for one
    Labels labels;
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
    if (!plan.row.empty()) where_ = fmt::format(" (case {})", plan.row);
    file_ = plan.place.file;
    scenario_ = plan.scenario;
    if (!apply_world()) return;
    may_be_empty_ = may_be_empty(plan);
    expect_services(plan);
    for (const Step& step : plan.steps) {
      if (!std::visit([&](const auto& action) { return carry_out(step, action); }, step.action)) return;
      const std::string missing = stage_.settle();
      // Other steps do not wait for Pods.
      if (!missing.empty() && std::holds_alternative<Scale>(step.action))
        tell(step.place, "scale: Pods do not become ready: " + missing);
      look_for_services();
    }
    for (const auto& [wanted, place] : wanted_) tell(place, never_there(wanted));
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
  bool carry_out(const Step& step, const CreateTunnel& action) {
    expect_services(step, action.definition, action.rows);
    return true;
  }
  bool carry_out(const Step& step, const ModifyTunnel& action) {
    if (const auto changed = wire::tunnel_from_json(action.fields)) expect_services(step, *changed, action.rows);
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

  /// What a tunnel leads to, unless a refusal of it is what is judged.
  void expect_services(const Step& step, const Tunnel& tunnel, const std::vector<yaml::Place>& rows) {
    if (step.refusal_is_wanted) return;
    for (std::size_t i = 0; i < tunnel.services.size(); ++i) {
      const TunnelService& row = tunnel.services[i];
      wanted_.emplace(Wanted{row.service, row.port.value, row.labels}, i < rows.size() ? rows[i] : step.place);
    }
  }

  /// Whether what a gateway does without a Pod is judged.
  static bool may_be_empty(const Plan& plan) {
    const auto of_no_pod = [](const Expectation& expectation) {
      return expectation.noun == "notForwarded" ||
             (expectation.noun == "answered" && expectation.arguments.value("by", "") == "gateway");
    };
    return std::any_of(plan.require.begin(), plan.require.end(), of_no_pod) ||
           std::any_of(plan.expect.begin(), plan.expect.end(), of_no_pod);
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
            wanted_.emplace(Wanted{*service, 0, {}}, expectation.place);
        }
      }
    }
    look_for_services();
  }
  void look_for_services() {
    std::erase_if(wanted_, [this](const auto& one) {
      const Wanted& wanted = one.first;
      const auto object = stage_.get(wanted.service, "Service");
      if (!object) return false;
      if (wanted.port == 0) return true;
      const auto ports = ports_of(*object);
      if (std::find(ports.begin(), ports.end(), wanted.port) == ports.end()) {
        ports_[wanted.service] = ports;
        return false;
      }
      if (has_node(wanted) || may_be_empty_) return true;
      empty_.insert(wanted);
      return false;
    });
  }
  /// Whether a Pod that is ready and has the labels is among the Service's Endpoints.
  bool has_node(const Wanted& wanted) const {
    const auto endpoints = stage_.get(wanted.service, "Endpoints");
    if (!endpoints) return false;
    for (const json& subset : endpoints->value("subsets", json::array())) {
      for (const json& address : subset.value("addresses", json::array())) {
        if (wanted.labels.empty()) return true;
        const std::string name = address.value("/targetRef/name"_json_pointer, "");
        const auto pod = stage_.get({wanted.service.cluster, wanted.service.space, name}, "Pod");
        if (!pod) continue;
        const json labels = pod->value("/metadata/labels"_json_pointer, json::object());
        const bool all = std::all_of(wanted.labels.begin(), wanted.labels.end(), [&](const auto& label) {
          return labels.value(label.first, json()) == json(label.second);
        });
        if (all) return true;
      }
    }
    return false;
  }
  static std::vector<int> ports_of(const json& service) {
    std::vector<int> ports;
    for (const json& port : service.value("/spec/ports"_json_pointer, json::array()))
      ports.push_back(port.value("port", 0));
    return ports;
  }
  /// " and has a port named 'web'", when that is what the Service's port leads to.
  std::string target_of(const Wanted& wanted) const {
    const auto object = stage_.get(wanted.service, "Service");
    if (!object) return "";
    for (const json& port : object->value("/spec/ports"_json_pointer, json::array())) {
      const json target = port.value("targetPort", json());
      if (port.value("port", 0) == wanted.port && target.is_string())
        return fmt::format(" and has a port named '{}'", target.get<std::string>());
    }
    return "";
  }
  std::string never_there(const Wanted& wanted) const {
    if (empty_.contains(wanted)) {
      std::vector<std::string> labels;
      for (const auto& [key, value] : wanted.labels) labels.push_back(key + "=" + value);
      return fmt::format("Service {} has no Pod{}{} that is ready{} from this step on", wanted.service.str(),
                         labels.empty() ? "" : " with the labels ", fmt::join(labels, ","), target_of(wanted));
    }
    const auto ports = ports_.find(wanted.service);
    if (ports != ports_.end())
      return fmt::format("Service {} has no port {} from this step on; it has {}", wanted.service.str(), wanted.port,
                         fmt::join(ports->second, ", "));
    return fmt::format("there is no Service {}{}{}", wanted.service.str(),
                       wanted.port == 0 ? " at any time" : " from this step on",
                       suggestion(wanted.service.str(), stage_.names("Service")));
  }

  void tell(const Step& step, const StepOutcome& outcome) {
    if (outcome.kind != StepOutcome::Kind::kMistaken) return;
    tell(step.place, fmt::format("{}: {}", step.verb, outcome.error));
  }
  /// What stands in a set-up or a case is told with whose it is.
  void tell(const yaml::Place& place, const std::string& text) {
    const bool elsewhere = place.file != file_;
    problems_.add(place, text + where_ + (elsewhere ? fmt::format(" (in scenario {})", scenario_) : ""));
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
  std::string file_, scenario_, where_;  ///< of the plan
  bool candidate_writes_ = false;
  bool may_be_empty_ = false;                     ///< what a gateway does without a Pod is judged
  std::set<Wanted> empty_;                        ///< Services that are there and have no such Pod
  std::map<Wanted, yaml::Place> wanted_;          ///< what was not there yet
  std::map<ObjectName, std::vector<int>> ports_;  ///< of Services that are there with other ports than are wanted
};

}  // namespace

void rehearse(const Plan& plan, yaml::Problems& problems) { Rehearsal(plan.world, problems).run(plan); }

void rehearse(const world::WorldSpec& spec, yaml::Problems& problems) { Rehearsal(spec, problems).apply_world(); }

}  // namespace plumbline::conformance
