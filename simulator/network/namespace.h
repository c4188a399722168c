// One network namespace, held by a descriptor: nothing on disk, gone with its last user.
// Not a topology: which links and addresses it gets is fabric.h. Members may be called from any thread; they move only
// the calling thread into the namespace, and back.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "model/error.h"
#include "simulator/network/address.h"
#include "simulator/network/descriptor.h"

namespace plumbline::network {

class Namespace {
 public:
  /// A new, empty namespace whose `lo` is up. kUnavailable.
  static Result<Namespace> create();

  int fd() const { return fd_.get(); }

  /// Runs `work` on this thread inside the namespace; sockets opened there stay there.
  void visit(const std::function<void()>& work) const;

  /// Runs the lines of `batch` by `ip -batch` inside; stops at the first that fails. `/proc/self/fd/N` in a line names
  /// the caller's descriptor N when N is listed in `passed`. kUnavailable with what `ip` said.
  /// Requires that nothing else reaps this process's children meanwhile.
  Result<void> configure(const std::string& batch, std::span<const int> passed = {}) const;

  /// Sets a sysctl of this namespace, for example ("net/ipv4/ip_forward", "0"). kUnavailable.
  Result<void> set(const std::string& key, const std::string& value) const;

  /// A non-blocking TCP socket bound to address and port inside and listening. kInUse, kUnavailable.
  Result<Descriptor> listen(Address address, std::uint16_t port) const;

 private:
  explicit Namespace(Descriptor fd) : fd_(std::move(fd)) {}
  Descriptor fd_;
};

/// Drops, silently, everything that arrives for `socket`: SYNs when it listens, data when it is connected.
void drop_arrivals(int socket);
/// Inverse of drop_arrivals.
void take_arrivals(int socket);

}  // namespace plumbline::network
