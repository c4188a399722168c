// Verbs about what runs in the clusters.
#include <fmt/format.h>

#include <algorithm>

#include "conformance/checks/nouns.h"
#include "conformance/language/step_reader.h"
#include "simulator/world/world_file.h"
#include "simulator/yaml/units.h"

namespace plumbline::conformance {
namespace {

constexpr int kReplicasMax = 15'000;  ///< answering Pods a world can have

}  // namespace

PodSet StepReader::pod_set(yaml::Fields& fields) {
  PodSet set;
  const yaml::Value* value = fields.find("pods", true);
  if (value == nullptr) return set;
  const auto take = [&](const yaml::Value& word) {
    yaml::Value rest = word;
    if (word.text.starts_with(kEveryPodOf)) {
      rest.text = word.text.substr(kEveryPodOf.size());
      set.service = object_name(&rest, "a Service");
    } else {
      set.pattern = object_name(&rest, "a Pod", true);
    }
  };
  if (value->is_scalar()) {
    take(*value);
    return set;
  }
  yaml::Fields form(*value, "a set of Pods", problems_);
  form.one_of("of", "named");
  const yaml::Value *of = form.find_scalar("of"), *named = form.find_scalar("named");
  if (of != nullptr) set.service = object_name(of, "a Service");
  if (named != nullptr) set.pattern = object_name(named, "a Pod", true);
  set.labels = form.labels("labels");
  set.count = form.count("count", 0);
  if (const yaml::Value* count = form.find("count"); count != nullptr && yaml::count_of(count->text) == 0)
    form.problem(count, "'count' is at least 1; without it all of them are meant");
  form.finish();
  return set;
}

Action StepReader::apply(yaml::Fields& fields) {
  Apply action;
  action.cluster = ClusterId(known_name(fields, "cluster", clusters()));
  action.manifests = world::read_manifests(fields.list("manifests", true), problems_, files_);
  return action;
}

Action StepReader::delete_object(yaml::Fields& fields) {
  DeleteObject action;
  action.object = object_name(fields.find_scalar("object", true), "an object");
  action.kind = fields.text("kind", true);
  return action;
}

Action StepReader::scale(yaml::Fields& fields) {
  Scale action;
  action.deployment = object_name(fields.find_scalar("deployment", true), "a Deployment");
  action.replicas = fields.count("replicas", 0, true);
  if (action.replicas > kReplicasMax)
    fields.problem(fields.find("replicas"), fmt::format("at most {} replicas", kReplicasMax));
  return action;
}

Action StepReader::label(yaml::Fields& fields) {
  LabelPods action;
  action.pods = pod_set(fields);
  action.labels = fields.labels("labels");
  if (action.labels.empty()) fields.problem(nullptr, "label needs 'labels'; an empty value removes one");
  return action;
}

Action StepReader::delete_pods(yaml::Fields& fields) {
  DeletePods action;
  action.pods = pod_set(fields);
  if (const auto span = fields.duration("serveOn")) action.serve_on = *span;
  return action;
}

Action StepReader::fault(yaml::Fields& fields) {
  using pods::Fault;
  static const std::vector<std::pair<std::string, Fault>> kFaults{{"notReady", Fault::kNotReady},
                                                                  {"refused", Fault::kRefused},
                                                                  {"unreachable", Fault::kUnreachable},
                                                                  {"silentDrop", Fault::kSilentDrop},
                                                                  {"stall", Fault::kStall},
                                                                  {"reset", Fault::kReset},
                                                                  {"slow", Fault::kSlow}};
  FaultPods action;
  action.pods = pod_set(fields);
  std::vector<std::string> names;
  names.reserve(std::size(kFaults));
  for (const auto& [name, value] : kFaults) names.push_back(name);
  fields.find("is", true);
  const std::string chosen = fields.choice("is", names);
  for (const auto& [name, value] : kFaults) {
    if (name == chosen) action.fault = value;
  }
  action.delay = fields.duration("delay");
  const yaml::Value* delay = fields.find("delay");
  if (action.fault == Fault::kSlow && delay == nullptr) fields.problem(nullptr, "'is: slow' needs 'delay'");
  if (action.fault != Fault::kSlow && delay != nullptr && !chosen.empty())
    fields.problem(delay, fmt::format("'delay' means nothing to {}; it is for slow", chosen));
  return action;
}

Action StepReader::heal(yaml::Fields& fields) { return FaultPods{pod_set(fields), pods::Fault::kNone, std::nullopt}; }

Action StepReader::fault_api(yaml::Fields& fields) {
  FaultApi action;
  action.cluster = ClusterId(known_name(fields, "cluster", clusters()));
  world::ApiFault& fault = action.fault;
  std::vector<std::string> kinds, tls;
  for (const std::string_view name : kube::fault_kinds()) kinds.emplace_back(name);
  for (const std::string_view name : kube::tls_faults()) tls.emplace_back(name);
  fields.find("is", true);
  const auto kind = kube::fault_kind(fields.choice("is", kinds));
  fault.kind = kind.value_or(fault.kind);
  if (const auto tls_kind = kube::tls_fault(fields.choice("tls", tls))) fault.tls = *tls_kind;
  const auto ahead = fields.duration("delay"), behind = fields.duration("behind");
  fault.delay = behind ? -*behind : ahead.value_or(Duration(0));
  fault.code = fields.count("code", fault.code);
  if (const auto after = fields.duration("retryAfter"))
    fault.retry_after = std::chrono::ceil<std::chrono::seconds>(*after);
  if (const yaml::Value* share = fields.find_scalar("share")) {
    const auto percent = yaml::percent_of(share->text);
    if (!percent) fields.problem(share, "a share is written with its unit: 20%");
    fault.share = percent.value_or(1);
  }
  fault.verbs = fields.texts("verbs");
  fault.resources = fields.texts("resources");
  for (const char* list : {"verbs", "resources"})
    if (const yaml::Value* value = fields.find(list); value != nullptr && value->is_list() && value->items.empty())
      fields.problem(value, fmt::format("'{}' names at least one; without it all are meant", list));
  fault.user = fields.text("user");
  if (const auto object = fields.optional_text("deletes")) {
    if (!kube::set_deleted(fault, *object))
      fields.problem(fields.find("deletes"), "what is deleted is written resource/namespace/name: pods/default/web-0");
  }
  fault.lasts = fields.duration("for");
  std::vector<std::string> given;
  for (const std::string& setting : fields.asked())
    if (setting != "cluster" && setting != "is" && fields.find(setting) != nullptr) given.push_back(setting);
  if (!kind) return action;
  // One word on each mistake: what could not be read is told already.
  const auto is_given = [&](const char* setting) { return fields.find(setting) != nullptr; };
  const bool no_time = (is_given("delay") && !ahead) || (is_given("behind") && !behind);
  const bool no_object = is_given("deletes") && fault.object_name.empty();
  for (const kube::FaultMistake& mistake : kube::mistakes_in(fault, given)) {
    if ((mistake.setting == "delay" && no_time) || (mistake.setting == "deletes" && no_object)) continue;
    fields.problem(fields.find(mistake.setting), fmt::format("'{}' {}", mistake.setting, mistake.text));
  }
  return action;
}

Action StepReader::heal_api(yaml::Fields& fields) {
  HealApi action;
  action.cluster = ClusterId(known_name(fields, "cluster", clusters()));
  std::vector<std::string> kinds{"all"};
  for (const std::string_view name : kube::fault_kinds()) kinds.emplace_back(name);
  action.kind = kube::fault_kind(fields.choice("is", kinds));
  return action;
}

Action StepReader::set_node(yaml::Fields& fields) {
  SetNode action;
  action.cluster = ClusterId(known_name(fields, "cluster", clusters()));
  action.node = fields.text("node", true);
  fields.find("is", true);
  const std::string is = fields.choice("is", {"ready", "notReady", "lost"});
  action.status = is == "ready" ? "True" : is == "notReady" ? "False" : "Unknown";
  return action;
}

Action StepReader::tamper(yaml::Fields& fields) {
  TamperEndpoints action;
  action.service = object_name(fields.find_scalar("service", true), "a Service");
  fields.find("addresses", true);
  action.addresses = fields.texts("addresses");
  return action;
}

}  // namespace plumbline::conformance
