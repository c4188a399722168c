// A user at some place of the simulated network, for tests: dials from a namespace, blocking, with a deadline.
// Thread-compatible; moves only the calling thread, and back.
#pragma once

#include <chrono>
#include <string>

#include "simulator/network/descriptor.h"

namespace plumbline::network {

struct Dialled {
  Descriptor socket;  ///< blocking; valid when connected
  int failure = 0;    ///< errno of connect(): ECONNREFUSED, EHOSTUNREACH; ETIMEDOUT at the deadline
};

/// Connects to address:port from the namespace that `namespace_fd` holds.
Dialled dial(int namespace_fd, const std::string& address, int port, std::chrono::milliseconds deadline);

/// False when the other side does not take all of it: `deadline` passed without a byte, or the connection broke.
bool send_all(const Dialled& to, const std::string& text, std::chrono::milliseconds deadline);

/// Sends `request`, then reads until the other side closes or `deadline` passes without a byte. Empty when not
/// connected.
std::string talk(const Dialled& to, const std::string& request, std::chrono::milliseconds deadline);

/// Reads until `part` has come; what was read when the other side closes or `deadline` passes without a byte.
std::string hear(const Dialled& from, const std::string& part, std::chrono::milliseconds deadline);

}  // namespace plumbline::network
