// One conversation in HTTP/1.1 or HTTP/2 with the API server: bytes in, bytes out. No socket and no TLS, so that tests
// and fuzzers talk to it directly. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/kube/http/api_server.h"

namespace plumbline::kube {

/// Carries a request out. The reply may come later than the call returns, or never.
using Respond = std::function<void(Reply)>;
using Handler = std::function<void(HttpRequest request, Respond respond)>;

using TimePoint = std::chrono::steady_clock::time_point;

/// What a session knows of its connection.
struct SessionContext {
  Handler handler;
  std::optional<User> certificate;
  bool bad_certificate = false;
  std::string from;            ///< the client's address
  std::function<void()> wake;  ///< to be called when there is something to send that receive() did not cause
  /// The same for events of watches, which may wait a little for others.
  std::function<void()> wake_for_events;
  std::function<TimePoint()> now;  ///< by the clock of tick()
};

/// Bytes of a request's target and headers, as real servers have it.
inline constexpr std::size_t kHeadMax = std::size_t{1024} * 1024;

class Session {
 public:
  virtual ~Session() = default;
  /// What the client sent.
  virtual void receive(std::string_view bytes) = 0;
  /// The client sends nothing more.
  virtual void end_of_input() = 0;
  /// Appends what is to be sent to `out`, until that has about `size_max` bytes or nothing is left for now.
  virtual void send(std::string& out, std::size_t size_max) = 0;
  /// False: what comes now would only be kept.
  virtual bool wants_input() const = 0;
  /// After what was sent, the connection ends.
  virtual bool finished() const = 0;
  /// No request is under way, nor the beginning of one.
  virtual bool idle() const = 0;
  /// A request has begun to arrive, and its end is waited for.
  virtual bool mid_request() const = 0;
  /// Watches end, and tell bookmarks, in time.
  virtual void tick(TimePoint now) = 0;
  /// Ends an idle conversation politely.
  virtual void retire() = 0;
};

std::shared_ptr<Session> make_http1_session(SessionContext context);
std::shared_ptr<Session> make_http2_session(SessionContext context);

}  // namespace plumbline::kube
