#include "reference/control/kube_client.h"

#include <nlohmann/json.hpp>

namespace plumbline::gateway {

HttpOrigin origin_of(const KubeAccess& access) {
  HttpTls tls{access.ca_pem, access.certificate_pem, access.key_pem};
  return {access.host, access.port, std::make_shared<const HttpTls>(std::move(tls))};
}

KubeClient::KubeClient(boost::asio::any_io_executor executor, const KubeAccess& access)
    : connection_(std::move(executor), origin_of(access)), token_(access.token) {}

HttpRequest KubeClient::request(std::string method, std::string target) const {
  HttpRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers = {{"Accept", "application/json"}, {"User-Agent", "plumbline-gateway"}};
  if (!token_.empty()) request.headers.emplace_back("Authorization", "Bearer " + token_);
  return request;
}

boost::asio::awaitable<Result<HttpResponse>> KubeClient::get(std::string path, std::chrono::milliseconds timeout) {
  const HttpRequest wanted = request("GET", std::move(path));
  co_return co_await connection_.exchange(wanted, timeout);
}

boost::asio::awaitable<Result<HttpResponse>> KubeClient::create(std::string path, const nlohmann::json& object) {
  HttpRequest wanted = request("POST", std::move(path));
  wanted.headers.emplace_back("Content-Type", "application/json");
  wanted.body = object.dump();
  co_return co_await connection_.exchange(wanted, kKubeTimeout);
}

boost::asio::awaitable<Result<int>> KubeClient::watch(std::string target) {
  unread_.clear();
  unread_from_ = 0;
  const HttpRequest wanted = request("GET", std::move(target));
  co_return co_await connection_.open(wanted, kKubeTimeout);
}

boost::asio::awaitable<Result<std::string>> KubeClient::next_line(std::chrono::milliseconds silence_max) {
  while (true) {
    const auto end = unread_.find('\n', unread_from_);
    if (end != std::string::npos) {
      std::string line = unread_.substr(unread_from_, end - unread_from_);
      unread_from_ = end + 1;
      if (!line.empty()) co_return line;
      continue;
    }
    unread_.erase(0, unread_from_);
    unread_from_ = 0;
    if (unread_.size() > kWatchLineMax) co_return Error{Reason::kUnavailable, "a watch event is too long", "", ""};
    auto piece = co_await connection_.read(silence_max);
    if (!piece) co_return piece.error();
    if (piece->empty()) co_return std::string();
    unread_ += *piece;
  }
}

}  // namespace plumbline::gateway
