// An API of the gateway: which requests it takes and where they go (doc: Step 2). Value types; no I/O.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "model/ids.h"

namespace plumbline {

enum class PathMatch { kExact, kPrefix };

/// Which requests the API takes (doc: step 2.3).
struct Frontend {
  std::string method = "ANY";  ///< an HTTP method, or ANY
  std::string path = "/";
  PathMatch match = PathMatch::kPrefix;
  friend bool operator==(const Frontend&, const Frontend&) = default;
};

/// One documented error code of an API (api: ResponseErrorCodes).
struct ResponseError {
  int code = 0;
  std::string message;
  std::string description;
  friend bool operator==(const ResponseError&, const ResponseError&) = default;
};

/// The response result of an API (doc: step 2.5). It documents the API; it never changes an answer.
struct ResponseResult {
  std::string type = "HTML";
  std::optional<std::string> success;
  std::optional<std::string> failure;
  std::vector<ResponseError> errors;
  friend bool operator==(const ResponseResult&, const ResponseResult&) = default;
};

/// A general API whose backend is VPC resources / TKE tunnel.
struct Api {
  ApiServiceId api_service;
  std::string name;
  Frontend frontend;
  std::string backend_type = "vpc";  ///< doc: step 2.4
  std::string tunnel_type = "tke";   ///< doc: step 2.4
  TunnelId tunnel;
  std::optional<std::string> backend_path;  ///< replaces the matched part of the path when set
  std::chrono::milliseconds timeout{15000};
  ResponseResult response;
  friend bool operator==(const Api&, const Api&) = default;
};

}  // namespace plumbline
