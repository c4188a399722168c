// For tests: a server on loopback that answers every request with bytes that the test chooses. One thread a connection.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace plumbline::clients {

class TinyServer {
 public:
  /// Gets the connection and its number, after accept; closes when it returns.
  using Serve = std::function<void(int fd, int connection)>;

  explicit TinyServer(Serve serve) : serve_(std::move(serve)) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
    EXPECT_EQ(::listen(fd_, 512), 0);
    socklen_t size = sizeof at;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
    accepting_ = std::thread([this] {
      for (int connection = 0;; ++connection) {
        const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) return;
        const std::lock_guard lock(mutex_);
        open_.push_back(fd);
        ++connections_;
        threads_.emplace_back([this, fd, connection] {
          serve_(fd, connection);
          ::shutdown(fd, SHUT_RDWR);
        });
      }
    });
  }
  ~TinyServer() {
    ::shutdown(fd_, SHUT_RDWR);
    accepting_.join();
    ::close(fd_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    for (std::thread& thread : threads_) thread.join();
    for (const int fd : open_) ::close(fd);
  }
  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }

  /// The next bytes up to and including the empty line; "" when the peer closed.
  static std::string read_head(int fd) {
    std::string head;
    char byte;
    while (!head.ends_with("\r\n\r\n")) {
      if (::recv(fd, &byte, 1, 0) != 1) return "";
      head += byte;
    }
    return head;
  }
  static std::string read_exactly(int fd, std::size_t count) {
    std::string bytes(count, '\0');
    const ssize_t got = ::recv(fd, bytes.data(), count, MSG_WAITALL);
    bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return bytes;
  }
  static void send(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  /// Makes the close of `fd` a reset.
  static void reset(int fd) {
    const sockaddr unconnected{.sa_family = AF_UNSPEC, .sa_data = {}};
    EXPECT_EQ(::connect(fd, &unconnected, sizeof unconnected), 0);
  }

 private:
  const Serve serve_;
  int fd_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

}  // namespace plumbline::clients
