#include "simulator/network/visitor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include <cerrno>

#include "model/check.h"

namespace plumbline::network {
namespace {

int milliseconds_of(std::chrono::milliseconds time) { return static_cast<int>(time.count()); }

}  // namespace

Dialled dial(int namespace_fd, const std::string& address, int port, std::chrono::milliseconds deadline) {
  const Descriptor home(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  CHECK(home.valid() && ::setns(namespace_fd, CLONE_NEWNET) == 0, "the namespace is the process's own");
  Dialled dialled;
  dialled.socket.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  CHECK(::setns(home.get(), CLONE_NEWNET) == 0, "the thread must get back to where it came from");
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(static_cast<std::uint16_t>(port));
  ::inet_pton(AF_INET, address.c_str(), &place.sin_addr);
  if (::connect(dialled.socket.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0) {
    dialled.failure = errno;
    if (dialled.failure == EINPROGRESS) {
      pollfd entry{dialled.socket.get(), POLLOUT, 0};
      socklen_t size = sizeof dialled.failure;
      dialled.failure = ETIMEDOUT;
      if (::poll(&entry, 1, milliseconds_of(deadline)) > 0) {
        ::getsockopt(dialled.socket.get(), SOL_SOCKET, SO_ERROR, &dialled.failure, &size);
      }
    }
  }
  if (dialled.failure != 0) dialled.socket.reset();
  return dialled;
}

bool send_all(const Dialled& to, const std::string& text, std::chrono::milliseconds deadline) {
  for (std::size_t sent = 0; sent < text.size();) {
    pollfd entry{to.socket.get(), POLLOUT, 0};
    if (::poll(&entry, 1, milliseconds_of(deadline)) <= 0) return false;
    const ssize_t count = ::send(to.socket.get(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count < 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

std::string talk(const Dialled& to, const std::string& request, std::chrono::milliseconds deadline) {
  if (!to.socket.valid() || !send_all(to, request, deadline)) return "";
  return hear(to, "", deadline);
}

std::string hear(const Dialled& from, const std::string& part, std::chrono::milliseconds deadline) {
  std::string heard;
  char buffer[4096];
  pollfd entry{from.socket.get(), POLLIN, 0};
  while (part.empty() || heard.find(part) == std::string::npos) {
    if (::poll(&entry, 1, milliseconds_of(deadline)) <= 0) break;
    const ssize_t count = ::recv(from.socket.get(), buffer, sizeof buffer, 0);
    if (count <= 0) break;
    heard.append(buffer, static_cast<std::size_t>(count));
  }
  return heard;
}

}  // namespace plumbline::network
