// The transport of the API server: HTTP/1.1 and HTTP/2 over TLS on listening sockets that are given to it. One thread;
// an idle connection costs its TLS state and little else.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "simulator/kube/access/certificates.h"
#include "simulator/kube/transport/event_pace.h"
#include "simulator/kube/transport/session.h"

namespace plumbline::kube {

inline constexpr std::size_t kConnectionsMax = 10000;
/// Events of watches that come within this after others were sent are sent together at its end.
inline constexpr EventPace::Pause kEventsPause{std::chrono::microseconds(100), std::chrono::milliseconds(5)};

class TlsServer {
 public:
  /// `io` must outlive this; `handler` is called as long as this lives. `certificate` is the server's, `ca_pem` signs
  /// clients' certificates. Throws std::runtime_error when OpenSSL refuses them (start-up).
  TlsServer(boost::asio::io_context& io, Handler handler, const Certificate& certificate, const std::string& ca_pem,
            EventPace::Pause events_pause = kEventsPause);
  /// As stop().
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  /// Accepts on `fd`, which is bound and listening; owns it from now on.
  void serve(int fd);
  /// Presents this certificate to new connections instead of its own; nullptr goes back.
  /// Throws std::runtime_error when OpenSSL refuses it.
  void present(const Certificate* other);
  /// Resets every connection, those that are there and those that come, until it is told not to.
  void reset_connections(bool reset);
  /// Resets the connections that are there.
  void cut_connections();
  /// Closes every listener and every connection. serve() may be called again.
  void stop();

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;  ///< what asio still has to call may outlive this; it finds it stopped
};

}  // namespace plumbline::kube
