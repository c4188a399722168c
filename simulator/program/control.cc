#include "simulator/program/control.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "simulator/network/failure.h"

namespace plumbline::program {
namespace {

using network::Descriptor;
using network::unavailable;

constexpr std::size_t kPlaces = 5;
constexpr char kGranted = '+';
constexpr char kRefused = '-';
constexpr char kOrderBegins = '{';  // which no name of a place does

std::string socket_name(const std::string& world) { return fmt::format("plumbline-sim-{}-{}", ::getuid(), world); }

struct AbstractAddress {
  explicit AbstractAddress(const std::string& name) {
    value.sun_family = AF_UNIX;
    const std::size_t count = std::min(name.size(), sizeof value.sun_path - 1);
    std::memcpy(value.sun_path + 1, name.data(), count);
    size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + count);
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&value); }
  sockaddr_un value{};
  socklen_t size = 0;
};

Descriptor unix_socket() { return Descriptor(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)); }

/// One message: text, and descriptors that are passed along. False when it could not be sent.
bool send_message(int socket, std::string text, const std::vector<int>& passed) {
  iovec part{text.data(), std::min(text.size(), kMessageBytesMax)};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kPlaces * sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!passed.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(passed.size() * sizeof(int));
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(passed.size() * sizeof(int));
    std::memcpy(CMSG_DATA(head), passed.data(), passed.size() * sizeof(int));
  }
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) >= 0;
}

std::vector<Descriptor> passed_with(msghdr& message) {
  std::vector<Descriptor> passed;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof fd);
      passed.emplace_back(fd);
    }
  }
  return passed;
}

/// One message; `text` is empty when there was none.
struct Message {
  std::string text;
  std::vector<Descriptor> passed;
};

Message receive_message(int socket) {
  std::array<char, kMessageBytesMax> buffer{};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kPlaces * sizeof(int))> control{};
  iovec part{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t count = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  if (count <= 0) return {};
  return {std::string(buffer.data(), static_cast<std::size_t>(count)), passed_with(message)};
}

Descriptor own_namespace(const char* kind) {
  return Descriptor(::open(fmt::format("/proc/self/ns/{}", kind).c_str(), O_RDONLY | O_CLOEXEC));
}

}  // namespace

Result<Descriptor> open_control(const std::string& name) {
  Descriptor socket = unix_socket();
  const AbstractAddress address(socket_name(name));
  if (::bind(socket.get(), address.get(), address.size) != 0) {
    Error error = unavailable(fmt::format("no control socket for world {}", name));
    if (errno == EADDRINUSE) error = {Reason::kInUse, fmt::format("a world {} is up already", name), "", name};
    return error;
  }
  if (::listen(socket.get(), 16) != 0) return unavailable("listen");
  return socket;
}

void answer_control(int listener, const ControlHands& hands) {
  const Descriptor asker(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
  if (!asker.valid()) return;
  ucred who{};
  socklen_t size = sizeof who;
  if (::getsockopt(asker.get(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0 || who.uid != ::getuid()) {
    send_message(asker.get(), kRefused + std::string("this world belongs to another user"), {});
    return;
  }
  const timeval patience{1, 0};
  ::setsockopt(asker.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  auto [asked, passed] = receive_message(asker.get());
  if (asked.empty()) return;
  if (asked.front() == kOrderBegins) {
    const auto done = hands.carry_out(nlohmann::json::parse(asked, nullptr, false),
                                      passed.empty() ? Descriptor() : std::move(passed.front()));
    std::string answer = done ? kGranted + *done : kRefused + done.error().text;
    if (answer.size() > kMessageBytesMax) answer = kRefused + std::string("the answer is too long");
    send_message(asker.get(), std::move(answer), {});
    return;
  }
  const auto net = hands.net_of(asked);
  if (!net) {
    send_message(asker.get(), kRefused + net.error().text, {});
    return;
  }
  const Descriptor user = own_namespace("user");
  const Descriptor mount = own_namespace("mnt");
  const Descriptor ipc = own_namespace("ipc");
  const Descriptor pid = own_namespace("pid");
  send_message(asker.get(), std::string(1, kGranted), {user.get(), mount.get(), ipc.get(), *net, pid.get()});
}

Result<Places> ask_control(const std::string& name, const std::string& place) {
  const Descriptor socket = unix_socket();
  const AbstractAddress address(socket_name(name));
  if (::connect(socket.get(), address.get(), address.size) != 0) {
    return Error{Reason::kNotFound, fmt::format("no world {} is up", name), "", name};
  }
  if (::send(socket.get(), place.data(), place.size(), MSG_NOSIGNAL) < 0)
    return unavailable("the world does not listen");
  auto [answer, passed] = receive_message(socket.get());
  if (answer.empty()) return Error{Reason::kUnavailable, fmt::format("world {} ended", name), "", name};
  if (answer.front() != kGranted || passed.size() != kPlaces)
    return Error{Reason::kNotFound, answer.substr(1), "", place};
  return Places{std::move(passed[0]), std::move(passed[1]), std::move(passed[2]), std::move(passed[3]),
                std::move(passed[4])};
}

Result<std::string> order_control(const std::string& name, const nlohmann::json& order, int passed) {
  const Descriptor socket = unix_socket();
  const AbstractAddress address(socket_name(name));
  if (::connect(socket.get(), address.get(), address.size) != 0)
    return Error{Reason::kNotFound, fmt::format("no world {} is up", name), "", name};
  const std::string text = order.dump();
  if (text.size() > kMessageBytesMax) return Error{Reason::kInvalidValue, "the order is too long", "", name};
  if (!send_message(socket.get(), text, passed < 0 ? std::vector<int>() : std::vector<int>{passed}))
    return unavailable("the world does not listen");
  const Message answer = receive_message(socket.get());
  if (answer.text.empty()) return Error{Reason::kUnavailable, fmt::format("world {} ended", name), "", name};
  if (answer.text.front() == kGranted) return answer.text.substr(1);
  return Error{Reason::kNotFound, answer.text.substr(1), "", name};
}

std::vector<std::string> worlds_up() {
  const std::string start = "@" + socket_name("");
  std::vector<std::string> worlds;
  std::ifstream sockets("/proc/net/unix");
  for (std::string line; std::getline(sockets, line);) {
    const std::size_t at = line.find(start);
    if (at != std::string::npos) worlds.push_back(line.substr(at + start.size()));
  }
  // A socket is listed once more for each connection that it has accepted.
  std::sort(worlds.begin(), worlds.end());
  worlds.erase(std::unique(worlds.begin(), worlds.end()), worlds.end());
  return worlds;
}

}  // namespace plumbline::program
