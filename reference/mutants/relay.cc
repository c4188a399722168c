#include "reference/mutants/relay.h"

#include <fmt/format.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "reference/control/kube_client.h"
#include "reference/net/message_reader.h"

namespace plumbline::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kProxyTimeout{5000};
constexpr std::size_t kHeadBytesMax = std::size_t{64} * 1024;
constexpr int kBadGateway = 502;

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
    std::string unread;
    while (true) {
      MessageReader reader(MessageReader::Side::kRequest);
      while (reader.read_head(unread, kHeadBytesMax) == HeadState::kIncomplete) {
        if (!co_await read_more(socket, unread)) co_return;
      }
      if (reader.head().method.empty()) co_return;
      HttpRequest onward;
      onward.method = std::string(reader.head().method);
      onward.target =
          fmt::format("/api/v1/namespaces/{}/pods/{}:{}/proxy{}", pod.space, pod.name, port, reader.head().target);
      unread.erase(0, reader.head_bytes());
      while (true) {
        const BodyPiece piece = reader.read_body(unread.data(), unread.size());
        if (piece.malformed) co_return;
        onward.body += piece.bytes;
        unread.erase(0, piece.consumed);
        if (piece.complete) break;
        if (!co_await read_more(socket, unread)) co_return;
      }
      const HttpResponse answer = co_await forward(pod.cluster, onward);
      const std::string head =
          fmt::format("HTTP/1.1 {} Relayed\r\nContent-Length: {}\r\n\r\n", answer.status, answer.body.size());
      const std::string whole = head + answer.body;
      auto [error, written] = co_await asio::async_write(socket, asio::buffer(whole), kAwait);
      if (error) co_return;
    }
  }

  asio::awaitable<bool> read_more(tcp::socket& socket, std::string& unread) {
    std::array<char, std::size_t{16} * 1024> piece;
    auto [error, got] = co_await socket.async_read_some(asio::buffer(piece), kAwait);
    unread.append(piece.data(), got);
    co_return !error;
  }

  asio::awaitable<HttpResponse> forward(ClusterId cluster, HttpRequest request) {
    HttpResponse response{kBadGateway, ""};
    if (const auto access = rights_of(cluster)) {
      HttpConnection connection(io.get_executor(), origin_of(*access));
      request.headers = {{"Authorization", "Bearer " + access->token}};
      auto answer = co_await connection.exchange(request, kProxyTimeout);
      if (answer) response = std::move(*answer);
    }
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
