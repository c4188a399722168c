#include "simulator/network/flow_log.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <time.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "simulator/network/address.h"
#include "simulator/network/failure.h"

namespace plumbline::network {
namespace {

constexpr int kReceiveBuffer = 8 * 1024 * 1024;
constexpr std::size_t kHeadBytes = 128;  // an IPv4 head with options and a TCP head

/// IPv4, TCP, first fragment, SYN set and ACK not. Offsets start at the IPv4 head.
constexpr std::array<sock_filter, 11> kOnlySyn = {{
    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 0, 8),
    BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 6),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 6, 0),
    BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
    BPF_STMT(BPF_LD | BPF_B | BPF_IND, 13),
    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x12),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x02, 0, 2),
    BPF_STMT(BPF_RET | BPF_K, kHeadBytes),
    BPF_STMT(BPF_RET | BPF_K, 0),
    BPF_STMT(BPF_RET | BPF_K, 0),
}};

std::uint32_t word(const unsigned char* bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
}

std::int64_t microseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1000; }

/// How long ago the kernel saw the packet; 0 when it does not say.
std::int64_t age_us(msghdr& message) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec seen{};
    timespec now{};
    std::memcpy(&seen, CMSG_DATA(part), sizeof seen);
    ::clock_gettime(CLOCK_REALTIME, &now);
    return std::max<std::int64_t>(0, microseconds(now) - microseconds(seen));
  }
  return 0;
}

}  // namespace

Result<std::unique_ptr<FlowLog>> FlowLog::open(boost::asio::io_context& io, const Namespace& space,
                                               const std::string& link, std::function<std::int64_t()> now_us,
                                               OnSyn on_syn) {
  Descriptor socket;
  int failure = 0;
  sockaddr_ll place{};
  place.sll_family = AF_PACKET;
  place.sll_protocol = htons(ETH_P_IP);
  space.visit([&] {
    socket.reset(::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    failure = errno;
    place.sll_ifindex = static_cast<int>(::if_nametoindex(link.c_str()));
  });
  if (!socket.valid()) return unavailable("an AF_PACKET socket was refused", failure);
  const int on = 1;
  const sock_fprog program{kOnlySyn.size(), const_cast<sock_filter*>(kOnlySyn.data())};
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer) != 0) {
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
  }
  // The filter comes before the bind: nothing else is ever queued. Bound to ETH_P_IP, the socket gets arrivals only.
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0 ||
      ::setsockopt(socket.get(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0 ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0) {
    return unavailable(fmt::format("cannot watch {}", link));
  }
  return std::unique_ptr<FlowLog>(new FlowLog(io, std::move(socket), std::move(now_us), std::move(on_syn)));
}

FlowLog::FlowLog(boost::asio::io_context& io, Descriptor socket, std::function<std::int64_t()> now_us, OnSyn on_syn)
    : socket_(io, socket.release()), now_us_(std::move(now_us)), on_syn_(std::move(on_syn)) {
  wait();
}

void FlowLog::wait() {
  socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& error) {
    if (error) return;
    drain();
    wait();
  });
}

void FlowLog::drain() {
  std::array<unsigned char, kHeadBytes> head{};
  alignas(cmsghdr) std::array<char, 128> control{};
  for (;;) {
    iovec part{head.data(), head.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t count = ::recvmsg(socket_.native_handle(), &message, 0);
    if (count < 0) return;
    const std::size_t tcp = static_cast<std::size_t>(head[0] & 15) * 4;
    if (static_cast<std::size_t>(count) < tcp + 4) continue;
    wire::Syn syn;
    syn.t = now_us_() - age_us(message);
    syn.from = Address{word(&head[12])}.str();
    syn.to = Address{word(&head[16])}.str();
    syn.port = head[tcp + 2] << 8 | head[tcp + 3];
    on_syn_(syn);
  }
}

std::uint64_t FlowLog::lost() {
  tpacket_stats counts{};
  socklen_t size = sizeof counts;
  if (::getsockopt(socket_.native_handle(), SOL_PACKET, PACKET_STATISTICS, &counts, &size) == 0) {
    lost_ += counts.tp_drops;
  }
  return lost_;
}

}  // namespace plumbline::network
