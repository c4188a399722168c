#include "bench/clusters/watchers.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace plumbline::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t kSampleMax = 200'000;
constexpr std::size_t kAtOnce = 64;  // handshakes under way

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

class Crowd {
 public:
  Crowd(const WatchersOrder& order, int out) : order_(order), out_(out), context_(asio::ssl::context::tls_client) {
    context_.use_certificate(asio::buffer(order.certificate_pem), asio::ssl::context::pem);
    context_.use_private_key(asio::buffer(order.key_pem), asio::ssl::context::pem);
    context_.set_verify_mode(asio::ssl::verify_none);
  }
  void run(int in) {
    for (std::size_t i = 0; i < kAtOnce; ++i) next();
    asio::posix::stream_descriptor end(io_, in);
    char byte = 0;
    end.async_read_some(asio::buffer(&byte, 1), [this](const boost::system::error_code&, std::size_t) { io_.stop(); });
    io_.run();
    report();
  }

 private:
  struct Watch {
    Watch(asio::io_context& io, asio::ssl::context& context) : stream(io, context) {}
    asio::ssl::stream<tcp::socket> stream;
    std::string request, left;
    std::array<char, 16384> room{};
    bool open = false;
  };

  void next() {
    if (begun_ == order_.targets.size()) return;
    auto watch = std::make_shared<Watch>(io_, context_);
    watch->request = "GET " + order_.targets[begun_++] + " HTTP/1.1\r\nHost: h\r\n\r\n";
    watches_.push_back(watch);
    watch->stream.next_layer().async_connect(
        {asio::ip::address_v4::loopback(), order_.port}, [this, watch](const boost::system::error_code& error) {
          if (error) std::_Exit(1);
          watch->stream.async_handshake(asio::ssl::stream_base::client, [this, watch](const auto& failed) {
            if (failed) std::_Exit(2);
            asio::async_write(watch->stream, asio::buffer(watch->request),
                              [this, watch](const auto& broken, std::size_t) {
                                if (broken) std::_Exit(3);
                                read(watch);
                              });
          });
        });
  }

  void read(const std::shared_ptr<Watch>& watch) {
    watch->stream.async_read_some(asio::buffer(watch->room), [this, watch](const auto& error, std::size_t count) {
      if (error) return;
      if (!watch->open) {
        watch->open = true;
        next();
        if (++open_ == order_.targets.size() && ::write(out_, "+", 1) != 1) std::_Exit(4);
      }
      take(*watch, {watch->room.data(), count});
      read(watch);
    });
  }

  /// Only what may be the end of a mark is kept.
  void take(Watch& watch, std::string_view bytes) {
    static constexpr std::string_view kMark = "\"bench/made-at\":\"";
    const std::int64_t now = now_ns();
    watch.left.append(bytes);
    std::size_t from = 0;
    for (;;) {
      const std::size_t at = watch.left.find(kMark, from);
      if (at == std::string::npos) break;
      const std::size_t begin = at + kMark.size(), end = watch.left.find('"', begin);
      if (end == std::string::npos) {
        from = at;
        watch.left.erase(0, from);
        return;
      }
      std::int64_t made = 0;
      std::from_chars(watch.left.data() + begin, watch.left.data() + end, made);
      ++events_;
      if (latencies_.size() < kSampleMax)
        latencies_.push_back(static_cast<double>(now - made) / 1e6);
      else
        latencies_[static_cast<std::size_t>(events_ * 2654435761U) % kSampleMax] =
            static_cast<double>(now - made) / 1e6;
      from = end;
    }
    const std::size_t keep = std::min(watch.left.size() - from, kMark.size());
    watch.left.erase(0, watch.left.size() - keep);
  }

  void report() {
    const std::uint64_t head[2] = {events_, latencies_.size()};
    std::string bytes(reinterpret_cast<const char*>(head), sizeof head);
    bytes.append(reinterpret_cast<const char*>(latencies_.data()), latencies_.size() * sizeof(double));
    for (std::size_t sent = 0; sent < bytes.size();) {
      const ssize_t count = ::write(out_, bytes.data() + sent, bytes.size() - sent);
      if (count <= 0) std::_Exit(5);
      sent += static_cast<std::size_t>(count);
    }
  }

  const WatchersOrder& order_;
  int out_;
  asio::io_context io_;
  asio::ssl::context context_;
  std::vector<std::shared_ptr<Watch>> watches_;
  std::size_t begun_ = 0, open_ = 0;
  std::uint64_t events_ = 0;
  std::vector<double> latencies_;
};

bool read_all(int fd, void* to, std::size_t size) {
  auto* bytes = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t count = ::read(fd, bytes, size);
    if (count <= 0) return false;
    bytes += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

Watchers::Watchers(const WatchersOrder& order) {
  int out[2], in[2];
  if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(in, O_CLOEXEC) != 0) return;
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(out[0]);
    ::close(in[1]);
    Crowd(order, out[1]).run(in[0]);
    std::_Exit(0);
  }
  ::close(out[1]);
  ::close(in[0]);
  from_ = out[0];
  to_ = in[1];
}

bool Watchers::ready() {
  if (ready_) return true;
  pollfd entry{from_, POLLIN, 0};
  char byte = 0;
  if (::poll(&entry, 1, 0) == 1 && ::read(from_, &byte, 1) == 1) ready_ = true;
  return ready_;
}

WatchersReport Watchers::stop() {
  WatchersReport report;
  if (to_ >= 0 && ::write(to_, "x", 1) == 1) {
    std::uint64_t head[2] = {};
    if (read_all(from_, head, sizeof head)) {
      report.events = head[0];
      report.latencies_ms.resize(head[1]);
      if (!read_all(from_, report.latencies_ms.data(), head[1] * sizeof(double))) report.latencies_ms.clear();
      std::sort(report.latencies_ms.begin(), report.latencies_ms.end());
    }
  }
  return report;
}

Watchers::~Watchers() {
  if (to_ >= 0) ::close(to_);
  if (from_ >= 0) ::close(from_);
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
}

}  // namespace plumbline::bench
