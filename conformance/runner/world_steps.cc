#include "conformance/runner/world_steps.h"

#include <fmt/format.h>

#include <utility>

#include "conformance/runner/pod_set.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

std::vector<ObjectName> names_of(const std::vector<ChosenPod>& pods) {
  std::vector<ObjectName> names;
  names.reserve(pods.size());
  for (const auto& pod : pods) names.push_back(pod.name);
  return names;
}

json keys_of(const std::vector<ChosenPod>& pods) {
  json keys = json::array();
  for (const auto& pod : pods) keys.push_back(pod.key);
  return keys;
}

}  // namespace

StepOutcome WorldSteps::done(int index, const Step& step, const Result<void>& result, json details) {
  if (!result) {
    return is_mistake(result.error().reason) ? StepOutcome::mistaken(result.error().text)
                                             : StepOutcome::broken(result.error().text);
  }
  details["type"] = "world";
  details["t"] = stage_.now_us();
  details["step"] = index;
  details["as"] = step.as;
  details["action"] = step.verb;
  sink_.write(details);
  return {};
}

StepOutcome WorldSteps::run(int index, const Step& step, const Apply& action) {
  json objects = json::array();
  for (const world::Manifest& manifest : action.manifests) {
    const auto result = stage_.apply(action.cluster, manifest.object);
    if (!result) return done(index, step, result, {});
    const json metadata = manifest.object.value("metadata", json::object());
    objects.push_back(fmt::format("{} {}/{}/{}", manifest.object.value("kind", ""), action.cluster.str(),
                                  metadata.value("namespace", "default"), metadata.value("name", "")));
  }
  return done(index, step, {}, {{"cluster", action.cluster.str()}, {"objects", objects}});
}

StepOutcome WorldSteps::run(int index, const Step& step, const DeleteObject& action) {
  return done(index, step, stage_.remove(action.object, action.kind),
              {{"object", action.object.str()}, {"kind", action.kind}});
}

StepOutcome WorldSteps::run(int index, const Step& step, const Scale& action) {
  return done(index, step, stage_.scale(action.deployment, action.replicas, kWorldDeadline),
              {{"deployment", action.deployment.str()}, {"replicas", action.replicas}});
}

StepOutcome WorldSteps::run(int index, const Step& step, const LabelPods& action) {
  const auto pods = choose_pods(action.pods, stage_);
  if (!pods) return done(index, step, pods.error(), {});
  return done(index, step, stage_.label_pods(names_of(*pods), action.labels),
              {{"pods", keys_of(*pods)}, {"labels", action.labels}});
}

StepOutcome WorldSteps::run(int index, const Step& step, const DeletePods& action) {
  const auto pods = choose_pods(action.pods, stage_);
  if (!pods) return done(index, step, pods.error(), {});
  return done(index, step, stage_.delete_pods(names_of(*pods), action.serve_on),
              {{"pods", keys_of(*pods)}, {"serve_on_ms", action.serve_on.count()}});
}

StepOutcome WorldSteps::run(int index, const Step& step, const FaultPods& action) {
  const auto pods = choose_pods(action.pods, stage_);
  if (!pods) return done(index, step, pods.error(), {});
  const Duration delay = action.delay.value_or(Duration(0));
  return done(index, step, stage_.set_fault(names_of(*pods), action.fault, delay),
              {{"pods", keys_of(*pods)}, {"fault", static_cast<int>(action.fault)}, {"delay_ms", delay.count()}});
}

StepOutcome WorldSteps::run(int index, const Step& step, const FaultApi& action) {
  return done(index, step, stage_.fault_api(action.cluster, action.fault),
              {{"cluster", action.cluster.str()}, {"fault", to_string(action.fault.kind)}});
}

StepOutcome WorldSteps::run(int index, const Step& step, const HealApi& action) {
  return done(index, step, stage_.heal_api(action.cluster, action.kind),
              {{"cluster", action.cluster.str()}, {"fault", action.kind ? to_string(*action.kind) : "all"}});
}

StepOutcome WorldSteps::run(int index, const Step& step, const SetNode& action) {
  return done(index, step, stage_.set_node_ready(action.cluster, action.node, action.status),
              {{"cluster", action.cluster.str()}, {"node", action.node}, {"ready", action.status}});
}

StepOutcome WorldSteps::run(int index, const Step& step, const TamperEndpoints& action) {
  return done(index, step, stage_.tamper_endpoints(action.service, action.addresses),
              {{"service", action.service.str()}, {"addresses", action.addresses}});
}

}  // namespace plumbline::conformance
