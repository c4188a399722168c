#include "conformance/runner/probe.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "model/check.h"
#include "simulator/clients/response_reader.h"

namespace plumbline::conformance {
namespace {

using Clock = std::chrono::steady_clock;

/// Waits for `events` on `fd`; false when `until` has passed.
bool await(int fd, short events, Clock::time_point until) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    pollfd entry{fd, events, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(0, left)));
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) return true;  // the next call on fd says what is wrong
  }
}

std::string request_of(const wire::RequestId& id, const Destination& to, const std::string& method,
                       const std::string& target) {
  std::string host = to.host;
  if (host.empty()) host = to.port == 80 ? to.address : to.address + ":" + std::to_string(to.port);
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n";
  if (method == "POST" || method == "PUT" || method == "PATCH") text += "Content-Length: 0\r\n";
  return text + std::string(wire::kRequestIdHeader) + ": " + wire::to_string(id) + "\r\n\r\n";
}

}  // namespace

Prober::Prober(int network_namespace, std::function<std::int64_t()> now_us)
    : network_namespace_(network_namespace),
      home_(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)),
      now_us_(std::move(now_us)) {
  CHECK(home_.open(), "/proc shows the namespace of this thread");
}

clients::UserSocket Prober::connect(const Destination& to, int& error) const {
  if (network_namespace_ >= 0) {
    CHECK(::setns(network_namespace_, CLONE_NEWNET) == 0, "the users' namespace can be entered");
  }
  clients::UserSocket socket = clients::begin_connection(to.address, to.port, error);
  if (network_namespace_ >= 0) CHECK(::setns(home_.fd(), CLONE_NEWNET) == 0, "this thread's namespace can be entered");
  return socket;
}

wire::ClientResult Prober::probe(const wire::RequestId& id, const Destination& to, const std::string& method,
                                 const std::string& target, Duration deadline) const {
  wire::ClientResult result;
  result.id = id;
  result.connection = id.n;
  result.t = now_us_();
  const auto finish = [&](std::string error) {
    result.t1 = now_us_();
    result.error = std::move(error);
    return result;
  };
  const auto until = Clock::now() + deadline;
  int error = 0;
  const clients::UserSocket socket = connect(to, error);
  if (error != 0) return finish(clients::error_word(error));
  if (!await(socket.fd(), POLLOUT, until)) return finish("timeout");
  if ((error = clients::connect_error(socket)) != 0) return finish(clients::error_word(error));

  const std::string request = request_of(id, to, method, target);
  for (std::string_view rest = request; !rest.empty();) {
    const ssize_t sent = ::send(socket.fd(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN) {
      return finish(clients::error_word(errno));
    } else if (!await(socket.fd(), POLLOUT, until)) {
      return finish("timeout");
    }
  }
  clients::ResponseReader reader;
  reader.begin(method == "HEAD", clients::ResponseReader::Keep::kNothing);
  std::array<char, std::size_t{16} * 1024> buffer;
  using Progress = clients::ResponseReader::Progress;
  Progress progress = Progress::kIncomplete;
  while (progress == Progress::kIncomplete) {
    if (!await(socket.fd(), POLLIN, until)) return finish("timeout");
    const ssize_t got = ::recv(socket.fd(), buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EAGAIN) continue;
    if (got < 0) return finish(clients::error_word(errno));
    if (got == 0) {
      progress = reader.finish();
      if (progress == Progress::kIncomplete) return finish("closed");
    } else {
      progress = reader.feed(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
    }
  }
  if (progress == Progress::kMalformed) return finish("malformed");
  result.status = reader.status();
  result.pod = clients::header(reader.headers(), "X-Pod");
  return finish("");
}

}  // namespace plumbline::conformance
