#include "simulator/pods/server.h"

#include <boost/asio/steady_timer.hpp>

#include "simulator/pods/connection.h"

namespace plumbline::pods {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kAcceptPause{50};  // when descriptors run out

}  // namespace

/// One listening socket.
struct Server::Door {
  Door(Server& owner, int fd, int number)
      : server(&owner), acceptor(owner.io_, tcp::v4(), fd), pause(owner.io_), port(number) {}

  void close() {
    server = nullptr;
    error_code ignored;
    acceptor.close(ignored);
    pause.cancel();
  }

  Server* server;  ///< null once closed
  tcp::acceptor acceptor;
  boost::asio::steady_timer pause;
  int port;
};

Role pod_role(const Identity& pod) {
  return {pod.str(), [pod](const Request& request, const Ends& ends) { return answer_as(pod, request, ends); },
          [pod](int status, std::string_view problem) { return refusal(pod, status, problem); }};
}

Role trap_role(const std::string& label) {
  const auto trap = [label](int status) {
    Answer answer;
    answer.status = status;
    answer.headers = {{"Content-Type", "text/plain"}, {"X-Pod", label}};
    answer.body = "trap\n";
    return answer;
  };
  return {label, [trap](const Request&, const Ends&) { return trap(200); },
          [trap](int status, std::string_view) { return trap(status); }};
}

Server::Server(boost::asio::io_context& io, Journal& journal, const network::Namespace& space, Role role)
    : io_(io), journal_(journal), space_(space), role_(std::move(role)) {}

Server::~Server() { stop(); }

Result<void> Server::open(network::Address address, const std::vector<std::uint16_t>& ports) {
  address_ = address;
  ports_ = ports;
  return open_doors();
}

Result<void> Server::open_doors() {
  std::vector<std::shared_ptr<Door>> doors;
  for (const std::uint16_t port : ports_) {
    auto listener = space_.listen(address_, port);
    if (!listener) return listener.error();
    doors.push_back(std::make_shared<Door>(*this, listener->release(), port));
  }
  doors_ = std::move(doors);
  for (const auto& door : doors_) accept(door);
  return {};
}

void Server::accept(const std::shared_ptr<Door>& door) {
  door->acceptor.async_accept([door](const error_code& error, tcp::socket socket) {
    if (door->server == nullptr) return;
    if (error) {
      door->pause.expires_after(kAcceptPause);
      door->pause.async_wait([door](const error_code&) {
        if (door->server != nullptr) accept(door);
      });
      return;
    }
    const auto connection = std::make_shared<Connection>(*door->server, std::move(socket), door->port);
    door->server->connections_.insert(connection);
    connection->start();
    accept(door);
  });
}

Result<void> Server::set_fault(Fault fault, std::chrono::milliseconds delay) {
  const bool was_closed = fault_ == Fault::kRefused;
  const bool was_deaf = fault_ == Fault::kSilentDrop;
  fault_ = fault;
  delay_ = delay;
  if (fault == Fault::kRefused) {
    stop();
    return {};
  }
  if (was_closed) {
    if (auto opened = open_doors(); !opened) return opened;
  }
  if (const bool deaf = fault == Fault::kSilentDrop; deaf != was_deaf) {
    for (const auto& door : doors_) {
      deaf ? network::drop_arrivals(door->acceptor.native_handle())
           : network::take_arrivals(door->acceptor.native_handle());
    }
    for (const auto& connection : connections_) connection->set_deaf(deaf);
  }
  return {};
}

void Server::stop() {
  for (const auto& door : doors_) door->close();
  doors_.clear();
  const auto connections = connections_;
  for (const auto& connection : connections) connection->stop();
}

}  // namespace plumbline::pods
