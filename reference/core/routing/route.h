// Everything the data plane needs to know of one API that is released. Value type.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "model/api.h"
#include "model/ids.h"
#include "model/tunnel.h"

namespace plumbline::gateway {

struct Route {
  ApiId api;
  TunnelId tunnel;
  Frontend frontend;
  std::optional<std::string> backend_path;
  std::optional<std::string> host;  ///< Host header for Pods; unset: the client's Host goes on
  Scheme scheme = Scheme::kHttp;
  std::chrono::milliseconds timeout{15000};
  int retries = 1;  ///< further Pods to try when a connection cannot be made
  friend bool operator==(const Route&, const Route&) = default;
};

}  // namespace plumbline::gateway
