#include "conformance/contract/jsonrpc_driver.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "conformance/contract/message.h"
#include "conformance/contract/startable.h"
#include "model/check.h"
#include "wire/contract.h"

namespace plumbline::conformance {
namespace {

constexpr std::size_t kLogLineBytesMax = std::size_t{64} * 1024;  ///< longer lines of stderr are cut
constexpr std::size_t kReadBytes = std::size_t{64} * 1024;
constexpr int kConnectSeconds = 5;  ///< a listener whose queue is full is waited for so long

int remaining_ms(std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

/// write() without SIGPIPE, whatever the process does with that signal.
ssize_t write_quietly(int fd, const char* bytes, std::size_t size) {
  sigset_t pipe_signal, before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  const ssize_t written = ::write(fd, bytes, size);
  const int error = errno;
  if (written < 0 && error == EPIPE) {
    const timespec now{};
    ::sigtimedwait(&pipe_signal, nullptr, &now);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return written;
}

/// The first bytes that an attached candidate gets, with the namespaces of this process, but `network` for the network
/// (-1: this process's too).
ssize_t send_with_namespaces(int socket, std::string_view bytes, int network) {
  std::array<int, 5> namespaces{};
  std::size_t count = 0;
  for (const char* kind : {"user", "mnt", "ipc", "net", "pid"}) {
    const bool given = std::string_view(kind) == "net" && network >= 0;
    const std::string path = given ? fmt::format("/proc/self/fd/{}", network) : fmt::format("/proc/self/ns/{}", kind);
    namespaces[count++] = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  }
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof namespaces)> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof namespaces);
  std::memcpy(CMSG_DATA(head), namespaces.data(), sizeof namespaces);
  const ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
  const int error = errno;
  for (const int fd : namespaces) ::close(fd);
  errno = error;
  return sent;
}

CallOutcome silent(Silence why, std::string detail) {
  CallOutcome outcome;
  outcome.silent = why;
  outcome.detail = std::move(detail);
  return outcome;
}

}  // namespace

std::string_view to_string(Silence silence) {
  switch (silence) {
    case Silence::kTimeout:
      return "timeout";
    case Silence::kExit:
      return "exit";
    case Silence::kInvalid:
      return "invalid";
  }
  return "invalid";
}

JsonRpcDriver::JsonRpcDriver(JsonRpcOptions options, CandidateObserver& observer)
    : options_(std::move(options)), observer_(observer), messages_(wire::kLineBytesMax), log_(kLogLineBytesMax) {}

JsonRpcDriver::~JsonRpcDriver() {
  kill();
  if (reader_.joinable()) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
    reader_.join();
  }
  child_.reset();
  for (const int fd : {socket_, wake_}) {
    if (fd >= 0) ::close(fd);
  }
}

Result<int> JsonRpcDriver::connect_socket() const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (options_.attach.size() >= sizeof address.sun_path) {
    return Error{Reason::kInvalidValue,
                 fmt::format("{}: the path of a UNIX socket is at most 107 bytes", options_.attach), "attach",
                 options_.attach};
  }
  std::memcpy(address.sun_path, options_.attach.c_str(), options_.attach.size() + 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{kConnectSeconds, 0};
  if (fd >= 0) ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const std::string why = std::strerror(errno);
    if (fd >= 0) ::close(fd);
    return Error{Reason::kUnavailable, fmt::format("{}: cannot connect: {}", options_.attach, why), "attach",
                 options_.attach};
  }
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

Result<void> JsonRpcDriver::start() {
  CHECK(!reader_.joinable(), "a driver is started once");
  if (options_.attach.empty()) {
    auto child = ChildProcess::start(options_.child);
    if (!child) return child.error();
    child_.emplace(std::move(*child));
  } else {
    const auto fd = connect_socket();
    if (!fd) return fd.error();
    socket_ = *fd;
  }
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  CHECK(wake_ >= 0, "an eventfd is available at start");
  reader_ = std::thread([this] { read_until_end(); });
  return {};
}

CallOutcome JsonRpcDriver::call(const std::string& method, const nlohmann::json& params,
                                std::chrono::milliseconds deadline) {
  CHECK(reader_.joinable(), "call() requires a started driver");
  const auto until = Clock::now() + deadline;
  std::int64_t id = 0;
  {
    const std::lock_guard lock(mutex_);
    if (invalid_) {
      const std::string why = *std::exchange(invalid_, std::nullopt);
      return silent(Silence::kInvalid, why);
    }
    id = pending_ = ++last_id_;
    answer_.reset();
  }
  const nlohmann::json request{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}};
  CallOutcome failed;
  const bool sent = send_line(request.dump() + "\n", until, failed);
  std::unique_lock lock(mutex_);
  if (sent) changed_.wait_until(lock, until, [&] { return answer_ || closed_; });
  pending_ = 0;
  if (answer_) return *std::exchange(answer_, std::nullopt);
  if (closed_) {
    return silent(Silence::kExit,
                  status_ ? "the candidate ended with " + to_string(*status_) : "the connection was closed");
  }
  return sent ? silent(Silence::kTimeout, fmt::format("no answer to {} within {} ms", method, deadline.count()))
              : failed;
}

ssize_t JsonRpcDriver::write_some(std::string_view bytes) {
  if (child_) return write_quietly(child_->stdin_fd(), bytes.data(), bytes.size());
  if (namespaces_passed_) return write_quietly(socket_, bytes.data(), bytes.size());
  const ssize_t sent = send_with_namespaces(socket_, bytes, options_.child.network_namespace);
  namespaces_passed_ = sent > 0;
  return sent;
}

bool JsonRpcDriver::send_line(const std::string& line, Clock::time_point deadline, CallOutcome& outcome) {
  const int fd = child_ ? child_->stdin_fd() : socket_;
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = write_some(rest);
    if (written > 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd writable{fd, POLLOUT, 0};
      if (::poll(&writable, 1, remaining_ms(deadline)) == 0) {
        outcome = silent(Silence::kTimeout, "the candidate does not read its stdin");
        return false;
      }
    } else if (errno != EINTR) {
      // A closed stdin is usually an exit that the reading thread is about to see: let it say how.
      std::unique_lock lock(mutex_);
      constexpr std::chrono::milliseconds kExitNoticed{1000};
      changed_.wait_until(lock, std::min(deadline, Clock::now() + kExitNoticed), [&] { return closed_; });
      outcome = silent(Silence::kExit, "the candidate closed its stdin");
      return false;
    }
  }
  return true;
}

void JsonRpcDriver::read_until_end() {
  const int in = child_ ? child_->stdout_fd() : socket_;
  std::array<pollfd, 4> watched{pollfd{wake_, POLLIN, 0}, pollfd{in, POLLIN, 0},
                                pollfd{child_ ? child_->stderr_fd() : -1, POLLIN, 0},
                                pollfd{child_ ? child_->exit_fd() : -1, POLLIN, 0}};
  while (true) {
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) break;
    if (watched[0].revents != 0) break;
    if (watched[2].revents != 0 && !drain(watched[2].fd, true)) watched[2].fd = -1;
    if (watched[1].revents != 0 && !drain(watched[1].fd, false)) {
      watched[1].fd = -1;
      if (!child_) break;
    }
    if (watched[3].revents != 0) {
      drain(child_->stdout_fd(), false);
      drain(child_->stderr_fd(), true);
      break;
    }
  }
  on_closed();
}

bool JsonRpcDriver::drain(int fd, bool is_log) {
  std::array<char, kReadBytes> buffer;
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return true;
    if (got <= 0) return false;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    if (is_log) {
      log_.feed(bytes, [&](std::string_view line, bool) { observer_.on_stderr(line); });
    } else {
      messages_.feed(bytes, [&](std::string_view line, bool too_long) { on_line(line, too_long); });
    }
  }
}

void JsonRpcDriver::on_line(std::string_view line, bool too_long) {
  const Message message =
      too_long ? Message(InvalidMessage{"a line on stdout is longer than 16 MiB"}) : parse_message(line);
  if (const auto* notification = std::get_if<Notification>(&message)) {
    return observer_.on_notification(notification->method, notification->params);
  }
  const std::lock_guard lock(mutex_);
  std::string why;
  if (const auto* answer = std::get_if<AnswerMessage>(&message)) {
    if (answer->id == pending_ && !answer_) {
      CallOutcome outcome;
      (answer->refused ? outcome.error : outcome.result) = answer->body;
      answer_ = std::move(outcome);
      changed_.notify_all();
      return;
    }
    // An answer that comes after its deadline has been counted as a timeout already.
    if (answer->id > 0 && answer->id < std::max(pending_, last_id_)) return;
    why = fmt::format("an answer to request {} that nobody is waiting for", answer->id);
  } else {
    why = std::get<InvalidMessage>(message).why;
  }
  if (pending_ != 0 && !answer_) {
    answer_ = silent(Silence::kInvalid, why);
    changed_.notify_all();
  } else if (!invalid_) {
    invalid_ = why;
  }
}

void JsonRpcDriver::on_closed() {
  log_.end([&](std::string_view line, bool) { observer_.on_stderr(line); });
  std::optional<ExitStatus> status;
  if (child_) {
    child_->kill_group();
    status = child_->wait();
  }
  observer_.on_exit(status);
  const std::lock_guard lock(mutex_);
  closed_ = true;
  status_ = status;
  changed_.notify_all();
}

bool JsonRpcDriver::wait_for_exit(Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [&] { return closed_; });
}

StopOutcome JsonRpcDriver::stop(std::chrono::milliseconds grace) {
  StopOutcome outcome;
  outcome.answer = call("stop", nlohmann::json::object(), grace);
  if (child_) child_->close_stdin();
  outcome.exited_in_time = wait_for_exit(Clock::now() + grace);
  if (!outcome.exited_in_time) kill();
  const std::lock_guard lock(mutex_);
  outcome.status = status_;
  return outcome;
}

void JsonRpcDriver::kill() {
  if (child_) {
    child_->kill_group();
    if (reader_.joinable()) wait_for_exit(Clock::time_point::max());
  } else if (socket_ >= 0) {
    ::shutdown(socket_, SHUT_RDWR);
  }
}

bool JsonRpcDriver::alive() const {
  const std::lock_guard lock(mutex_);
  return reader_.joinable() && !closed_;
}

std::unique_ptr<Driver> make_driver(const Descriptor& descriptor, int network_namespace, const std::string& programs,
                                    CandidateObserver& observer) {
  CHECK(descriptor.driver == DriverKind::kJsonRpc, "reading a descriptor refuses the other drivers");
  JsonRpcOptions options;
  options.attach = descriptor.attach;
  options.child = {descriptor.command, descriptor.folder, network_namespace, {}};
  if (!descriptor.command.empty()) options.child.command.front() = program_of(descriptor, programs);
  return std::make_unique<JsonRpcDriver>(std::move(options), observer);
}

}  // namespace plumbline::conformance
