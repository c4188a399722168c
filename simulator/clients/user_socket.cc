#include "simulator/clients/user_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace plumbline::clients {

Result<void> enter_namespace(int network_namespace) {
  if (network_namespace < 0 || ::setns(network_namespace, CLONE_NEWNET) == 0) return {};
  Error refused;
  refused.text = std::string("cannot enter the users' network namespace: ") + std::strerror(errno);
  return refused;
}

UserSocket& UserSocket::operator=(UserSocket&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void UserSocket::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

UserSocket begin_connection(const std::string& address, std::uint16_t port, int& error) {
  error = 0;
  UserSocket socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.open()) {
    error = errno;
    return socket;
  }
  const int on = 1;
  ::setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  if (::inet_pton(AF_INET, address.c_str(), &to.sin_addr) != 1) {
    error = EINVAL;
  } else if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS) {
    error = errno;
  }
  return socket;
}

int connect_error(const UserSocket& socket) {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

std::string error_word(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "refused";
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EACCES:
    case EPERM:
    case EADDRNOTAVAIL:
      return "unreachable";
    case ETIMEDOUT:
      return "timeout";
    case ECONNRESET:
    case EPIPE:
    case ECONNABORTED:
      return "reset";
    default:
      return "failed";
  }
}

}  // namespace plumbline::clients
