// What the server asks of a connected TCP socket. Linux.
#pragma once

#include <string>

namespace plumbline::kube {

/// "10.0.255.1", "fd00::1"; "" when nobody is connected.
std::string address_of_peer(int fd);

/// Has the other side see a reset, not an end, once `fd` is closed.
void reset_on_close(int fd);

}  // namespace plumbline::kube
