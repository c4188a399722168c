// What steps need from simulated users. The worker puts simulator/clients behind it, tests put a fake.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conformance/language/plan.h"
#include "conformance/runner/cutoff.h"
#include "model/error.h"
#include "wire/history.h"

namespace plumbline::conformance {

/// Where users send requests.
struct Destination {
  std::string address;
  std::uint16_t port = 80;
  std::string host;  ///< Host header; "" leaves the default, the address
};

using Headers = std::vector<std::pair<std::string, std::string>>;

/// A window of closed-loop traffic. With neither `requests` nor `span` it goes on until it is finished.
struct TrafficOrder {
  int window = 0;
  Destination to;
  std::string method;
  std::string target;
  Headers headers;
  int requests = 0;
  int connections = 1;
  bool fresh = false;
  std::optional<Duration> span;
  Duration timeout{10000};  ///< of one request
  int patience = 0;         ///< timeouts in a row that end the window; 0: no limit
  Cutoff cut;               ///< nothing is sent after it
};

/// Traffic under way. Destroying it ends it.
class Traffic {
 public:
  virtual ~Traffic() = default;
  /// Waits for the end, or ends it now (requests in flight are still waited for). Every result has been written to the
  /// history when it returns. Returns how many requests were sent.
  virtual std::int64_t finish(bool now) = 0;
  /// Whether the window ended because patience did. Requires finish().
  virtual bool gave_up() const = 0;
};

/// One request of an exchange as its user saw it; `sent` and `received` as the history has them.
struct UserExchange {
  std::int64_t t = 0;
  nlohmann::json sent, received;
  std::string error;
};

class Users {
 public:
  virtual ~Users() = default;
  /// kInternal when it cannot send at all.
  virtual Result<std::unique_ptr<Traffic>> start(const TrafficOrder& order) = 0;
  /// One request on a connection of its own; `pod` of the result is the name that the answer carries.
  virtual wire::ClientResult probe(const wire::RequestId& id, const Destination& to, const std::string& method,
                                   const std::string& target, Duration deadline) = 0;
  /// One after the other, each waited for `timeout` at most; as many as `requests`, or fewer when `patience` timeouts
  /// came in a row or `cut` has passed.
  virtual std::vector<UserExchange> exchange(int window, const Destination& to,
                                             const std::vector<ExchangeRequest>& requests, Duration timeout,
                                             int patience, const Cutoff& cut) = 0;
};

}  // namespace plumbline::conformance
