// Sockets of simulated users: opened in the network namespace where the users live. Thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "model/error.h"

namespace plumbline::clients {

/// Moves the calling thread into a network namespace (an open file descriptor of it); -1 leaves it where it is.
/// kInternal when the kernel refuses.
Result<void> enter_namespace(int network_namespace);

/// A descriptor that closes itself.
class UserSocket {
 public:
  UserSocket() = default;
  explicit UserSocket(int fd) : fd_(fd) {}
  ~UserSocket() { close(); }
  UserSocket(UserSocket&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  UserSocket& operator=(UserSocket&& other) noexcept;
  int fd() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

/// A non-blocking TCP socket in the calling thread's namespace whose connection to address:port is under way.
/// `error` is errno when it failed at once, else 0; writable means decided (connect_error).
UserSocket begin_connection(const std::string& address, std::uint16_t port, int& error);
/// errno of a connection that was under way; 0 when it stands.
int connect_error(const UserSocket& socket);

/// "refused", "unreachable", "timeout", "reset"; "failed" for anything else (wire::ClientResult::error).
std::string error_word(int error);

}  // namespace plumbline::clients
