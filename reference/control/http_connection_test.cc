#include "reference/control/http_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "reference/control/fake_api_server.h"

namespace plumbline::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::chrono::milliseconds kPatient{20'000};
constexpr std::chrono::milliseconds kShort{50};

/// What a server sends after a request's head, piece by piece, and what it does then: kDrip is the last piece again and
/// again, as fast as it is taken.
struct Answer {
  std::vector<std::string> pieces;
  enum class Then { kListen, kClose, kDrip } then = Then::kListen;
};

/// A server on loopback that answers each request by script, one connection at a time.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<Answer> script)
      : script_(std::move(script)),
        acceptor_(io_, {asio::ip::address_v4::loopback(), 0}),
        thread_([this] { serve(); }) {}
  ~ScriptedServer() {
    ended_ = true;
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    if (connection_ >= 0) ::shutdown(connection_, SHUT_RDWR);
    thread_.join();
  }
  HttpOrigin origin() const { return {"127.0.0.1", acceptor_.local_endpoint().port(), nullptr}; }
  int connections() const { return connections_; }
  /// Heads of requests and what came with them.
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    while (!ended_) {
      boost::system::error_code error;
      tcp::socket socket(io_);
      acceptor_.accept(socket, error);
      if (error) return;
      ++connections_;
      connection_ = socket.native_handle();
      while (!error && !ended_) {
        std::string request;
        asio::read_until(socket, asio::dynamic_buffer(request), "\r\n\r\n", error);
        if (error) break;
        {
          const std::lock_guard lock(mutex_);
          requests_.push_back(request);
        }
        if (next_ == script_.size()) return;
        const Answer& answer = script_[next_++];
        for (const std::string& piece : answer.pieces) asio::write(socket, asio::buffer(piece), error);
        while (answer.then == Answer::Then::kDrip && !error)
          asio::write(socket, asio::buffer(answer.pieces.back()), error);
        if (answer.then == Answer::Then::kClose) break;
      }
    }
  }

  mutable std::mutex mutex_;
  std::vector<Answer> script_;
  std::vector<std::string> requests_;
  std::size_t next_ = 0;
  std::atomic<int> connections_ = 0, connection_ = -1;
  std::atomic<bool> ended_ = false;
  asio::io_context io_;
  tcp::acceptor acceptor_;
  std::thread thread_;
};

/// Runs `work` with a connection to `origin` until it is done; then nothing is left to wait for.
void with(const HttpOrigin& origin, const std::function<asio::awaitable<void>(HttpConnection&)>& work) {
  asio::io_context io;
  HttpConnection connection(io.get_executor(), origin);
  std::optional<std::chrono::steady_clock::time_point> done;
  asio::co_spawn(io, work(connection), [&](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
    done = std::chrono::steady_clock::now();
  });
  io.run();
  ASSERT_TRUE(done) << "the work was given up";
  EXPECT_LT(std::chrono::steady_clock::now() - *done, kPatient / 2) << "a time limit outlives what it limits";
}

/// What is wrong; "" when nothing is.
template <class Value>
std::string text_of(const Result<Value>& result) {
  return result ? "" : result.error().text;
}

std::string whole(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// GCC 12 fails on these as temporaries of a coroutine.
const HttpRequest kGet;
const HttpRequest kGetWithHeader{"GET", "/a?b=c", {{"X-Y", "z"}}, ""};
const HttpRequest kPost{"POST", "/p", {}, "{}"};

TEST(HttpConnection, KeepsTheConnectionForTheNextRequest) {
  ScriptedServer server({{{whole("one")}}, {{"HTTP/1.1 404 Not Found\r\nContent-Le", "ngth: 3\r\n\r\ntw", "o"}}});
  with(server.origin(), [](HttpConnection& connection) -> asio::awaitable<void> {
    const auto one = co_await connection.exchange(kGetWithHeader, kPatient);
    EXPECT_TRUE(one && one->status == 200 && one->body == "one");
    const auto two = co_await connection.exchange(kPost, kPatient);
    EXPECT_TRUE(two && two->status == 404 && two->body == "two");
  });
  EXPECT_EQ(server.connections(), 1);
  const std::string host = "127.0.0.1:" + std::to_string(server.origin().port);
  const auto requests = server.requests();
  ASSERT_GE(requests.size(), 2u);
  EXPECT_EQ(requests[0], "GET /a?b=c HTTP/1.1\r\nHost: " + host + "\r\nX-Y: z\r\n\r\n");
  EXPECT_THAT(requests[1], HasSubstr("POST /p HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 2\r\n\r\n"));
}

TEST(HttpConnection, TheNextRequestHasAConnectionOfItsOwnWhereTheLastWasClosed) {
  const std::string closing = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  for (const Answer& first : {Answer{{whole("one")}, Answer::Then::kClose}, Answer{{closing}}}) {
    ScriptedServer server({first, {{whole("two")}}});
    with(server.origin(), [](HttpConnection& connection) -> asio::awaitable<void> {
      EXPECT_EQ("", text_of(co_await connection.exchange(kGet, kPatient)));
      const auto again = co_await connection.exchange(kGet, kPatient);
      EXPECT_TRUE(again && again->body == "two");
    });
    EXPECT_EQ(server.connections(), 2);
  }
}

TEST(HttpConnection, DecodesChunksThatComeInPieces) {
  ScriptedServer server(
      {{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5", "\r\nhel", "lo\r\n1\r\n!\r", "\n0\r\n", "\r\n"}}});
  with(server.origin(), [](HttpConnection& connection) -> asio::awaitable<void> {
    const auto answer = co_await connection.exchange(kGet, kPatient);
    EXPECT_TRUE(answer && answer->body == "hello!");
  });
}

TEST(HttpConnection, ABodyThatEndsEarlyIsNone) {
  ScriptedServer server({{{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"}, Answer::Then::kClose}});
  with(server.origin(), [](HttpConnection& connection) -> asio::awaitable<void> {
    const auto answer = co_await connection.exchange(kGet, kPatient);
    EXPECT_TRUE(!answer && answer.error().reason == Reason::kUnavailable);
  });
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpConnection, ABodyMayEndWithTheConnection) {
  ScriptedServer server({{{"HTTP/1.1 200 OK\r\n\r\nall", " of it"}, Answer::Then::kClose}});
  with(server.origin(), [](HttpConnection& connection) -> asio::awaitable<void> {
    const auto answer = co_await connection.exchange(kGet, kPatient);
    EXPECT_TRUE(answer && answer->body == "all of it");
  });
}

TEST(HttpConnection, ALastChunkMayComeInTwo) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
  ScriptedServer server({{{head}, Answer::Then::kClose}, {{head}}, {{whole("after it")}}});
  with(server.origin(), [](HttpConnection& connection) -> asio::awaitable<void> {
    EXPECT_THAT(text_of(co_await connection.exchange(kGet, kPatient)), HasSubstr("partial message"));
    EXPECT_THAT(text_of(co_await connection.exchange(kGet, kShort)), HasSubstr("timed out"));
    const auto after = co_await connection.exchange(kGet, kPatient);
    EXPECT_TRUE(after && after->body == "after it") << "on a connection of its own";
  });
  EXPECT_EQ(server.connections(), 3);
}

TEST(HttpConnection, GivesUpOnASilentServerAndDoesNotAskAgain) {
  ScriptedServer server({{{whole("one")}}, {{"HTTP/1.1 200 OK\r\n"}}, {{whole("asked again")}}});
  with(server.origin(), [](HttpConnection& connection) -> asio::awaitable<void> {
    (void)co_await connection.exchange(kGet, kPatient);
    EXPECT_THAT(text_of(co_await connection.exchange(kGet, kShort)), HasSubstr("GET /: timed out"));
  });
}

TEST(HttpConnection, GivesUpOnAServerThatIsNeverDone) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  ScriptedServer server({{{head, "1\r\nx\r\n"}, Answer::Then::kDrip}});
  with(server.origin(), [](HttpConnection& connection) -> asio::awaitable<void> {
    EXPECT_THAT(text_of(co_await connection.exchange(kGet, kShort)), HasSubstr("GET /: timed out"));
  });
}

TEST(HttpConnection, WhatStandsBetweenChunksIsLimited) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;";
  ScriptedServer server({{{head, std::string(4096, 'x')}, Answer::Then::kDrip}});
  with(server.origin(), [](HttpConnection& connection) -> asio::awaitable<void> {
    EXPECT_THAT(text_of(co_await connection.exchange(kGet, kPatient)), HasSubstr("buffer overflow"));
  });
}

TEST(HttpConnection, GivesUpOnAServerThatSpeaksNoTls) {
  const FakeApiServer real([](const std::string&) { return FakeApiServer::Answer{}; });
  ScriptedServer server({});
  HttpOrigin origin = server.origin();
  origin.tls = std::make_shared<HttpTls>(HttpTls{real.access().ca_pem, "", ""});
  with(origin, [](HttpConnection& connection) -> asio::awaitable<void> {
    EXPECT_THAT(text_of(co_await connection.exchange(kGet, kPatient)), HasSubstr("TLS: timed out"));
  });
}

TEST(HttpConnection, StreamsABodyAsItComes) {
  ScriptedServer server(
      {{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "3\r\none\r\n", "3\r\ntwo\r\n0\r\n\r\n"}}});
  std::string body;
  with(server.origin(), [&](HttpConnection& connection) -> asio::awaitable<void> {
    const auto status = co_await connection.open(kGet, kPatient);
    EXPECT_TRUE(status && *status == 200);
    while (true) {
      const auto piece = co_await connection.read(kPatient);
      EXPECT_TRUE(piece);
      if (!piece || piece->empty()) break;
      body += *piece;
    }
  });
  EXPECT_EQ(body, "onetwo");
}

TEST(HttpConnection, AStreamThatIsCutOrSilentSaysSo) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n";
  ScriptedServer server({{{head}, Answer::Then::kClose}, {{head}}});
  with(server.origin(), [](HttpConnection& connection) -> asio::awaitable<void> {
    for (const auto& [why, patience] :
         {std::pair("stream: partial message", kPatient), std::pair("stream: timed out", kShort)}) {
      (void)co_await connection.open(kGet, kPatient);
      const auto piece = co_await connection.read(kPatient);
      EXPECT_TRUE(piece && *piece == "one");
      const auto end = co_await connection.read(patience);
      EXPECT_THAT(text_of(end), HasSubstr(why));
    }
  });
}

TEST(HttpConnection, SaysWhereNobodyListens) {
  HttpOrigin nobody;
  {
    ScriptedServer server({});
    nobody = server.origin();
  }
  with(nobody, [&](HttpConnection& connection) -> asio::awaitable<void> {
    const auto answer = co_await connection.exchange(kGet, kPatient);
    EXPECT_THAT(text_of(answer), HasSubstr(std::to_string(nobody.port) + ": connect: "));
  });
}

}  // namespace
}  // namespace plumbline::gateway
