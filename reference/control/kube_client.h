// Requests to one API server with one set of rights, over one kept connection. Used by one coroutine at a time.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "reference/control/http_connection.h"
#include "reference/control/kubeconfig.h"

namespace plumbline::gateway {

inline constexpr std::chrono::milliseconds kKubeTimeout{3000};       ///< one request
inline constexpr std::chrono::milliseconds kKubeListTimeout{30000};  ///< a whole LIST

class KubeClient {
 public:
  KubeClient(boost::asio::any_io_executor executor, const KubeAccess& access);

  boost::asio::awaitable<Result<HttpResponse>> get(std::string path, std::chrono::milliseconds timeout = kKubeTimeout);
  boost::asio::awaitable<Result<HttpResponse>> create(std::string path, const nlohmann::json& object);

  /// A WATCH: status of the answer, then its lines one by one ("" at the end).
  boost::asio::awaitable<Result<int>> watch(std::string target);
  /// kUnavailable when the stream is cut, silent for `silence_max`, or a line is longer than kWatchLineMax.
  boost::asio::awaitable<Result<std::string>> next_line(std::chrono::milliseconds silence_max);
  static constexpr std::size_t kWatchLineMax = 16u << 20;

 private:
  HttpRequest request(std::string method, std::string target) const;

  HttpConnection connection_;
  std::string token_;
  std::string unread_;
  std::size_t unread_from_ = 0;
};

/// The TLS side and address of an access.
HttpOrigin origin_of(const KubeAccess& access);

}  // namespace plumbline::gateway
