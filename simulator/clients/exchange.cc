#include "simulator/clients/exchange.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <thread>

#include "model/check.h"
#include "simulator/clients/user_socket.h"

namespace plumbline::clients {
namespace {

using Clock = std::chrono::steady_clock;

Headers headers_to_send(const ExchangeTarget& target, const ExchangeRequest& request) {
  Headers headers;
  if (header(request.headers, "Host").empty())
    headers.emplace_back("Host", target.host.empty() ? target.address : target.host);
  headers.emplace_back(wire::kRequestIdHeader, wire::to_string(request.id));
  headers.insert(headers.end(), request.headers.begin(), request.headers.end());
  if (request.expect_continue) headers.emplace_back("Expect", "100-continue");
  const bool framed =
      !header(request.headers, "Content-Length").empty() || !header(request.headers, "Transfer-Encoding").empty();
  const bool takes_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (request.chunked) {
    headers.emplace_back("Transfer-Encoding", "chunked");
  } else if (!framed && (takes_body || !request.body.empty())) {
    headers.emplace_back("Content-Length", std::to_string(request.body.size()));
  }
  return headers;
}

std::string framed_body(const ExchangeRequest& request) {
  if (!request.chunked) return request.body;
  std::string framed;
  for (std::size_t at = 0; at < request.body.size(); at += kChunkBytes) {
    const std::string_view chunk = std::string_view(request.body).substr(at, kChunkBytes);
    std::array<char, 20> size;
    const int digits = std::snprintf(size.data(), size.size(), "%zx\r\n", chunk.size());
    framed.append(size.data(), static_cast<std::size_t>(digits)).append(chunk).append("\r\n");
  }
  return framed + "0\r\n\r\n";
}

/// The life of one exchange after its connection has begun.
class Conversation {
 public:
  Conversation(UserSocket socket, Clock::time_point deadline, const ExchangeRequest& request, std::string head)
      : socket_(std::move(socket)), deadline_(deadline), out_(std::move(head)), body_(framed_body(request)) {
    reader_.begin(request.method == "HEAD", ResponseReader::Keep::kEverything);
    if (request.expect_continue) {
      body_not_before_ = Clock::now() + kContinueWait;
    } else {
      send_body();
    }
  }

  /// "" when the response was whole.
  std::string run() {
    while (true) {
      const auto now = Clock::now();
      if (now >= deadline_) return "timeout";
      if (!body_released_ && (now >= body_not_before_ || !reader_.interim().empty())) send_body();
      pollfd ready{.fd = socket_.fd(), .events = POLLIN, .revents = 0};
      if (out_sent_ < out_.size() || !connected_) ready.events |= POLLOUT;
      const auto until = body_released_ ? deadline_ : std::min(deadline_, body_not_before_);
      const auto wait = std::chrono::ceil<std::chrono::milliseconds>(until - now).count();
      if (::poll(&ready, 1, static_cast<int>(std::max<long>(wait, 0))) < 0 && errno != EINTR) return "failed";
      if (ready.revents == 0) continue;
      if (!connected_) {
        if (const int error = connect_error(socket_)) return error_word(error);
        connected_ = true;
      }
      // First what came: an early answer may precede the error that sending on would meet.
      std::string outcome;
      if ((ready.revents & (POLLIN | POLLHUP | POLLERR)) != 0 && receive(outcome)) return outcome;
      if (out_sent_ < out_.size() && !sending_failed_) send();
    }
  }
  ResponseReader& reader() { return reader_; }

 private:
  void send_body() {
    out_ += body_;
    body_released_ = true;
  }

  void send() {
    const ssize_t sent = ::send(socket_.fd(), out_.data() + out_sent_, out_.size() - out_sent_, MSG_NOSIGNAL);
    if (sent > 0) out_sent_ += static_cast<std::size_t>(sent);
    if (sent < 0 && errno != EAGAIN) {
      sending_failed_ = true;  // the response that explains it may still come
      out_.resize(out_sent_);
    }
  }

  /// True when the exchange has ended; `outcome` says how.
  bool receive(std::string& outcome) {
    const ssize_t got = ::recv(socket_.fd(), scratch_.data(), scratch_.size(), 0);
    if (got < 0) {
      if (errno == EAGAIN) return false;
      outcome = error_word(errno);
      return true;
    }
    if (got == 0) {
      if (reader_.finish() != ResponseReader::Progress::kComplete) outcome = "closed";
      return true;
    }
    switch (reader_.feed({scratch_.data(), static_cast<std::size_t>(got)})) {
      case ResponseReader::Progress::kIncomplete:
        return false;
      case ResponseReader::Progress::kMalformed:
        outcome = "malformed";
        return true;
      case ResponseReader::Progress::kComplete:
        if (reader_.rest() > 0) outcome = "malformed";
        return true;
    }
    return true;
  }

  UserSocket socket_;
  const Clock::time_point deadline_;
  std::string out_, body_;
  std::size_t out_sent_ = 0;
  bool connected_ = false;
  bool body_released_ = false;
  bool sending_failed_ = false;
  Clock::time_point body_not_before_;
  ResponseReader reader_;
  std::array<char, 65536> scratch_;
};

}  // namespace

ExchangeResult exchange(const ExchangeTarget& target, const ExchangeRequest& request) {
  CHECK(target.now_us != nullptr, "results carry the history's time");
  ExchangeResult result;
  result.t = target.now_us();
  result.sent = {.method = request.method,
                 .target = request.target,
                 .headers = headers_to_send(target, request),
                 .body_bytes = request.body.size(),
                 .body_sha256 = sha256(request.body),
                 .chunked = request.chunked};
  std::string head = request.method + " " + request.target + " HTTP/1.1\r\n";
  for (const auto& [name, value] : result.sent.headers) head.append(name).append(": ").append(value).append("\r\n");
  head += "\r\n";

  // A thread that lives where the users live: a socket belongs to the namespace that its thread was in.
  std::thread user([&] {
    const Result<void> inside = enter_namespace(target.network_namespace);
    CHECK(inside.has_value(), "the runner may enter the users' namespace: it made it");
    int error = 0;
    UserSocket socket = begin_connection(target.address, target.port, error);
    if (error != 0) {
      result.error = error_word(error);
      return;
    }
    Conversation conversation(std::move(socket), Clock::now() + target.timeout, request, std::move(head));
    result.error = conversation.run();
    const ResponseReader& reader = conversation.reader();
    result.received = {.status = reader.status(),
                       .reason = reader.reason(),
                       .headers = reader.headers(),
                       .body = reader.body(),
                       .body_bytes = reader.body_bytes(),
                       .body_sha256 = sha256(reader.body()),
                       .continued = std::count(reader.interim().begin(), reader.interim().end(), 100) > 0,
                       .interim = reader.interim()};
  });
  user.join();
  result.t1 = target.now_us();
  return result;
}

std::string seeded_bytes(std::uint64_t seed, std::size_t count) {
  std::string bytes;
  bytes.reserve(count + 8);
  std::uint64_t state = seed;
  while (bytes.size() < count) {
    state += 0x9e3779b97f4a7c15ULL;  // splitmix64
    std::uint64_t word = state;
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9ULL;
    word = (word ^ (word >> 27)) * 0x94d049bb133111ebULL;
    word ^= word >> 31;
    for (int shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<char>(word >> shift & 0xff));
  }
  bytes.resize(count);
  return bytes;
}

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1, "SHA-256 exists");
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex.push_back(kDigits[digest[i] >> 4]);
    hex.push_back(kDigits[digest[i] & 15]);
  }
  return hex;
}

}  // namespace plumbline::clients
