// A plan: what one scenario (one case of it) does and expects, after all checks of the language.
// The language writes plans, the runner carries steps out, the checks read expectations from the plan
// that the history's header repeats. Value types with a JSON form; no I/O.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/api.h"
#include "model/ids.h"
#include "model/tunnel.h"
#include "simulator/world/spec.h"
#include "simulator/yaml/problems.h"

namespace plumbline::conformance {

using Duration = std::chrono::milliseconds;

/// A set of Pods, resolved against the world when the step runs.
/// `every-pod of cls-1/default/httpbin` -> service; `cls-1/default/httpbin-v1-*` -> name pattern;
/// {labels} narrows; `count` takes that many, in the order of their names (0 = all).
struct PodSet {
  std::optional<ObjectName> service;  ///< Pods that this Service's selector matches
  std::optional<ObjectName> pattern;  ///< name may end in `*`
  Labels labels;
  int count = 0;
};

// ---- steps: domain verbs. `as` (Step::as) names the outcome or the window. ----

/// `createTunnel`: `tunnel` is the scenario's name for it (the candidate gives its own id).
struct CreateTunnel {
  std::string tunnel;
  std::string principal;
  Tunnel definition;
  std::vector<yaml::Place> rows = {};  ///< of the definition's services
};
/// `modifyTunnel`: `fields` is the contract's JSON of just the fields that change.
struct ModifyTunnel {
  std::string tunnel;
  std::string principal;
  nlohmann::json fields;
  std::vector<yaml::Place> rows = {};  ///< of the services among them
};
struct DescribeTunnel {
  std::string tunnel;
};
/// `listTunnels`: all of them, or those that carry `tags`.
struct ListTunnels {
  std::map<std::string, std::string> tags;
};
struct DeleteTunnel {
  std::string tunnel;
  std::string principal;
};
/// `authorize`: cluster.authorize.
struct Authorize {
  ClusterId cluster;
  std::string principal;
};
struct DescribeCluster {
  ClusterId cluster;
};
/// `publish`: apiService.create on `instance` (once a scenario and instance), api.create, api.release (environment
/// `release`; skipped for candidates without the feature `api-release`). The outcome is the first refusal, or accepted.
struct Publish {
  std::string api;
  InstanceId instance;
  std::string tunnel;
  std::string principal;
  Api definition;
};
struct Unpublish {
  std::string api;
  std::string principal;
};
/// `settle`: probes on fresh connections until every Pod that should be a node of the API's tunnel has answered, on as
/// many workers as the candidate declares. Gives up at the propagation deadline (recorded: settled false).
struct Settle {
  std::string api;
};
/// `send`: a traffic window. Closed loop. `connections` keep-alive connections share `requests`;
/// with `fresh` every request has a connection of its own.
struct Send {
  std::string api;
  int requests = 0;
  int connections = 1;
  bool fresh = false;
  std::string method = "GET";
  std::optional<std::string> path;  ///< default: the API's frontend path
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<Duration> span;  ///< instead of `requests`: keep sending for so long
  bool background = false;       ///< goes on while the next steps run, until `stop` or the end
};
/// `stop`: ends a background window and waits for it.
struct Stop {
  std::string window;
};
/// `exchange`: requests recorded in full on all four edges. A body is given as text or as a size of seeded bytes.
struct ExchangeRequest {
  std::string method = "GET";
  std::string path;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::int64_t body_bytes = 0;
  bool chunked = false;
  bool expect_continue = false;
};
struct Exchange {
  std::string api;
  std::vector<ExchangeRequest> requests;
};
/// `apply`: manifests as they are (kubectl apply).
struct Apply {
  ClusterId cluster;
  std::vector<world::Manifest> manifests;
};
/// `delete`: one object.
struct DeleteObject {
  ObjectName object;
  std::string kind;
};
/// `scale`: a Deployment; the step returns when the world has that many Pods (ready unless faulted), not the candidate.
struct Scale {
  ObjectName deployment;
  int replicas = 0;
};
/// `label`: merge-patches Pod labels; an empty value removes the key.
struct LabelPods {
  PodSet pods;
  Labels labels;
};
/// `deletePods`: `serve_on` is how long a terminating Pod goes on answering; 0 stops at once.
struct DeletePods {
  PodSet pods;
  Duration serve_on{0};
};
/// `fault` / `heal`: what Pods do wrong.
struct FaultPods {
  PodSet pods;
  pods::Fault fault = pods::Fault::kNone;
  std::optional<Duration> delay;
};
/// `faultApi`: trouble for the clients of a cluster's API server.
struct FaultApi {
  ClusterId cluster;
  world::ApiFault fault;
};
/// `healApi`: ends it; without a kind, all of it.
struct HealApi {
  ClusterId cluster;
  std::optional<world::FaultKind> kind;
};
/// `setNode`: what a node's kubelet says: ready, notReady, or nothing any more (lost).
struct SetNode {
  ClusterId cluster;
  std::string node;
  std::string status;  ///< of its Ready condition: "True", "False", "Unknown"
};
/// `tamper`: puts foreign addresses into a Service's Endpoints by hand (INST-07).
struct TamperEndpoints {
  ObjectName service;
  std::vector<std::string> addresses;
};
/// `pause`: a span in which users do nothing. For rules about what happens later; never to wait for a candidate.
struct Pause {
  Duration span{0};
};

using Action =
    std::variant<CreateTunnel, ModifyTunnel, DescribeTunnel, ListTunnels, DeleteTunnel, Authorize, DescribeCluster,
                 Publish, Unpublish, Settle, Send, Stop, Exchange, Apply, DeleteObject, Scale, LabelPods, DeletePods,
                 FaultPods, FaultApi, HealApi, SetNode, TamperEndpoints, Pause>;

struct Step {
  std::string verb;  ///< as written, for reports
  std::string as;    ///< outcome or window name; unique in the plan; generated (`step-3`, `setup-3`) when not given
  /// A control step that is refused ends the scenario (what depends on it is NOT_JUDGED) unless an expectation
  /// names its outcome (`accepted`, `refused`, `requestsAuthorization`); the language works that out.
  bool may_be_refused = false;
  bool refusal_is_wanted = false;  ///< an expectation is that it is refused
  Action action;
  yaml::Place place;
};

/// One expectation: a domain noun with its arguments, under one rule. Arguments stay JSON here; each check
/// validates its own (the language calls its validator, so mistakes have a line).
struct Expectation {
  RuleId rule;
  std::string noun;
  nlohmann::json arguments;
  yaml::Place place;
  std::vector<std::string> features;  ///< that the rule needs; a candidate without them is NOT_DECLARED on it
};

/// `require`: the scenario's own validity; unmet -> NOT_JUDGED with `reason`. Same nouns as expectations.
using Requirement = Expectation;

struct Plan {
  std::string scenario;  ///< metadata.name
  std::string title;
  std::string row;  ///< name of the case; "" when there are none
  yaml::Place place;
  world::WorldSpec world;
  std::vector<Step> steps;
  std::vector<Requirement> require;
  std::vector<Expectation> expect;
  /// What the candidate must declare for the plan to be run at all: the scenario's own list, what its steps rely on
  /// (several clusters, differing weights ...), and what every one of its rules needs.
  std::vector<std::string> features;
  /// What its steps touch of a candidate that has it, though it may lack it (tags, releases ...).
  std::vector<std::string> touched;
  std::string source_hash;  ///< of the YAML files it was made of
};

/// JSON for the history's header and `plumbline lint --json`. Steps and world keep the names used in YAML.
nlohmann::json to_json(const Plan& plan);

}  // namespace plumbline::conformance
