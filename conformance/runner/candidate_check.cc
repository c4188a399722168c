#include "conformance/runner/candidate_check.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <optional>

#include "conformance/checks/json_fields.h"
#include "conformance/runner/candidate_session.h"
#include "conformance/runner/history_writer.h"
#include "conformance/runner/network_users.h"
#include "conformance/runner/url.h"
#include "model/counted.h"
#include "model/nearest.h"
#include "model/verdict.h"
#include "simulator/world/world.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

constexpr const char* kPrincipal = "owner";
constexpr const char* kCluster = "cls-1";
constexpr Duration kProbeDeadline{3000};
constexpr Duration kSlowStart{1000};

/// Passes the candidate's own words on to the terminal and drops everything else.
class Voice : public wire::HistorySink {
 public:
  /// Requests that reached a Pod so far: all, and those with their X-Plumbline-Id.
  std::pair<int, int> reached() const { return {hits_, known_}; }
  void write(const json& record) override {
    if (text_of(record, "type") == "hits") {
      for (const wire::Hit& hit : wire::hits_from_record(record)) {
        ++hits_;
        known_ += hit.id.window >= 0 ? 1 : 0;
      }
    }
    if (text_of(record, "type") == "event" && text_of(record, "event") == "stderr")
      fmt::print(stderr, "  | {}\n", text_of(record, "line"));
  }

 private:
  std::atomic<int> hits_ = 0, known_ = 0;
};

class Conversation {
 public:
  Conversation(const WorkerOrder& order, world::World& world, Voice& voice)
      : order_(order),
        world_(world),
        voice_(voice),
        session_(
            order.descriptor, [&world] { return world.now_us(); }, voice) {}

  bool run() {
    return hello() && unknown_method() && invalid_params() && authorize() && tunnel() && publish() && request() &&
           list() && modify() && status() && withdraw() && stop();
  }

 private:
  bool good(const std::string& step, const std::string& seen) {
    fmt::print("ok      {:<28} {}\n", step, seen);
    std::fflush(stdout);
    return true;
  }
  bool bad(const std::string& step, const std::string& seen, const std::string& advice) {
    fmt::print("FAILED  {:<28} {}\n", step, seen);
    std::fflush(stdout);
    fmt::print(stderr, "  {}\n", advice);
    return false;
  }
  /// A call that must succeed.
  bool must(const std::string& method, const json& params, json& result, const std::string& advice) {
    return succeeded(method, session_.call(-1, "", method, params), result, advice);
  }
  bool succeeded(const std::string& method, const CallOutcome& outcome, json& result, const std::string& advice) {
    if (outcome.silent) return bad(method, fmt::format("{}: {}", to_string(*outcome.silent), outcome.detail), advice);
    if (outcome.error) return bad(method, "refused: " + describe_refusal(*outcome.error), advice);
    result = *outcome.result;
    return true;
  }
  /// A call that must succeed, and whose result `is_good`; or nobody knows the method, which costs only what asks for
  /// it.
  bool unless_unknown(const std::string& method, const json& params, const std::function<bool(const json&)>& is_good) {
    const CallOutcome outcome = session_.call(-1, "", method, params);
    if (outcome.error && outcome.error->value("code", json()) == wire::kMethodNotFoundCode)
      return good(method, "not offered");
    json result;
    return succeeded(method, outcome, result, "Answer, or refuse the method with code -32601.") && is_good(result);
  }
  bool must_name(const std::string& method, const json& result, const char* member, std::string& into,
                 const std::string& value = "an id of your own") {
    if (!result.is_object() || !result.contains(member) || !result.at(member).is_string()) {
      return bad(method, "its result is " + result.dump(),
                 fmt::format("Answer with {{\"{}\": \"{}\"}}.", member, value));
    }
    into = result.at(member).get<std::string>();
    return good(method, fmt::format("{} {}", member, into));
  }
  static std::string code_of(const CallOutcome& outcome) {
    if (outcome.silent) return fmt::format("{}: {}", to_string(*outcome.silent), outcome.detail);
    return outcome.error ? "code " + outcome.error->at("code").dump() : "accepted: " + outcome.result->dump();
  }

  bool hello() {
    wire::Hello hello = world_.hello(true);
    region_ = hello.region.str();
    for (const auto& instance : hello.instances) {
      if (instance.attached) {
        vpc_ = instance.vpc.str();
        instance_ = instance.id.str();
      }
    }
    const auto make = [&](CandidateObserver& observer) {
      return make_driver(order_.descriptor, world_.attached_instance_namespace(), order_.programs, observer);
    };
    const std::int64_t begun = world_.now_us();
    const auto self = session_.introduce(make, hello);
    const std::chrono::microseconds took(world_.now_us() - begun);
    if (!self) {
      return bad("start and hello", self.error().text,
                 self.error().reason == Reason::kInvalidValue
                     ? "Answer with {\"contract\": 1, \"name\": ..., \"version\": ..., \"features\": [...], "
                       "\"interpretations\": {...}, \"workers\": 1} (docs/candidate-contract.md, hello)."
                     : "The command must start, read one JSON line from stdin and answer it with one line on stdout "
                       "(docs/candidate-contract.md, Methods). Its stderr is shown above.");
    }
    good("start and hello",
         fmt::format("{} {}, {}, {}", self->name, self->version, counted(self->features.size(), "feature"),
                     counted(static_cast<std::size_t>(self->workers), "worker")));
    if (took > kSlowStart) {
      fmt::print(stderr, "  It took {:.1f} s; every scenario starts it anew, so that a suite takes long.\n",
                 std::chrono::duration<double>(took).count());
    }
    const auto& known = contract_features();
    for (const std::string& feature : session_.declared()) {
      if (std::find(known.begin(), known.end(), feature) != known.end()) continue;
      return bad(
          "features", fmt::format("no feature '{}'{}", feature, suggestion(feature, known)),
          "Declare features by their names (docs/candidate-contract.md, What you may lack): nothing judges others.");
    }
    return true;
  }
  bool unknown_method() {
    const CallOutcome outcome = session_.call(-1, "", "no.such.method", json::object());
    if (outcome.silent) return bad("unknown method", code_of(outcome), "Answer every request with one line of JSON.");
    if (!outcome.error || outcome.error->value("code", json()) != wire::kMethodNotFoundCode) {
      return bad("unknown method", code_of(outcome), "Answer methods that you do not know with error code -32601.");
    }
    return good("unknown method", "code -32601");
  }
  bool invalid_params() {
    const CallOutcome outcome =
        session_.call(-1, "", "tunnel.create", {{"as", kPrincipal}, {"name", 7}, {"services", "none"}});
    const json code = outcome.error ? outcome.error->value("code", json()) : json();
    if (outcome.silent) return bad("invalid params", code_of(outcome), "Answer every request with one line of JSON.");
    if (code != wire::kInvalidParamsCode && code != wire::kRefusalCode) {
      return bad("invalid params", code_of(outcome),
                 "Refuse parameters of the wrong type: code -32602, or -32000 with reason InvalidValue.");
    }
    return good("invalid params", "refused: " + describe_refusal(*outcome.error));
  }
  bool authorize() {
    if (!session_.offers("cluster-authorization")) return good("cluster.authorize", "not declared");
    json result;
    return must(
               "cluster.authorize", {{"as", kPrincipal}, {"cluster", kCluster}}, result,
               "The cluster is reachable through the cloud endpoint of hello; principal `owner` has its admin role.") &&
           good("cluster.authorize", result.dump());
  }
  bool tunnel() {
    const json params{{"as", kPrincipal},
                      {"name", "check"},
                      {"type", "tke"},
                      {"region", region_},
                      {"vpc", vpc_},
                      {"services",
                       {{{"cluster", kCluster},
                         {"namespace", "default"},
                         {"service", "httpbin"},
                         {"port", 8000},
                         {"weight", 1},
                         {"labels", json::object()}}}},
                      {"backend", {{"scheme", "http"}}},
                      {"tags", json::object()}};
    json result;
    if (!must("tunnel.create", params, result, "It names a Service that exists, with a port that it has.") ||
        !must_name("tunnel.create", result, "tunnel", tunnel_)) {
      return false;
    }
    if (!must("tunnel.describe", {{"tunnel", tunnel_}}, result, "Describe what was created.")) return false;
    for (const char* field : {"name", "type", "services", "backend"}) {
      if (!result.is_object() || !result.contains(field)) {
        return bad("tunnel.describe", result.dump(), fmt::format("The field '{}' of tunnel.create is missing.", field));
      }
    }
    return good("tunnel.describe", "the fields of create");
  }
  bool publish() {
    json result;
    if (!must("apiService.create",
              {{"as", kPrincipal}, {"name", "check"}, {"instance", instance_}, {"protocols", "http"}}, result,
              "Answer also when you have no API services: any id will do.") ||
        !must_name("apiService.create", result, "apiService", api_service_)) {
      return false;
    }
    Api definition;
    definition.api_service = ApiServiceId(api_service_);
    definition.name = "check";
    definition.tunnel = TunnelId(tunnel_);
    json params = wire::to_json(definition);
    params["as"] = kPrincipal;
    if (!must("api.create", params, result, "The API takes every request and sends it to the tunnel just created.") ||
        !must_name("api.create", result, "api", api_)) {
      return false;
    }
    if (!session_.offers("api-release")) {
      return good("api.release", "not declared: users' requests are served at / of your listen address from now on");
    }
    std::string text;
    if (!must("api.release", {{"as", kPrincipal}, {"api", api_}, {"environment", "release"}}, result,
              "Answer with the URL where users send requests.") ||
        !must_name("api.release", result, "url", text, "http://, your listen address and port, and the path")) {
      return false;
    }
    const auto url = parse_url(text);
    if (!url) return bad("api.release", url.error().text, "The URL begins with http://, your listen address and port.");
    url_ = *url;
    return true;
  }
  bool request() {
    NetworkUsers users(
        world_.users_namespace(), [this] { return world_.now_us(); }, voice_, order_.seed);
    const Destination to{url_.address.empty() ? world_.instance_address() : url_.address, url_.port, ""};
    const std::int64_t until =
        world_.now_us() + std::chrono::microseconds(order_.descriptor.deadlines.propagation).count();
    wire::ClientResult result;
    for (int n = 0;; ++n) {
      result = users.probe({0, n}, to, "GET", url_.path, kProbeDeadline);
      if (!result.pod.empty()) {
        world_.flush();
        if (voice_.reached().second > 0)
          return good("a user's request", fmt::format("status {}, answered by {}", result.status, result.pod));
        return bad("a user's request", "a Pod got it without the header X-Plumbline-Id",
                   "Pass every header of the request on; nothing that lost this one counts (Users' requests).");
      }
      if (world_.now_us() > until) break;
    }
    world_.flush();
    if (voice_.reached().first > 0) {
      return bad("a user's request",
                 fmt::format("a Pod got it, and the answer, status {}, has no header X-Pod", result.status),
                 "Pass every header of the answer on; nothing counts as a Pod's answer without this one.");
    }
    return bad(
        "a user's request",
        fmt::format("status {}{}, no Pod answered", result.status,
                    result.error.empty() ? "" : " (" + result.error + ")"),
        fmt::format("GET http://{}:{}{} must reach a Pod of the Service within the propagation deadline of {} ms, and "
                    "its answer must come back with the header X-Pod.",
                    to.address, to.port, url_.path, order_.descriptor.deadlines.propagation.count()));
  }
  bool list() {
    return unless_unknown("tunnel.list", json::object(), [this](const json& result) {
      const json* tunnels = member(result, "tunnels");
      const bool listed = tunnels != nullptr && tunnels->is_array() &&
                          std::any_of(tunnels->begin(), tunnels->end(), [&](const json& each) {
                            return text_of(each, "tunnel") == tunnel_ && text_of(each, "name") == "check";
                          });
      if (listed) return good("tunnel.list", counted(tunnels->size(), "tunnel"));
      return bad(
          "tunnel.list", "its result is " + result.dump(),
          fmt::format("Answer with {{\"tunnels\": [{{\"tunnel\": \"{}\", ...}}]}}: its id and the fields of create.",
                      tunnel_));
    });
  }
  bool modify() {
    const auto before = described();
    if (!before) return false;
    json result;
    if (!must("tunnel.modify", {{"as", kPrincipal}, {"tunnel", tunnel_}, {"name", "renamed"}}, result,
              "It gives the tunnel another name and leaves the rest.")) {
      return false;
    }
    const auto after = described();
    if (!after) return false;
    Tunnel wanted = *before;
    wanted.name = "renamed";
    if (*after != wanted) {
      return bad("tunnel.modify", "afterwards the tunnel is " + wire::to_json(*after).dump(),
                 "It changes what it names, here the name, and leaves the rest: " + wire::to_json(wanted).dump());
    }
    return good("tunnel.modify", "another name, the rest as it was");
  }
  std::optional<Tunnel> described() {
    json result;
    if (!must("tunnel.describe", {{"tunnel", tunnel_}}, result, "Describe what was created.")) return std::nullopt;
    auto tunnel = wire::tunnel_from_json(result);
    if (tunnel) return *tunnel;
    bad("tunnel.describe", "its result is " + result.dump(), tunnel.error().text);
    return std::nullopt;
  }
  bool status() {
    return unless_unknown("status", json::object(), [this](const json& result) {
      const json* ready = member(result, "ready");
      if (ready != nullptr && ready->is_boolean()) return good("status", ready->get<bool>() ? "ready" : "not ready");
      return bad("status", "its result is " + result.dump(), "Answer with {\"ready\": true, \"tunnels\": [...]}.");
    });
  }
  /// Everything that was made goes, in the order in which nothing is in use.
  bool withdraw() {
    const auto gone = [this](const char* method, json params) {
      params["as"] = kPrincipal;
      return unless_unknown(method, params, [&](const json&) { return good(method, "done"); });
    };
    return (!session_.offers("api-release") || gone("api.unrelease", {{"api", api_}, {"environment", "release"}})) &&
           gone("api.delete", {{"api", api_}}) && gone("apiService.delete", {{"apiService", api_service_}}) &&
           gone("tunnel.delete", {{"tunnel", tunnel_}});
  }
  bool stop() {
    const StopOutcome outcome = session_.stop();
    if (outcome.answer.silent) return bad("stop", outcome.answer.detail, "Answer `stop` before you exit.");
    if (!outcome.exited_in_time)
      return bad("stop", "it goes on running", "Exit within 5 s after the answer to `stop`.");
    return good("stop", outcome.status ? to_string(*outcome.status) : "closed");
  }

  const WorkerOrder& order_;
  world::World& world_;
  Voice& voice_;
  CandidateSession session_;
  std::string region_, vpc_, instance_, tunnel_, api_service_, api_;
  Url url_{"", 80, "/"};
};

}  // namespace

int run_candidate_check(const WorkerOrder& order) {
  ::signal(SIGINT, SIG_IGN);
  ::mkdir(kWorkFolder, 0755);
  Voice voice;
  const auto world = world::World::build(order.plan.world, {order.seed, kWorkFolder, {}}, voice);
  if (!world) {
    fmt::print(stderr, "plumbline: the world could not be built: {}\n", world.error().text);
    return static_cast<int>(ExitCode::kOurFailure);
  }
  const bool good = Conversation(order, **world, voice).run();
  return static_cast<int>(good ? ExitCode::kGood : ExitCode::kSubjectFailed);
}

}  // namespace plumbline::conformance
