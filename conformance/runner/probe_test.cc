#include "conformance/runner/probe.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace plumbline::conformance {
namespace {

/// A server on loopback that takes one connection, reads a request and writes `answer`; without one it stays silent.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    to.address = "127.0.0.1";
    to.port = ntohs(address.sin_port);
    if (answer.empty()) return;
    thread_ = std::thread([this, answer = std::move(answer)] {
      const int peer = ::accept(listener_, nullptr, nullptr);
      char buffer[4096];
      const ssize_t got = ::read(peer, buffer, sizeof buffer);
      request.assign(buffer, got > 0 ? static_cast<std::size_t>(got) : 0);
      EXPECT_EQ(::write(peer, answer.data(), answer.size()), static_cast<ssize_t>(answer.size()));
      ::close(peer);
    });
  }
  ~OneAnswer() {
    join();
    ::close(listener_);
  }
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  Destination to;
  std::string request;

 private:
  int listener_;
  std::thread thread_;
};

constexpr Duration kLong{30000};

wire::ClientResult probe(const Destination& to, Duration deadline = kLong) {
  return Prober(-1, [] { return std::int64_t{7}; }).probe({3, 5}, to, "GET", "/get", deadline);
}

TEST(Probe, NamesThePodThatAnswered) {
  OneAnswer server("HTTP/1.1 200 OK\r\nX-Pod: c/n/p#u\r\nContent-Length: 2\r\n\r\nhi");
  const auto result = probe(server.to);
  server.join();
  EXPECT_EQ(result.status, 200);
  EXPECT_EQ(result.pod, "c/n/p#u");
  EXPECT_EQ(result.error, "");
  EXPECT_TRUE(server.request.starts_with("GET /get HTTP/1.1\r\n")) << server.request;
  EXPECT_NE(server.request.find("X-Plumbline-Id: 3-5\r\n"), std::string::npos) << server.request;
}

TEST(Probe, AnswerThatIsCutIsClosed) {
  OneAnswer server("HTTP/1.1 200 OK\r\nX-Pod: c/n/p#u\r\nContent-Length: 20\r\n\r\nhi");
  const auto result = probe(server.to);
  EXPECT_EQ(result.error, "closed");
  EXPECT_EQ(result.pod, "");
}

TEST(Probe, AnswerThatIsNoHttpIsMalformed) {
  OneAnswer server("220 mail ready\r\n\r\n");
  EXPECT_EQ(probe(server.to).error, "malformed");
}

TEST(Probe, SilenceIsATimeout) {
  OneAnswer server("");
  EXPECT_EQ(probe(server.to, Duration(20)).error, "timeout");
}

TEST(Probe, NobodyThereIsRefused) {
  Destination nobody;
  {
    OneAnswer server("");
    nobody = server.to;
  }
  EXPECT_EQ(probe(nobody).error, "refused");
}

}  // namespace
}  // namespace plumbline::conformance
