// A window of traffic: closed-loop users on keep-alive or fresh connections, every request numbered and every result
// kept. Runs on a thread of its own that lives in the users' network namespace. Does not judge and does not retry.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/error.h"
#include "wire/history.h"

namespace plumbline::clients {

struct TrafficOptions {
  int network_namespace = -1;  ///< open file descriptor; only needed until start() returns; -1: the current one
  std::string address;         ///< IPv4 text
  std::uint16_t port = 80;
  std::string host;  ///< Host header; empty: address, with the port unless it is 80
  int window = 0;    ///< index, for X-Plumbline-Id
  std::string method = "GET";
  std::string path = "/";  ///< target, query included
  std::vector<std::pair<std::string, std::string>> headers;
  int requests = 0;                               ///< how many in all; ignored with `span`
  std::optional<std::chrono::milliseconds> span;  ///< keep sending for so long
  int connections = 1;                            ///< that share the requests, each with one under way at a time
  bool fresh = false;                             ///< a connection of its own for every request
  std::chrono::milliseconds timeout{10000};       ///< of a request, its connection included
  int patience = 0;  ///< timeouts in a row, over all connections, after which nothing more is sent; 0: no limit
  /// Nothing is sent after it.
  std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
  std::function<std::int64_t()> now_us;  ///< the history's time base; thread-safe; required
};

class Traffic {
 public:
  static constexpr int kConnectionsMax = 10000;
  /// Between a request without an answer and the next one on that connection, so that a gateway that refuses is not
  /// hammered.
  static constexpr std::chrono::milliseconds kPauseAfterError{5};

  /// requires: 1 <= connections <= kConnectionsMax, requests >= 0, now_us set.
  explicit Traffic(TrafficOptions options);
  /// Stops and joins.
  ~Traffic();
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  /// Begins to send; once. kInternal when the thread cannot enter the namespace.
  Result<void> start();
  /// No new request from now on; those under way are finished. Thread-safe; does not wait.
  void stop();
  /// Waits for the last result. Results are in the order in which they ended, once; empty on a second call.
  std::vector<wire::ClientResult> wait();
  /// Whether it ended because patience did. Thread-safe.
  bool gave_up() const;
  /// How many requests have ended. Thread-safe.
  int ended() const;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace plumbline::clients
