// The candidate contract, version 1, as C++ values: both sides of the wire use these codecs
// (docs/candidate-contract.md). Codecs only: no sockets, no decisions. Unknown fields are ignored.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/api.h"
#include "model/error.h"
#include "model/ids.h"
#include "model/tunnel.h"

namespace plumbline::wire {

inline constexpr int kContractVersion = 1;
inline constexpr std::size_t kLineBytesMax = std::size_t{16} * 1024 * 1024;  ///< one JSON-RPC message
inline constexpr int kNestingMax = 64;  ///< lists and objects inside each other in one message
inline constexpr int kRefusalCode = -32000;
inline constexpr int kMethodNotFoundCode = -32601;
inline constexpr int kInvalidParamsCode = -32602;
inline constexpr int kInvalidRequestCode = -32600;
inline constexpr int kParseErrorCode = -32700;

struct HelloInstance {
  InstanceId id;
  std::string kind;  ///< "dedicated" or "shared"
  RegionId region;
  VpcId vpc;            ///< empty for shared instances
  std::string address;  ///< empty unless attached
  bool attached = false;
};
struct HelloListen {
  std::string address;
  int http = 80;
  int https = 443;
};
struct HelloPrincipal {
  std::string name;
  std::string secret_id;
  std::string secret_key;
};
struct HelloCluster {
  ClusterId cluster;
  std::string kubeconfig;  ///< path of a file
};

/// Parameters of `hello` and `reset`.
struct Hello {
  int contract = kContractVersion;
  RegionId region;
  std::vector<HelloInstance> instances;
  std::vector<HelloListen> listen;
  std::string frontend_certificate_pem, frontend_key_pem, pod_ca_pem;
  std::string cloud_endpoint;  ///< "http://169.254.0.23"; empty when there is none
  std::vector<HelloPrincipal> principals;
  std::vector<HelloCluster> clusters;  ///< only for candidates without `cluster-authorization`
  std::string work_dir;
  std::uint64_t seed = 0;
};

/// What a candidate answers to `hello`.
struct HelloResult {
  int contract = kContractVersion;
  std::string name;
  std::string version;
  std::vector<std::string> features;
  std::map<std::string, std::string> interpretations;
  int workers = 1;  ///< independent balancer states; a bound of one worker is multiplied by this
};

nlohmann::json to_json(const Hello& hello);
nlohmann::json to_json(const HelloResult& result);
/// kInvalidValue with `field` set to the JSON path when a required field is missing or of another type.
Result<Hello> hello_from_json(const nlohmann::json& params);
Result<HelloResult> hello_result_from_json(const nlohmann::json& result);

/// Fields of `tunnel.create` without `as`. Optional fields that are unset are left out.
nlohmann::json to_json(const Tunnel& tunnel);
/// Types are checked, meaning is not: ranges, counts and existence are admission's business.
/// `base` supplies every field that `params` lacks (for `tunnel.modify`).
Result<Tunnel> tunnel_from_json(const nlohmann::json& params, const Tunnel& base = {});

nlohmann::json to_json(const Api& api);
Result<Api> api_from_json(const nlohmann::json& params, const Api& base = {});

/// True when lists and objects lie deeper inside each other than `depth_max` in `text`, which may be no JSON at all. To
/// be asked before parsing: what is as deep as a line is long is copied and written by as deep a recursion.
bool nested_deeper_than(std::string_view text, int depth_max);

/// JSON-RPC error object {code, message, data:{reason, field?, object?}}.
nlohmann::json error_to_json(const Error& error);
/// Unknown reasons become kInternal; `text` is the message.
Error error_from_json(const nlohmann::json& error);

}  // namespace plumbline::wire
