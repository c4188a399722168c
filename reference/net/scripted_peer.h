// For tests: both ends of the gateway, byte by byte. Blocking sockets on loopback; every wait is bounded, and what did
// not come in time shows as a short read.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace plumbline::gateway {

inline sockaddr_in loopback(const std::string& address, std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &at.sin_addr);
  return at;
}

/// One connection; closes when destroyed.
class ScriptedPeer {
 public:
  ScriptedPeer() = default;
  explicit ScriptedPeer(int fd) : fd_(fd) {
    timeval wait{.tv_sec = 5, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  }
  ScriptedPeer(ScriptedPeer&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), received_(std::move(other.received_)) {}
  ScriptedPeer& operator=(ScriptedPeer&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(received_, other.received_);
    return *this;
  }
  ~ScriptedPeer() { close(); }

  static ScriptedPeer connect(std::uint16_t port, const std::string& from = "127.0.0.1") {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in source = loopback(from, 0);
    EXPECT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&source), sizeof source), 0);
    const sockaddr_in at = loopback("127.0.0.1", port);
    EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
    return ScriptedPeer(fd);
  }

  bool open() const { return fd_ >= 0; }
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// Up to and including `end`; all there was when it did not come.
  std::string read_until(std::string_view end) {
    while (received_.find(end) == std::string::npos && fill()) {
    }
    const std::size_t at = received_.find(end);
    return take(at == std::string::npos ? received_.size() : at + end.size());
  }
  std::string read_exactly(std::size_t count) {
    while (received_.size() < count && fill()) {
    }
    return take(std::min(count, received_.size()));
  }
  std::string read_head() { return read_until("\r\n\r\n"); }
  /// Everything until the other side closed (or reset).
  std::string read_to_end() {
    while (fill()) {
    }
    return take(received_.size());
  }
  /// True when the other side has closed and nothing is left to read.
  bool ended() { return received_.empty() && !fill() && closed_; }
  void finish_sending() { ::shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }

 private:
  bool fill() {
    char bytes[65536];
    const ssize_t got = ::recv(fd_, bytes, sizeof bytes, 0);
    if (got > 0) received_.append(bytes, static_cast<std::size_t>(got));
    closed_ = got == 0 || (got < 0 && errno == ECONNRESET);
    return got > 0;
  }
  std::string take(std::size_t count) {
    std::string taken = received_.substr(0, count);
    received_.erase(0, count);
    return taken;
  }
  int fd_ = -1;
  bool closed_ = false;
  std::string received_;
};

/// A listening address; the place of a Pod.
class ScriptedListener {
 public:
  explicit ScriptedListener(std::string address, int backlog = 64) : address_(std::move(address)) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in any = loopback(address_, 0);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&any), sizeof any), 0);
    EXPECT_EQ(::listen(fd_, backlog), 0);
    sockaddr_in at{};
    socklen_t size = sizeof at;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
    timeval wait{.tv_sec = 5, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  }
  ~ScriptedListener() { close(); }
  ScriptedListener(const ScriptedListener&) = delete;
  ScriptedListener& operator=(const ScriptedListener&) = delete;

  const std::string& address() const { return address_; }
  std::uint16_t port() const { return port_; }
  ScriptedPeer accept() {
    const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    EXPECT_GE(fd, 0) << "no connection came to " << address_;
    return ScriptedPeer(fd);
  }
  /// True when a connection is waiting; does not wait for one.
  bool has_visitor() {
    pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, 0) == 1;
  }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  std::string address_;
  int fd_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace plumbline::gateway
