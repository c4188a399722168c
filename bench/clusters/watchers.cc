#include "bench/clusters/watchers.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <string_view>

namespace plumbline::bench {
namespace {

constexpr std::size_t kSampleMax = 200'000;
constexpr std::size_t kAtOnce = 64;   // handshakes under way
constexpr std::size_t kMarkMax = 64;  // bytes of a mark with its time
constexpr std::size_t kReadMax = std::size_t{64} * 1024;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// OpenSSL on sockets and one epoll, and no more of parsing than finding the mark: what is measured is the server.
class Crowd {
 public:
  Crowd(const WatchersOrder& order, int out) : order_(order), out_(out), context_(SSL_CTX_new(TLS_client_method())) {
    BIO* certificate = BIO_new_mem_buf(order.certificate_pem.data(), static_cast<int>(order.certificate_pem.size()));
    BIO* key = BIO_new_mem_buf(order.key_pem.data(), static_cast<int>(order.key_pem.size()));
    SSL_CTX_use_certificate(context_, PEM_read_bio_X509(certificate, nullptr, nullptr, nullptr));
    SSL_CTX_use_PrivateKey(context_, PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr));
    SSL_CTX_set_mode(context_, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context_, 1);
  }
  void run(int in) {
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    listen(in, nullptr, EPOLLIN);
    for (std::size_t i = 0; i < kAtOnce; ++i) next();
    for (;;) {
      std::array<epoll_event, 64> events;
      const int count = ::epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) {
        if (events[static_cast<std::size_t>(i)].data.ptr == nullptr) return report();
        go_on(*static_cast<Watch*>(events[static_cast<std::size_t>(i)].data.ptr));
      }
    }
  }

 private:
  struct Watch {
    int fd = -1;
    SSL* ssl = nullptr;
    std::string request, left;
    bool asked = false, open = false, over = false;
  };

  void listen(int fd, Watch* watch, std::uint32_t events) const {
    epoll_event event{};
    event.events = events;
    event.data.ptr = watch;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) std::_Exit(6);
  }

  void next() {
    if (watches_.size() == order_.targets.size()) return;
    auto watch = std::make_unique<Watch>();
    watch->request = "GET " + order_.targets[watches_.size()] + " HTTP/1.1\r\nHost: h\r\n\r\n";
    watch->fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(order_.port);
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(watch->fd, reinterpret_cast<sockaddr*>(&place), sizeof place) != 0) std::_Exit(1);
    ::fcntl(watch->fd, F_SETFL, O_NONBLOCK);
    watch->ssl = SSL_new(context_);
    SSL_set_fd(watch->ssl, watch->fd);
    SSL_set_connect_state(watch->ssl);
    listen(watch->fd, watch.get(), EPOLLIN | EPOLLOUT | EPOLLET);
    watches_.push_back(std::move(watch));
  }

  /// Nothing was done, and the socket is waited for; else what failed ends the process, or the watch.
  static bool waits(Watch& watch, int result, int otherwise) {
    const int why = SSL_get_error(watch.ssl, result);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return true;
    if (otherwise != 0) std::_Exit(otherwise);
    watch.over = true;
    return false;
  }

  void go_on(Watch& watch) {
    if (watch.over) return;
    if (!watch.asked) {
      if (const int done = SSL_do_handshake(watch.ssl); done != 1) return void(waits(watch, done, 2));
      const int size = static_cast<int>(watch.request.size());
      if (const int sent = SSL_write(watch.ssl, watch.request.data(), size); sent != size)
        return void(waits(watch, sent, 3));
      watch.asked = true;
    }
    for (;;) {
      std::memcpy(room_.data(), watch.left.data(), watch.left.size());
      char* fresh = room_.data() + watch.left.size();
      const int count = SSL_read(watch.ssl, fresh, static_cast<int>(kReadMax));
      if (count <= 0) return void(waits(watch, count, 0));
      if (!watch.open) {
        watch.open = true;
        next();
        if (++open_ == order_.targets.size()) cpu_before_ = cpu_seconds();
        if (open_ == order_.targets.size() && ::write(out_, "+", 1) != 1) std::_Exit(4);
      }
      take(watch, {room_.data(), watch.left.size() + static_cast<std::size_t>(count)});
    }
  }

  /// Only what may be the beginning of a mark is kept.
  void take(Watch& watch, std::string_view bytes) {
    const std::int64_t now = now_ns();
    std::string_view rest = bytes;
    for (;;) {
      const auto found = std::search(rest.begin(), rest.end(), search_);
      if (found == rest.end()) break;
      const auto at = static_cast<std::size_t>(found - rest.begin());
      const std::size_t begin = at + kMark.size(), end = rest.find('"', begin);
      if (end == std::string_view::npos) {
        rest.remove_prefix(at);
        watch.left = rest;
        if (watch.left.size() > kMarkMax) std::_Exit(7);
        return;
      }
      std::int64_t made = 0;
      std::from_chars(rest.data() + begin, rest.data() + end, made);
      count(static_cast<double>(now - made) / 1e6);
      rest.remove_prefix(end);
    }
    watch.left = rest.substr(rest.size() - std::min(rest.size(), kMark.size() - 1));
  }

  void count(double latency_ms) {
    ++events_;
    if (latencies_.size() < kSampleMax)
      latencies_.push_back(latency_ms);
    else
      latencies_[static_cast<std::size_t>(events_ * 2654435761U) % kSampleMax] = latency_ms;
  }

  void report() {
    const std::uint64_t head[2] = {events_, latencies_.size()};
    const double cpu = cpu_seconds() - cpu_before_;
    std::string bytes(reinterpret_cast<const char*>(head), sizeof head);
    bytes.append(reinterpret_cast<const char*>(&cpu), sizeof cpu);
    bytes.append(reinterpret_cast<const char*>(latencies_.data()), latencies_.size() * sizeof(double));
    for (std::size_t sent = 0; sent < bytes.size();) {
      const ssize_t count = ::write(out_, bytes.data() + sent, bytes.size() - sent);
      if (count <= 0) std::_Exit(5);
      sent += static_cast<std::size_t>(count);
    }
  }

  static constexpr std::string_view kMark = "\"bench/made-at\":\"";
  const std::boyer_moore_horspool_searcher<std::string_view::const_iterator> search_{kMark.begin(), kMark.end()};
  const WatchersOrder& order_;
  int out_, epoll_ = -1;
  SSL_CTX* context_;
  std::vector<std::unique_ptr<Watch>> watches_;
  std::array<char, kMarkMax + kReadMax> room_{};
  std::size_t open_ = 0;
  std::uint64_t events_ = 0;
  double cpu_before_ = 0;
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

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

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
    if (read_all(from_, head, sizeof head) && read_all(from_, &report.cpu_s, sizeof report.cpu_s)) {
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
