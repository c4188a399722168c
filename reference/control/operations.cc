#include "reference/control/operations.h"

#include <fmt/format.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "model/version.h"
#include "reference/control/json_text.h"

namespace plumbline::gateway {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

Reply done(json result = json::object()) { return {std::move(result), false}; }
Reply refuse(const Error& error) { return {wire::error_to_json(error), true}; }
Reply fault(int code, std::string message) { return {{{"code", code}, {"message", std::move(message)}}, true}; }

Reply done_or_refuse(const Result<void>& result) { return result ? done() : refuse(result.error()); }

/// Fields whose type is checked before any method looks at them.
std::string wrong_type(const json& params) {
  for (const char* key : {"as", "tunnel", "cluster", "apiService", "api", "instance", "environment"}) {
    const auto found = params.find(key);
    if (found != params.end() && !found->is_string() && !found->is_null()) return key;
  }
  return "";
}

}  // namespace

Operations::Operations(asio::any_io_executor executor, unsigned workers, const Policies& policies,
                       MakeDataPlane make_data_plane, Notifier& notifier)
    : executor_(std::move(executor)),
      workers_(workers),
      policies_(policies),
      make_data_plane_(std::move(make_data_plane)),
      notifier_(notifier) {}

Operations::~Operations() = default;

const std::map<std::string, Operations::Handler, std::less<>>& Operations::handlers() {
  static const std::map<std::string, Handler, std::less<>> kHandlers{
      {"hello", &Operations::hello},
      {"tunnel.create", &Operations::tunnel_create},
      {"tunnel.modify", &Operations::tunnel_modify},
      {"tunnel.describe", &Operations::tunnel_describe},
      {"tunnel.list", &Operations::tunnel_list},
      {"tunnel.delete", &Operations::tunnel_delete},
      {"cluster.authorize", &Operations::cluster_authorize},
      {"cluster.describe", &Operations::cluster_describe},
      {"apiService.create", &Operations::api_service_create},
      {"apiService.delete", &Operations::api_service_delete},
      {"api.create", &Operations::api_create},
      {"api.modify", &Operations::api_modify},
      {"api.describe", &Operations::api_describe},
      {"api.delete", &Operations::api_delete},
      {"api.release", &Operations::api_release},
      {"api.unrelease", &Operations::api_unrelease},
      {"status", &Operations::status},
      {"reset", &Operations::reset},
      {"stop", &Operations::stop},
  };
  return kHandlers;
}

asio::awaitable<Reply> Operations::call(std::string method, json params) {
  using asio::experimental::awaitable_operators::operator||;
  const auto found = handlers().find(method);
  if (found == handlers().end()) {
    co_return fault(wire::kMethodNotFoundCode, fmt::format("there is no method '{}'", method));
  }
  if (const std::string key = wrong_type(params); !key.empty()) {
    co_return fault(wire::kInvalidParamsCode, fmt::format("{}: not a string", key));
  }
  if (!gateway_ && method != "hello" && method != "stop") {
    co_return fault(wire::kInvalidRequestCode, "hello comes first");
  }
  asio::steady_timer timer(executor_, kRequestTimeMax);
  auto outcome = co_await ((this->*found->second)(params) || timer.async_wait(asio::use_awaitable));
  if (outcome.index() == 0) co_return std::get<0>(std::move(outcome));
  co_return refuse(
      {Reason::kUnavailable, fmt::format("{}: took longer than {} ms", method, kRequestTimeMax.count()), "", ""});
}

void Operations::shut_down() {
  if (gateway_) gateway_->stop();
}

wire::HelloResult Operations::introduction(unsigned workers) {
  wire::HelloResult result;
  result.name = "plumbline-reference";
  result.version = kVersion;
  result.features = {"multi-cluster", "cluster-authorization", "instances",   "regions", "vpc-scope",
                     "service-limit", "extra-labels",          "host-header", "tags",    "api-frontend",
                     "api-release",   "response-result",       "weights",     "retries", "introspection"};
  result.interpretations = {
      {"extraLabels", "pod"}, {"vpcScope", "same-vpc"}, {"responseResult", "documents"}, {"adminRole", "authorize"}};
  result.workers = static_cast<int>(workers);
  return result;
}

asio::awaitable<Reply> Operations::hello(const json& params) {
  if (gateway_) co_return fault(wire::kInvalidRequestCode, "hello was said already");
  const auto read = wire::hello_from_json(params);
  if (!read) co_return refuse(read.error());
  if (read->contract != wire::kContractVersion) {
    co_return refuse({Reason::kUnsupported,
                      fmt::format("contract: version {} is not spoken, {} is", read->contract, wire::kContractVersion),
                      "contract", ""});
  }
  auto gateway = std::make_unique<Gateway>(executor_, *read, workers_, policies_, make_data_plane_, notifier_);
  if (auto started = gateway->start(); !started) co_return refuse(started.error());
  gateway_ = std::move(gateway);
  co_return done(wire::to_json(introduction(workers_)));
}

// ---- tunnels ----

asio::awaitable<Reply> Operations::tunnel_create(const json& params) {
  const auto tunnel = wire::tunnel_from_json(params);
  if (!tunnel) co_return refuse(tunnel.error());
  auto made = co_await gateway_->create_tunnel(PrincipalId(text(params, "as")), *tunnel);
  if (!made) co_return refuse(made.error());
  co_return done({{"tunnel", made->str()}});
}

asio::awaitable<Reply> Operations::tunnel_modify(const json& params) {
  const TunnelId id(text(params, "tunnel"));
  const Tunnel* before = gateway_->catalogue().find(id);
  if (before == nullptr) co_return refuse(no_such("tunnel", id.str(), "tunnel"));
  const auto tunnel = wire::tunnel_from_json(params, *before);
  if (!tunnel) co_return refuse(tunnel.error());
  auto changed = co_await gateway_->modify_tunnel(PrincipalId(text(params, "as")), id, *tunnel);
  co_return done_or_refuse(changed);
}

asio::awaitable<Reply> Operations::tunnel_describe(const json& params) {
  const auto tunnel = gateway_->describe_tunnel(TunnelId(text(params, "tunnel")));
  if (!tunnel) co_return refuse(tunnel.error());
  co_return done(wire::to_json(*tunnel));
}

asio::awaitable<Reply> Operations::tunnel_list(const json& params) {
  const auto wanted = params.find("tags");
  json tunnels = json::array();
  for (const auto& [id, stored] : gateway_->catalogue().tunnels()) {
    const Tunnel tunnel = *gateway_->describe_tunnel(id);
    bool matches = true;
    if (wanted != params.end() && wanted->is_object()) {
      for (const auto& [key, value] : wanted->items()) {
        const auto tag = tunnel.tags.find(key);
        matches = matches && tag != tunnel.tags.end() && value == tag->second;
      }
    }
    if (!matches) continue;
    json entry = wire::to_json(tunnel);
    entry["tunnel"] = id.str();
    tunnels.push_back(std::move(entry));
  }
  co_return done({{"tunnels", std::move(tunnels)}});
}

asio::awaitable<Reply> Operations::tunnel_delete(const json& params) {
  co_return done_or_refuse(gateway_->delete_tunnel(TunnelId(text(params, "tunnel"))));
}

// ---- clusters ----

namespace {

json to_json(const ClusterStatus& known) {
  json result{{"state", to_string(known.access)}};
  if (!known.message.empty()) result["message"] = known.message;
  return result;
}

}  // namespace

asio::awaitable<Reply> Operations::cluster_authorize(const json& params) {
  const ClusterId cluster(text(params, "cluster"));
  auto authorized = co_await gateway_->authorize(PrincipalId(text(params, "as")), cluster);
  if (!authorized) co_return refuse(authorized.error());
  co_return done({{"state", to_string(Access::kAuthorized)}});
}

asio::awaitable<Reply> Operations::cluster_describe(const json& params) {
  co_return done(to_json(gateway_->describe_cluster(ClusterId(text(params, "cluster")))));
}

// ---- APIs ----

asio::awaitable<Reply> Operations::api_service_create(const json& params) {
  ApiService service{text(params, "name"), InstanceId(text(params, "instance")), {}};
  if (const auto protocols = params.find("protocols"); protocols != params.end() && protocols->is_array()) {
    for (const json& each : *protocols) {
      if (each.is_string()) service.protocols.push_back(each.get<std::string>());
    }
  }
  const auto made = gateway_->create_api_service(std::move(service));
  co_return made ? done({{"apiService", made->str()}}) : refuse(made.error());
}

asio::awaitable<Reply> Operations::api_service_delete(const json& params) {
  co_return done_or_refuse(gateway_->delete_api_service(ApiServiceId(text(params, "apiService"))));
}

asio::awaitable<Reply> Operations::api_create(const json& params) {
  const auto api = wire::api_from_json(params);
  if (!api) co_return refuse(api.error());
  const auto made = gateway_->create_api(*api);
  co_return made ? done({{"api", made->str()}}) : refuse(made.error());
}

asio::awaitable<Reply> Operations::api_modify(const json& params) {
  const ApiId id(text(params, "api"));
  const Api* before = gateway_->catalogue().find(id);
  if (before == nullptr) co_return refuse(no_such("API", id.str(), "api"));
  const auto api = wire::api_from_json(params, *before);
  if (!api) co_return refuse(api.error());
  co_return done_or_refuse(gateway_->modify_api(id, *api));
}

asio::awaitable<Reply> Operations::api_describe(const json& params) {
  const ApiId id(text(params, "api"));
  const Api* api = gateway_->catalogue().find(id);
  co_return api != nullptr ? done(wire::to_json(*api)) : refuse(no_such("API", id.str(), "api"));
}

asio::awaitable<Reply> Operations::api_delete(const json& params) {
  co_return done_or_refuse(gateway_->delete_api(ApiId(text(params, "api"))));
}

asio::awaitable<Reply> Operations::api_release(const json& params) {
  const std::string environment = text(params, "environment");
  const auto url = gateway_->release(ApiId(text(params, "api")), environment.empty() ? "release" : environment);
  co_return url ? done({{"url", *url}}) : refuse(url.error());
}

asio::awaitable<Reply> Operations::api_unrelease(const json& params) {
  const std::string environment = text(params, "environment");
  co_return done_or_refuse(
      gateway_->unrelease(ApiId(text(params, "api")), environment.empty() ? "release" : environment));
}

// ---- the gateway itself ----

asio::awaitable<Reply> Operations::status(const json&) {
  json tunnels = json::array();
  for (const auto& [id, tunnel] : gateway_->catalogue().tunnels()) {
    json nodes = json::array();
    for (const ServiceNodes& service : gateway_->nodes(id)) {
      for (const Endpoint& endpoint : service.endpoints) {
        nodes.push_back({{"address", endpoint.address},
                         {"port", endpoint.port},
                         {"weight", service.weight.value},
                         {"pod", endpoint.pod.str()}});
      }
    }
    tunnels.push_back({{"tunnel", id.str()}, {"nodes", std::move(nodes)}});
  }
  co_return done({{"ready", true}, {"tunnels", std::move(tunnels)}});
}

asio::awaitable<Reply> Operations::reset(const json&) {
  co_return refuse({Reason::kUnsupported, "reset: start a new process instead", "", ""});
}

asio::awaitable<Reply> Operations::stop(const json&) {
  stopped_ = true;
  co_return done();
}

}  // namespace plumbline::gateway
