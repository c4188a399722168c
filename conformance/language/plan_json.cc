#include "conformance/language/plan.h"
#include "simulator/yaml/problems.h"
#include "wire/contract.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

std::string_view fault_name(pods::Fault fault) {
  switch (fault) {
    case pods::Fault::kNone:
      return "none";
    case pods::Fault::kNotReady:
      return "notReady";
    case pods::Fault::kRefused:
      return "refused";
    case pods::Fault::kUnreachable:
      return "unreachable";
    case pods::Fault::kSilentDrop:
      return "silentDrop";
    case pods::Fault::kStall:
      return "stall";
    case pods::Fault::kReset:
      return "reset";
    case pods::Fault::kSlow:
      return "slow";
  }
  return "?";
}

json pod_set(const PodSet& set) {
  json out = json::object();
  if (set.service) out["of"] = set.service->str();
  if (set.pattern) out["named"] = set.pattern->str();
  if (!set.labels.empty()) out["labels"] = set.labels;
  if (set.count > 0) out["count"] = set.count;
  return out;
}

json headers(const std::vector<std::pair<std::string, std::string>>& list) {
  json out = json::array();
  for (const auto& [name, value] : list) out.push_back({name, value});
  return out;
}

/// The fields of each verb, flat in the step's object.
struct ActionFields {
  json operator()(const CreateTunnel& action) const {
    return {
        {"tunnel", action.tunnel}, {"principal", action.principal}, {"definition", wire::to_json(action.definition)}};
  }
  json operator()(const ModifyTunnel& action) const {
    return {{"tunnel", action.tunnel}, {"principal", action.principal}, {"fields", action.fields}};
  }
  json operator()(const DescribeTunnel& action) const { return {{"tunnel", action.tunnel}}; }
  json operator()(const ListTunnels& action) const {
    return action.tags.empty() ? json::object() : json{{"tags", action.tags}};
  }
  json operator()(const DeleteTunnel& action) const {
    return {{"tunnel", action.tunnel}, {"principal", action.principal}};
  }
  json operator()(const Authorize& action) const {
    return {{"cluster", action.cluster.str()}, {"principal", action.principal}};
  }
  json operator()(const DescribeCluster& action) const { return {{"cluster", action.cluster.str()}}; }
  json operator()(const Publish& action) const {
    return {{"api", action.api},
            {"instance", action.instance.str()},
            {"tunnel", action.tunnel},
            {"principal", action.principal},
            {"definition", wire::to_json(action.definition)}};
  }
  json operator()(const Unpublish& action) const { return {{"api", action.api}, {"principal", action.principal}}; }
  json operator()(const Settle& action) const { return {{"api", action.api}}; }
  json operator()(const Send& action) const {
    json out{{"api", action.api},     {"requests", action.requests}, {"connections", action.connections},
             {"fresh", action.fresh}, {"method", action.method},     {"background", action.background}};
    if (action.path) out["path"] = *action.path;
    if (!action.headers.empty()) out["headers"] = headers(action.headers);
    if (action.span) out["forMs"] = action.span->count();
    return out;
  }
  json operator()(const Stop& action) const { return {{"window", action.window}}; }
  json operator()(const Exchange& action) const {
    json requests = json::array();
    for (const ExchangeRequest& request : action.requests) {
      json one{{"method", request.method}, {"path", request.path}};
      if (!request.headers.empty()) one["headers"] = headers(request.headers);
      if (!request.body.empty()) one["body"] = request.body;
      if (request.body_bytes > 0) one["bodyBytes"] = request.body_bytes;
      if (request.chunked) one["chunked"] = true;
      if (request.expect_continue) one["expectContinue"] = true;
      requests.push_back(std::move(one));
    }
    return {{"api", action.api}, {"requests", std::move(requests)}};
  }
  json operator()(const Apply& action) const {
    json objects = json::array();
    for (const world::Manifest& manifest : action.manifests) objects.push_back(manifest.object);
    return {{"cluster", action.cluster.str()}, {"manifests", std::move(objects)}};
  }
  json operator()(const DeleteObject& action) const { return {{"object", action.object.str()}, {"kind", action.kind}}; }
  json operator()(const Scale& action) const {
    return {{"deployment", action.deployment.str()}, {"replicas", action.replicas}};
  }
  json operator()(const LabelPods& action) const { return {{"pods", pod_set(action.pods)}, {"labels", action.labels}}; }
  json operator()(const DeletePods& action) const {
    return {{"pods", pod_set(action.pods)}, {"serveOnMs", action.serve_on.count()}};
  }
  json operator()(const FaultPods& action) const {
    json out{{"pods", pod_set(action.pods)}, {"is", fault_name(action.fault)}};
    if (action.delay) out["delayMs"] = action.delay->count();
    return out;
  }
  json operator()(const FaultApi& action) const {
    json out = to_json(action.fault);
    out["cluster"] = action.cluster.str();
    return out;
  }
  json operator()(const HealApi& action) const {
    json out{{"cluster", action.cluster.str()}};
    if (action.kind) out["is"] = to_string(*action.kind);
    return out;
  }
  json operator()(const SetNode& action) const {
    return {{"cluster", action.cluster.str()}, {"node", action.node}, {"status", action.status}};
  }
  json operator()(const TamperEndpoints& action) const {
    return {{"service", action.service.str()}, {"addresses", action.addresses}};
  }
  json operator()(const Pause& action) const { return {{"forMs", action.span.count()}}; }
};

json expectation(const Expectation& item) {
  json out{{"noun", item.noun}, {"arguments", item.arguments}, {"place", to_string(item.place)}};
  if (!item.rule.empty()) out["rule"] = item.rule.str();
  if (!item.features.empty()) out["features"] = item.features;
  return out;
}

json world(const world::WorldSpec& spec) {
  json vpcs = json::array(), clusters = json::array(), instances = json::array(), principals = json::array(),
       regions = json::array();
  for (const auto& region : spec.regions) regions.push_back(region.str());
  for (const auto& vpc : spec.vpcs) {
    vpcs.push_back({{"name", vpc.name.str()}, {"region", vpc.region.str()}, {"cidr", vpc.cidr}});
  }
  for (const auto& cluster : spec.clusters) {
    clusters.push_back({{"name", cluster.name.str()},
                        {"vpc", cluster.vpc.str()},
                        {"podCidr", cluster.pod_cidr},
                        {"serviceCidr", cluster.service_cidr},
                        {"manifests", cluster.manifests.size()}});
  }
  for (const auto& instance : spec.instances) {
    instances.push_back({{"name", instance.name.str()},
                         {"kind", instance.kind == world::InstanceKind::kShared ? "shared" : "dedicated"},
                         {"region", instance.region.str()},
                         {"vpc", instance.vpc.str()},
                         {"attached", instance.attached}});
  }
  for (const auto& principal : spec.principals) {
    json admin = json::array();
    for (const auto& cluster : principal.admin_of) admin.push_back(cluster.str());
    principals.push_back({{"name", principal.name}, {"adminOf", admin}});
  }
  return {{"name", spec.name},
          {"regions", regions},
          {"vpcs", vpcs},
          {"clusters", clusters},
          {"instances", instances},
          {"principals", principals},
          {"foreignUnreachable", spec.foreign_unreachable}};
}

}  // namespace

json to_json(const Plan& plan) {
  json out{{"scenario", plan.scenario},      {"title", plan.title},        {"case", plan.row},
           {"place", to_string(plan.place)}, {"world", world(plan.world)}, {"features", plan.features},
           {"sourceHash", plan.source_hash}};
  out["steps"] = json::array();
  for (const Step& step : plan.steps) {
    json one = std::visit(ActionFields{}, step.action);
    one["verb"] = step.verb;
    one["as"] = step.as;
    one["place"] = to_string(step.place);
    if (step.may_be_refused) one["mayBeRefused"] = true;
    out["steps"].push_back(std::move(one));
  }
  out["require"] = json::array();
  for (const auto& item : plan.require) out["require"].push_back(expectation(item));
  out["expect"] = json::array();
  for (const auto& item : plan.expect) out["expect"].push_back(expectation(item));
  return out;
}

}  // namespace plumbline::conformance
