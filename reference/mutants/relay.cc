#include "reference/mutants/relay.h"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "reference/control/kube_client.h"

namespace plumbline::gateway {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kProxyTimeout{5000};

}  // namespace

struct Relay::Parts {
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::mutex mutex;
  std::map<ClusterId, KubeAccess> rights;
  std::map<std::pair<ObjectName, std::uint16_t>, std::uint16_t> ports;
  std::thread thread;

  std::optional<KubeAccess> rights_of(const ClusterId& cluster) {
    const std::lock_guard lock(mutex);
    const auto found = rights.find(cluster);
    return found == rights.end() ? std::nullopt : std::optional(found->second);
  }

  asio::awaitable<void> accept(tcp::acceptor acceptor, ObjectName pod, std::uint16_t port) {
    while (true) {
      auto [error, socket] = co_await acceptor.async_accept(kAwait);
      if (error) co_return;
      asio::co_spawn(io, serve(std::move(socket), pod, port), asio::detached);
    }
  }

  asio::awaitable<void> serve(tcp::socket socket, ObjectName pod, std::uint16_t port) {
    boost::beast::flat_buffer buffer;
    while (true) {
      http::request<http::string_body> request;
      auto [read_error, read_bytes] = co_await http::async_read(socket, buffer, request, kAwait);
      if (read_error) co_return;
      const http::response<http::string_body> response = co_await forward(request, pod, port);
      auto [write_error, written] = co_await http::async_write(socket, response, kAwait);
      if (write_error) co_return;
    }
  }

  asio::awaitable<http::response<http::string_body>> forward(const http::request<http::string_body>& request,
                                                             const ObjectName& pod, std::uint16_t port) {
    http::response<http::string_body> response{http::status::bad_gateway, 11};
    if (const auto access = rights_of(pod.cluster)) {
      HttpConnection connection(io.get_executor(), origin_of(*access));
      HttpRequest onward;
      onward.method = std::string(request.method_string());
      onward.target = fmt::format("/api/v1/namespaces/{}/pods/{}:{}/proxy{}", pod.space, pod.name, port,
                                  std::string(request.target()));
      onward.headers = {{"Authorization", "Bearer " + access->token}};
      onward.body = request.body();
      auto answer = co_await connection.exchange(onward, kProxyTimeout);
      if (answer) {
        response.result(static_cast<unsigned>(answer->status));
        response.body() = std::move(answer->body);
      }
    }
    response.prepare_payload();
    co_return response;
  }
};

Relay::Relay() : parts_(new Parts{}) {
  parts_->thread = std::thread([this] { parts_->io.run(); });
}

Relay::~Relay() {
  parts_->io.stop();
  parts_->thread.join();
}

void Relay::set_rights(const ClusterId& cluster, const KubeAccess& access) {
  const std::lock_guard lock(parts_->mutex);
  parts_->rights.insert_or_assign(cluster, access);
}

std::uint16_t Relay::port_for(const ObjectName& pod, std::uint16_t port) {
  const std::lock_guard lock(parts_->mutex);
  const auto found = parts_->ports.find({pod, port});
  if (found != parts_->ports.end()) return found->second;
  tcp::acceptor acceptor(parts_->io);
  boost::system::error_code error;
  acceptor.open(tcp::v4(), error);
  if (!error) acceptor.bind({asio::ip::address_v4::loopback(), 0}, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return 0;
  const std::uint16_t own = acceptor.local_endpoint().port();
  parts_->ports.emplace(std::pair{pod, port}, own);
  asio::co_spawn(parts_->io, parts_->accept(std::move(acceptor), pod, port), asio::detached);
  return own;
}

}  // namespace plumbline::gateway
