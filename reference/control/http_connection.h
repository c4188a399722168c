// One client connection to one HTTP origin, plain or TLS: requests one after the other, or one streamed answer.
// For the control plane (cloud, Kubernetes), not for users' traffic. Used on one executor by one coroutine at a time.
// Every step but the resolution of a name has a time limit; a failure closes the connection, the next exchange opens a
// new one.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/error.h"

namespace plumbline::gateway {

struct HttpTls {
  std::string ca_pem;                    ///< the only authority that is trusted
  std::string certificate_pem, key_pem;  ///< client certificate; may be empty
};

struct HttpOrigin {
  std::string host;
  std::uint16_t port = 80;
  std::shared_ptr<const HttpTls> tls;  ///< nullptr: plain text. Shared by all connections to the origin
};

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers;  ///< without Host and Content-Length
  std::string body;
};

struct HttpResponse {
  int status = 0;
  std::string body;
};

class HttpConnection {
 public:
  static constexpr std::size_t kBodyBytesMax = 256u << 20;
  static constexpr std::chrono::milliseconds kConnectTimeout{2000};  ///< with the TLS handshake

  HttpConnection(const boost::asio::any_io_executor& executor, HttpOrigin origin);
  ~HttpConnection();  ///< closes
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  /// Sends the request and reads the whole answer. kUnavailable when that fails or takes longer than `timeout` after
  /// connecting. Reuses the connection; when the server had closed it, tries once more on a new one.
  boost::asio::awaitable<Result<HttpResponse>> exchange(const HttpRequest& request, std::chrono::milliseconds timeout);

  /// Sends the request and reads the head of the answer: its status. Then read() gives the body piece by piece.
  boost::asio::awaitable<Result<int>> open(const HttpRequest& request, std::chrono::milliseconds timeout);
  /// The next bytes of the body, decoded; empty at its end. kUnavailable when it is cut or silent for `timeout`.
  boost::asio::awaitable<Result<std::string>> read(std::chrono::milliseconds timeout);

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;  ///< shared with the wait for its time limit
};

}  // namespace plumbline::gateway
