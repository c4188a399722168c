// The transport of the API server: HTTP/1.1 over TLS on listening sockets that are given to it. One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "simulator/kube/access/certificates.h"
#include "simulator/kube/http/api_server.h"

namespace plumbline::kube {

inline constexpr std::size_t kConnectionsMax = 10000;

class TlsServer {
 public:
  /// `io` and `api` must outlive this. `certificate` is the server's, `ca_pem` signs clients' certificates.
  /// Throws boost::system::system_error when OpenSSL refuses them (start-up).
  TlsServer(boost::asio::io_context& io, ApiServer& api, const Certificate& certificate, const std::string& ca_pem);
  /// As stop().
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  /// Accepts on `fd`, which is bound and listening; owns it from now on.
  void serve(int fd);
  /// Closes every listener and every connection. serve() may be called again.
  void stop();

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;  ///< connections under way may outlive this; they find it closed
};

}  // namespace plumbline::kube
