#include "reference/mutants/pretender.h"

#include <fmt/format.h>

#include "reference/control/operations.h"
#include "reference/data_plane.h"
#include "wire/contract.h"

namespace plumbline::gateway {

using nlohmann::json;

boost::asio::awaitable<Reply> Pretender::call(std::string method, json params) {
  if (method == "hello") co_return hello(params);
  if (method == "stop") stopped_ = true;
  const auto id = [&](const char* kind) { return fmt::format("{}-{}", kind, ++made_); };
  if (method == "tunnel.create") co_return Reply{{{"tunnel", id("tunnel")}}, false};
  if (method == "apiService.create") co_return Reply{{{"apiService", id("service")}}, false};
  if (method == "api.create") co_return Reply{{{"api", id("api")}}, false};
  if (method == "cluster.authorize" || method == "cluster.describe") co_return Reply{{{"state", "authorized"}}, false};
  if (method == "api.release") {
    const std::uint16_t port = data_plane_ ? data_plane_->port() : std::uint16_t{0};
    co_return Reply{{{"url", fmt::format("http://{}:{}/", address_, port)}}, false};
  }
  if (method == "status") co_return Reply{{{"ready", true}}, false};
  if (method == "tunnel.list") co_return Reply{{{"tunnels", json::array()}}, false};
  co_return Reply{json::object(), false};
}

Reply Pretender::hello(const json& params) {
  const auto read = wire::hello_from_json(params);
  if (!read) return {wire::error_to_json(read.error()), true};
  ListenOptions options;
  if (!read->listen.empty()) {
    address_ = options.address = read->listen.front().address;
    options.port = static_cast<std::uint16_t>(read->listen.front().http);
  }
  data_plane_ = served_by_net(shaping_)(options);
  if (auto started = data_plane_->start(); !started) return {wire::error_to_json(started.error()), true};
  reached_();
  return {wire::to_json(Operations::introduction(1)), false};
}

void Pretender::shut_down() {
  if (data_plane_) data_plane_->stop();
}

}  // namespace plumbline::gateway
