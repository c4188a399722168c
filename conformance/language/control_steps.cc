// Verbs that ask the candidate: tunnels, clusters, APIs.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "conformance/language/step_reader.h"
#include "simulator/yaml/units.h"
#include "wire/contract.h"

namespace plumbline::conformance {

constexpr int kPortMax = 65535;

std::string StepReader::principal(yaml::Fields& fields) {
  std::vector<std::string> known;
  for (const auto& candidate : world_.principals) known.push_back(candidate.name);
  const yaml::Value* value = fields.find_scalar("principal");
  if (value == nullptr) return known.empty() ? "" : known.front();
  if (!missing_.world && std::find(known.begin(), known.end(), value->text) == known.end()) {
    problems_.add(value->place,
                  fmt::format("this world has no principal '{}'{}", value->text, suggestion(value->text, known)));
  }
  return value->text;
}

Tunnel StepReader::tunnel_definition(yaml::Fields& fields, std::vector<yaml::Place>& rows) {
  Tunnel tunnel;
  for (const auto& instance : world_.instances) {
    if (!instance.attached) continue;
    tunnel.region = instance.region;
    tunnel.vpc = instance.vpc;
  }
  tunnel.name = fields.text("name");
  if (const auto type = fields.optional_text("type")) tunnel.type = *type;
  if (const auto region = fields.optional_text("region")) tunnel.region = RegionId(*region);
  if (const auto vpc = fields.optional_text("vpc")) tunnel.vpc = VpcId(*vpc);
  std::set<std::string> clusters;
  std::set<int> weights;
  for (const yaml::Value* item : fields.list("services")) {
    yaml::Fields row(*item, "a service", problems_);
    TunnelService service;
    service.service = object_name(row.find_scalar("service", true), "a Service");
    const int port = row.count("port", 0, true);
    if (port > kPortMax) row.problem(row.find("port"), fmt::format("a port is at most {}", kPortMax));
    service.port = Port{static_cast<std::uint16_t>(std::min(port, kPortMax))};
    service.weight = Weight{row.count("weight", 1)};
    service.labels = row.labels("labels");
    service.name = row.text("name");
    row.finish();
    if (!service.labels.empty()) needs("extra-labels");
    clusters.insert(service.service.cluster.str());
    weights.insert(service.weight.value);
    tunnel.services.push_back(service);
    rows.push_back(item->place);
  }
  if (clusters.size() > 1) needs("multi-cluster");
  if (weights.size() > 1) needs("weights");
  tunnel.scheme = fields.choice("scheme", {"http", "https"}) == "https" ? Scheme::kHttps : Scheme::kHttp;
  if (tunnel.scheme == Scheme::kHttps) needs("https-backend");
  tunnel.host = fields.optional_text("host");
  if (tunnel.host) needs("host-header");
  for (const auto& [key, value] : fields.labels("tags")) tunnel.tags[key] = value;
  if (!tunnel.tags.empty()) touches("tags");
  if (fields.find("retries") != nullptr) tunnel.retries = fields.count("retries", 0);
  if (tunnel.retries) touches("retries");
  return tunnel;
}

Action StepReader::create_tunnel(yaml::Fields& fields) {
  CreateTunnel action;
  action.tunnel = fields.text("tunnel", true);
  action.principal = principal(fields);
  fields.list("services", true);
  action.definition = tunnel_definition(fields, action.rows);
  if (action.definition.name.empty()) action.definition.name = action.tunnel;
  if (action.tunnel.empty()) {
    missing_.steps = true;
  } else if (std::find(tunnels_.begin(), tunnels_.end(), action.tunnel) != tunnels_.end()) {
    fields.problem(fields.find("tunnel"), fmt::format("tunnel '{}' is created already", action.tunnel));
  }
  tunnels_.push_back(action.tunnel);
  return action;
}

Action StepReader::modify_tunnel(yaml::Fields& fields) {
  ModifyTunnel action;
  action.tunnel = known_name(fields, "tunnel", tunnels_);
  action.principal = principal(fields);
  const auto all = wire::to_json(tunnel_definition(fields, action.rows));
  action.fields = nlohmann::json::object();
  for (const char* name : {"name", "type", "region", "vpc", "services", "tags", "retries"}) {
    if (fields.find(name) != nullptr) action.fields[name] = all.at(name);
  }
  if (fields.find("scheme") != nullptr) action.fields["backend"]["scheme"] = all.at("backend").at("scheme");
  if (fields.find("host") != nullptr) action.fields["backend"]["host"] = all.at("backend").at("host");
  if (action.fields.empty()) fields.problem(nullptr, "modifyTunnel changes nothing");
  return action;
}

Action StepReader::describe_tunnel(yaml::Fields& fields) {
  return DescribeTunnel{known_name(fields, "tunnel", tunnels_)};
}

Action StepReader::list_tunnels(yaml::Fields& fields) {
  ListTunnels action;
  for (const auto& [key, value] : fields.labels("tags")) action.tags[key] = value;
  if (!action.tags.empty()) needs("tags");
  return action;
}

Action StepReader::delete_tunnel(yaml::Fields& fields) {
  return DeleteTunnel{known_name(fields, "tunnel", tunnels_), principal(fields)};
}

Action StepReader::authorize(yaml::Fields& fields) {
  return Authorize{ClusterId(known_name(fields, "cluster", clusters())), principal(fields)};
}

Action StepReader::describe_cluster(yaml::Fields& fields) {
  return DescribeCluster{ClusterId(known_name(fields, "cluster", clusters()))};
}

ResponseResult StepReader::response_result(const yaml::Value& value) {
  ResponseResult response;
  yaml::Fields fields(value, "response", problems_);
  if (const auto type = fields.optional_text("type")) response.type = *type;
  response.success = fields.optional_text("success");
  response.failure = fields.optional_text("failure");
  for (const yaml::Value* item : fields.list("errors")) {
    yaml::Fields error(*item, "a response error", problems_);
    response.errors.push_back({error.count("code", 0, true), error.text("message"), error.text("description")});
    error.finish();
  }
  fields.finish();
  return response;
}

Action StepReader::publish(yaml::Fields& fields) {
  Publish action;
  touches("api-release");
  action.api = fields.text("api", true);
  action.tunnel = known_name(fields, "tunnel", tunnels_);
  action.principal = principal(fields);
  std::vector<std::string> instances;
  for (const auto& instance : world_.instances) {
    instances.push_back(instance.name.str());
    if (instance.attached) action.instance = instance.name;
  }
  if (const yaml::Value* instance = fields.find_scalar("instance")) {
    action.instance = InstanceId(instance->text);
    if (!missing_.world && std::find(instances.begin(), instances.end(), instance->text) == instances.end()) {
      fields.problem(instance, fmt::format("this world has no instance '{}'{}", instance->text,
                                           suggestion(instance->text, instances)));
    }
  }
  Api& api = action.definition;
  api.name = action.api;
  if (const auto method = fields.optional_text("method")) api.frontend.method = *method;
  if (const auto path = fields.optional_text("path")) api.frontend.path = *path;
  if (api.frontend.path.empty() || api.frontend.path.front() != '/') {
    fields.problem(fields.find("path"), "'path' begins with '/'");
  }
  api.frontend.match = fields.choice("match", {"prefix", "exact"}) == "exact" ? PathMatch::kExact : PathMatch::kPrefix;
  api.backend_path = fields.optional_text("backendPath");
  if (const auto timeout = fields.duration("timeout")) api.timeout = *timeout;
  if (const yaml::Value* response = fields.find("response")) api.response = response_result(*response);
  if (action.api.empty()) {
    missing_.steps = true;
  } else if (std::find(apis_.begin(), apis_.end(), action.api) != apis_.end()) {
    fields.problem(fields.find("api"), fmt::format("API '{}' is published already", action.api));
  }
  apis_.push_back(action.api);
  return action;
}

Action StepReader::unpublish(yaml::Fields& fields) {
  return Unpublish{known_name(fields, "api", apis_), principal(fields)};
}

}  // namespace plumbline::conformance
