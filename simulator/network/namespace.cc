#include "simulator/network/namespace.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

#include "model/check.h"
#include "simulator/network/failure.h"

namespace plumbline::network {
namespace {

constexpr int kBacklog = 4096;
constexpr const char* kOwnNamespace = "/proc/thread-self/ns/net";
constexpr std::array kIpPaths = {"/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip", "/bin/ip"};

const char* ip_path() {
  for (const char* path : kIpPaths) {
    if (::access(path, X_OK) == 0) return path;
  }
  return nullptr;
}

Descriptor memory_file(const std::string& text) {
  Descriptor file(::memfd_create("plumbline", MFD_CLOEXEC));
  if (!file.valid() || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::lseek(file.get(), 0, SEEK_SET) != 0) {
    return Descriptor();
  }
  return file;
}

std::string read_all(int fd) {
  std::string text;
  char buffer[1024];
  ::lseek(fd, 0, SEEK_SET);
  for (ssize_t count; (count = ::read(fd, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(count));
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

/// Of the calling thread's namespace.
bool loopback_up() {
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  return socket.valid() && ::ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0;
}

}  // namespace

Result<Namespace> Namespace::create() {
  Descriptor fd;
  int failure = 0;
  std::thread([&] {
    if (::unshare(CLONE_NEWNET) == 0 && loopback_up()) fd.reset(::open(kOwnNamespace, O_RDONLY | O_CLOEXEC));
    failure = errno;
  }).join();
  if (!fd.valid()) {
    return unavailable("a network namespace was refused", failure);
  }
  return Namespace(std::move(fd));
}

void Namespace::visit(const std::function<void()>& work) const {
  const Descriptor home(::open(kOwnNamespace, O_RDONLY | O_CLOEXEC));
  CHECK(home.valid(), "a thread can open its own network namespace");
  CHECK(::setns(fd_.get(), CLONE_NEWNET) == 0, "the process may enter namespaces that it made");
  work();
  CHECK(::setns(home.get(), CLONE_NEWNET) == 0, "the thread must get back to where it came from");
}

Result<void> Namespace::configure(const std::string& batch, std::span<const int> passed) const {
  const char* ip = ip_path();
  if (ip == nullptr) return Error{Reason::kUnavailable, "there is no `ip` (install the package iproute2)", "", ""};
  const Descriptor input = memory_file(batch);
  const Descriptor output = memory_file("");
  if (!input.valid() || !output.valid()) return unavailable("no memory file");
  const char* arguments[] = {"ip", "-batch", "-", nullptr};
  const pid_t pid = ::fork();
  if (pid < 0) return unavailable("fork");
  if (pid == 0) {
    for (const int fd : passed) ::fcntl(fd, F_SETFD, 0);
    if (::setns(fd_.get(), CLONE_NEWNET) != 0 || ::dup2(input.get(), STDIN_FILENO) < 0 ||
        ::dup2(output.get(), STDOUT_FILENO) < 0 || ::dup2(output.get(), STDERR_FILENO) < 0) {
      ::_exit(126);
    }
    ::execv(ip, const_cast<char* const*>(arguments));
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return unavailable("the end of `ip` was not seen");
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return Error{Reason::kUnavailable, fmt::format("`ip -batch` failed: {}", read_all(output.get())), "", ""};
}

Result<void> Namespace::set(const std::string& key, const std::string& value) const {
  int failure = 0;
  visit([&] {
    const Descriptor file(::open(("/proc/sys/" + key).c_str(), O_WRONLY | O_CLOEXEC));
    if (!file.valid() || ::write(file.get(), value.data(), value.size()) < 0) failure = errno;
  });
  if (failure == 0) return {};
  return unavailable(fmt::format("sysctl {} = {}", key, value), failure);
}

Result<Descriptor> Namespace::listen(Address address, std::uint16_t port) const {
  Descriptor socket;
  int failure = 0;
  visit([&] {
    socket.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    failure = errno;
  });
  const int on = 1;
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(port);
  place.sin_addr.s_addr = htonl(address.value);
  if (socket.valid()) {
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // An address that is cut off by a route may be bound all the same.
    ::setsockopt(socket.get(), IPPROTO_IP, IP_FREEBIND, &on, sizeof on);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0 &&
        ::listen(socket.get(), kBacklog) == 0) {
      return socket;
    }
    failure = errno;
  }
  Error error = unavailable(fmt::format("cannot listen on {}:{}", address.str(), port), failure);
  if (failure == EADDRINUSE) error.reason = Reason::kInUse;
  return error;
}

void drop_arrivals(int socket) {
  sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
  const sock_fprog program{1, &nothing};
  CHECK(::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0, "one instruction is valid");
}

void take_arrivals(int socket) {
  const int unused = 0;
  ::setsockopt(socket, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused);
}

}  // namespace plumbline::network
