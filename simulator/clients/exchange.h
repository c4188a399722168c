// One request of a user in full: exactly what was sent, everything that came back. For rules about HTTP itself.
// Blocking, bounded by a timeout; thread-safe (every call has its own connection).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "simulator/clients/response_reader.h"
#include "wire/history.h"

namespace plumbline::clients {

struct ExchangeTarget {
  int network_namespace = -1;  ///< open file descriptor; -1: the current one
  std::string address;         ///< IPv4 text
  std::uint16_t port = 80;
  std::string host;                          ///< Host header, unless the request brings its own
  std::chrono::milliseconds timeout{10000};  ///< of the whole exchange
  std::function<std::int64_t()> now_us;      ///< the history's time base; required
};

struct ExchangeRequest {
  std::string method = "GET";
  std::string target = "/";
  Headers headers{};  ///< sent in this order after Host and X-Plumbline-Id
  std::string body{};
  bool chunked = false;          ///< the body in chunks of kChunkBytes instead of with its length
  bool expect_continue = false;  ///< sends the body after 100 or kContinueWait
  wire::RequestId id{};
};

/// What went over the wire, as JSON-ready parts.
struct ExchangeSent {
  std::string method{};
  std::string target{};
  Headers headers{};  ///< all, in order, framing headers too
  std::uint64_t body_bytes = 0;
  std::string body_sha256{};  ///< of the body without framing, lower-case hex
  bool chunked = false;
};

struct ExchangeReceived {
  int status = 0;  ///< 0 when there was no final response
  std::string reason{};
  Headers headers{};
  std::string body{};  ///< without framing
  std::uint64_t body_bytes = 0;
  std::string body_sha256{};
  bool continued = false;      ///< a 100 came
  std::vector<int> interim{};  ///< every 1xx
};

struct ExchangeResult {
  std::int64_t t = 0, t1 = 0;
  ExchangeSent sent;
  ExchangeReceived received;
  std::string error;  ///< as wire::ClientResult::error; "" when the response was whole
};

inline constexpr std::size_t kChunkBytes = 8192;
inline constexpr std::chrono::milliseconds kContinueWait{1000};

/// Sends the request on a connection of its own and reads its response.
ExchangeResult exchange(const ExchangeTarget& target, const ExchangeRequest& request);

/// `count` bytes that look like nothing in particular, the same for the same seed.
std::string seeded_bytes(std::uint64_t seed, std::size_t count);
/// SHA-256 in lower-case hex.
std::string sha256(std::string_view bytes);

}  // namespace plumbline::clients
