#include "conformance/runner/control_steps.h"

#include <fmt/format.h>

#include "conformance/runner/url.h"
#include "wire/contract.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;
using Kind = StepOutcome::Kind;

StepOutcome without_tunnel(const std::string& tunnel) {
  return StepOutcome::skipped(fmt::format("tunnel '{}' does not exist: its creation was not accepted", tunnel));
}

/// The result has the text `member`.
CandidateSession::Form with_text(const char* member) {
  return [member](const json& result) {
    const bool there = result.is_object() && result.contains(member) && result.at(member).is_string();
    return there ? std::string() : fmt::format("the result lacks the text '{}'", member);
  };
}

/// The result has the list `member`.
CandidateSession::Form with_list(const char* member) {
  return [member](const json& result) {
    const bool there = result.is_object() && result.contains(member) && result.at(member).is_array();
    return there ? std::string() : fmt::format("the result lacks the list '{}'", member);
  };
}

/// The result has a `url` that users can send to.
std::string with_url(const json& result) {
  if (std::string wrong = with_text("url")(result); !wrong.empty()) return wrong;
  const auto url = parse_url(result.at("url").get<std::string>());
  return url ? "" : url.error().text;
}

PublishedApi frontend_of(const Publish& action, const std::string& address) {
  const Frontend& frontend = action.definition.frontend;
  return {action.tunnel, frontend.method == "ANY" ? "GET" : frontend.method, frontend.path, {address, 80, ""}};
}

}  // namespace

ControlSteps::ControlSteps(const Plan& plan, CandidateSession& candidate, std::string instance_address)
    : plan_(plan), candidate_(candidate), instance_address_(std::move(instance_address)) {}

StepOutcome ControlSteps::ask(int index, const Step& step, const std::string& method, const json& params, json* result,
                              const CandidateSession::Form& form) {
  CallOutcome outcome = candidate_.call(index, step.as, method, params, form);
  if (outcome.silent) {
    return StepOutcome::silent(fmt::format("{}: {}: {}", method, to_string(*outcome.silent), outcome.detail));
  }
  if (outcome.error) return StepOutcome::refused(fmt::format("{}: {}", method, describe_refusal(*outcome.error)));
  if (result != nullptr) *result = std::move(*outcome.result);
  return {};
}

const std::string* ControlSteps::tunnel_id(const std::string& tunnel) const {
  const auto found = tunnels_.find(tunnel);
  return found == tunnels_.end() ? nullptr : &found->second;
}

StepOutcome ControlSteps::run(int index, const Step& step, const CreateTunnel& action) {
  json params = wire::to_json(action.definition);
  params["as"] = action.principal;
  json result;
  StepOutcome outcome = ask(index, step, "tunnel.create", params, &result, with_text("tunnel"));
  if (outcome.kind == Kind::kDone) tunnels_[action.tunnel] = result.at("tunnel").get<std::string>();
  return outcome;
}

StepOutcome ControlSteps::run(int index, const Step& step, const ModifyTunnel& action) {
  const std::string* id = tunnel_id(action.tunnel);
  if (id == nullptr) return without_tunnel(action.tunnel);
  json params = action.fields;
  params["as"] = action.principal;
  params["tunnel"] = *id;
  return ask(index, step, "tunnel.modify", params);
}

StepOutcome ControlSteps::run(int index, const Step& step, const DescribeTunnel& action) {
  const std::string* id = tunnel_id(action.tunnel);
  if (id == nullptr) return without_tunnel(action.tunnel);
  return ask(index, step, "tunnel.describe", {{"tunnel", *id}});
}

StepOutcome ControlSteps::run(int index, const Step& step, const ListTunnels& action) {
  json params = json::object();
  if (!action.tags.empty()) params["tags"] = action.tags;
  return ask(index, step, "tunnel.list", params, nullptr, with_list("tunnels"));
}

StepOutcome ControlSteps::run(int index, const Step& step, const DeleteTunnel& action) {
  const std::string* id = tunnel_id(action.tunnel);
  if (id == nullptr) return without_tunnel(action.tunnel);
  StepOutcome outcome = ask(index, step, "tunnel.delete", {{"as", action.principal}, {"tunnel", *id}});
  if (outcome.kind == Kind::kDone) tunnels_.erase(action.tunnel);
  return outcome;
}

StepOutcome ControlSteps::run(int index, const Step& step, const Authorize& action) {
  if (!candidate_.offers("cluster-authorization")) {
    return StepOutcome::skipped("the candidate was given a kubeconfig: it does not offer cluster-authorization");
  }
  return ask(index, step, "cluster.authorize", {{"as", action.principal}, {"cluster", action.cluster.str()}});
}

StepOutcome ControlSteps::run(int index, const Step& step, const DescribeCluster& action) {
  if (!candidate_.offers("cluster-authorization")) {
    return StepOutcome::skipped("the candidate does not offer cluster-authorization");
  }
  return ask(index, step, "cluster.describe", {{"cluster", action.cluster.str()}});
}

StepOutcome ControlSteps::run(int index, const Step& step, const Publish& action) {
  const std::string* tunnel = tunnel_id(action.tunnel);
  if (tunnel == nullptr) return without_tunnel(action.tunnel);
  json result;
  auto service = api_services_.find(action.instance.str());
  if (service == api_services_.end()) {
    const json params{{"as", action.principal},
                      {"name", "service-of-" + action.instance.str()},
                      {"instance", action.instance.str()},
                      {"protocols", "http"}};
    StepOutcome outcome = ask(index, step, "apiService.create", params, &result, with_text("apiService"));
    if (outcome.kind != Kind::kDone) return outcome;
    service = api_services_.emplace(action.instance.str(), result.at("apiService").get<std::string>()).first;
  }
  Api definition = action.definition;
  definition.api_service = ApiServiceId(service->second);
  definition.tunnel = TunnelId(*tunnel);
  json params = wire::to_json(definition);
  params["as"] = action.principal;
  StepOutcome outcome = ask(index, step, "api.create", params, &result, with_text("api"));
  if (outcome.kind != Kind::kDone) return outcome;
  const std::string id = result.at("api").get<std::string>();
  api_ids_[action.api] = id;
  PublishedApi api = frontend_of(action, instance_address_);
  if (candidate_.offers("api-release")) {
    const json release{{"as", action.principal}, {"api", id}, {"environment", kReleaseEnvironment}};
    outcome = ask(index, step, "api.release", release, &result, with_url);
    if (outcome.kind != Kind::kDone) return outcome;
    const auto url = parse_url(result.at("url").get<std::string>());
    api.to = {url->address, url->port, ""};
    api.path = url->path;
    if (const auto host = result.find("host"); host != result.end() && host->is_string()) api.to.host = *host;
  }
  apis_[action.api] = api;
  return {};
}

StepOutcome ControlSteps::run(int index, const Step& step, const Unpublish& action) {
  const auto id = api_ids_.find(action.api);
  if (id == api_ids_.end()) return StepOutcome::skipped(fmt::format("API '{}' was not accepted", action.api));
  if (candidate_.offers("api-release")) {
    const json unrelease{{"as", action.principal}, {"api", id->second}, {"environment", kReleaseEnvironment}};
    if (auto outcome = ask(index, step, "api.unrelease", unrelease); outcome.kind != Kind::kDone) return outcome;
  }
  return ask(index, step, "api.delete", {{"as", action.principal}, {"api", id->second}});
}

Result<PublishedApi> ControlSteps::api(const std::string& name) const {
  if (const auto found = apis_.find(name); found != apis_.end()) return found->second;
  for (const Step& step : plan_.steps) {
    const auto* publish = std::get_if<Publish>(&step.action);
    if (publish != nullptr && publish->api == name) return frontend_of(*publish, instance_address_);
  }
  return Error{Reason::kNotFound, fmt::format("no step publishes the API '{}'", name), "", name};
}

}  // namespace plumbline::conformance
