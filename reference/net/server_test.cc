#include "reference/net/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "reference/net/request_shaping.h"
#include "reference/net/server_fixture.h"

namespace plumbline::gateway {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(ServerTest, ForwardsHeadUnchangedAndAppendsClientAddress) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  ScriptedPeer client = user();
  client.send("GET /a%20b/C?x=1&y=%2F HTTP/1.1\r\nhOsT: A.example:8080\r\nX-One: 1\r\nx-TWO:  2 \r\nX-One: 3\r\n\r\n");
  ScriptedPeer seen = pod.accept();
  EXPECT_EQ(seen.read_head(),
            "GET /a%20b/C?x=1&y=%2F HTTP/1.1\r\nhOsT: A.example:8080\r\nX-One: 1\r\nx-TWO: 2\r\nX-One: 3\r\n"
            "X-Forwarded-For: 127.0.0.1\r\n\r\n");
  seen.send("HTTP/1.1 203 Quite So\r\nServer: Pod\r\nX-A: 1\r\ncontent-length: 5\r\nX-A: 2\r\n\r\nhello");
  EXPECT_EQ(client.read_until("hello"),
            "HTTP/1.1 203 Quite So\r\nServer: Pod\r\nX-A: 1\r\ncontent-length: 5\r\nX-A: 2\r\n\r\nhello");
}

TEST_F(ServerTest, KeepsBothConnectionsForTheNextRequest) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  ScriptedPeer client = user();
  client.send(kGet);
  ScriptedPeer seen = pod.accept();
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(seen.read_head(), StartsWith("GET /get HTTP/1.1\r\n"));
    seen.send(kOk);
    EXPECT_THAT(client.read_until("ok"), StartsWith("HTTP/1.1 200 OK"));
    client.send(kGet);
  }
}

TEST_F(ServerTest, BalancesEveryRequestOfOneConnection) {
  ScriptedListener one("127.0.0.2"), two("127.0.0.3");
  start({node(one), node(two)});
  ScriptedPeer client = user();
  client.send(std::string(kGet) + std::string(kGet));
  ScriptedPeer a = one.accept();
  a.read_head();
  a.send(kOk);
  ScriptedPeer b = two.accept();
  b.read_head();
  b.send(kOk);
  client.read_until("ok");
  EXPECT_THAT(client.read_until("ok"), EndsWith("ok"));
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  ScriptedPeer client = user();
  std::string requests;
  for (int i = 0; i < 5; ++i)
    requests += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";
  client.send(requests);
  ScriptedPeer seen = pod.accept();
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(seen.read_head(), StartsWith("POST /" + std::to_string(i) + " "));
    EXPECT_EQ(seen.read_exactly(1), "x");
    seen.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + std::to_string(i));
  }
  for (int i = 0; i < 5; ++i) {
    client.read_head();
    EXPECT_EQ(client.read_exactly(1), std::to_string(i));
  }
}

TEST_F(ServerTest, StreamsChunkedBodiesInBothDirections) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  ScriptedPeer client = user();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;note=1\r\nabc\r\n");
  ScriptedPeer seen = pod.accept();
  EXPECT_THAT(seen.read_head(), HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_EQ(seen.read_until("abc\r\n"), "3\r\nabc\r\n");
  client.send("2\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n");
  EXPECT_EQ(seen.read_until("0\r\n\r\n"), "2\r\nde\r\n0\r\n\r\n");
  seen.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n");
  EXPECT_THAT(client.read_head(), HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_EQ(client.read_until("wiki\r\n"), "4\r\nwiki\r\n");
  seen.send("0\r\n\r\n");
  EXPECT_EQ(client.read_until("0\r\n\r\n"), "0\r\n\r\n");
}

TEST_F(ServerTest, CarriesOneMebibyteEachWay) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  std::string body(1 << 20, 'x');
  for (std::size_t i = 0; i < body.size(); i += 997) body[i] = static_cast<char>('a' + i % 26);
  ScriptedPeer client = user();
  std::thread sender([&] { client.send("PUT /up HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" + body); });
  ScriptedPeer seen = pod.accept();
  EXPECT_THAT(seen.read_head(), HasSubstr("Content-Length: 1048576\r\n"));
  EXPECT_TRUE(seen.read_exactly(body.size()) == body);
  sender.join();
  std::thread answerer([&] { seen.send("HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n" + body); });
  client.read_head();
  EXPECT_TRUE(client.read_exactly(body.size()) == body);
  answerer.join();
}

TEST_F(ServerTest, AnswersWithoutBodyEndAtTheHead) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  ScriptedPeer client = user();
  client.send(
      "HEAD /h HTTP/1.1\r\nHost: a\r\n\r\nGET /n HTTP/1.1\r\nHost: a\r\n\r\nGET /m HTTP/1.1\r\nHost: a\r\n\r\n");
  client.send(kGet);
  ScriptedPeer seen = pod.accept();
  seen.read_head();
  seen.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
  seen.read_head();
  seen.send("HTTP/1.1 204 No Content\r\n\r\n");
  seen.read_head();
  seen.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nETag: \"e\"\r\n\r\n");
  seen.read_head();
  seen.send(kOk);
  EXPECT_EQ(client.read_head(), "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
  EXPECT_EQ(client.read_head(), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(client.read_head(), "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nETag: \"e\"\r\n\r\n");
  EXPECT_THAT(client.read_until("ok"), EndsWith("ok"));
}

TEST_F(ServerTest, PassesContinueThrough) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  ScriptedPeer client = user();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  ScriptedPeer seen = pod.accept();
  EXPECT_THAT(seen.read_head(), HasSubstr("Expect: 100-continue\r\n"));
  seen.send("HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(client.read_head(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc");
  EXPECT_EQ(seen.read_exactly(3), "abc");
  seen.send(kOk);
  EXPECT_THAT(client.read_until("ok"), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(ServerTest, RemovesHopByHopHeadersBothWays) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  ScriptedPeer client = user();
  client.send(
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, X-Hop, Host\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nTE: "
      "trailers\r\n"
      "Trailer: X\r\nUpgrade: websocket\r\nProxy-Authorization: b\r\nProxy-Connection: c\r\nX-End: 2\r\n"
      "X-Forwarded-For: 192.0.2.1\r\n\r\n");
  ScriptedPeer seen = pod.accept();
  EXPECT_EQ(seen.read_head(), "GET / HTTP/1.1\r\nHost: a\r\nX-End: 2\r\nX-Forwarded-For: 192.0.2.1, 127.0.0.1\r\n\r\n");
  seen.send("HTTP/1.1 200 OK\r\nConnection: X-Pod-Hop\r\nX-Pod-Hop: 1\r\nKeep-Alive: 9\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_EQ(client.read_until("ok"), kOk);
}

TEST_F(ServerTest, SendsTheHostHeaderExactlyAsGiven) {
  ScriptedListener pod("127.0.0.2");
  route_.host = "Httpbin.Example:8000";
  start({node(pod)});
  ScriptedPeer client = user();
  client.send(kGet);
  EXPECT_THAT(pod.accept().read_head(), HasSubstr("\r\nHost: Httpbin.Example:8000\r\n"));
}

TEST_F(ServerTest, ReplacesTheMatchedPathAndKeepsTheQuery) {
  ScriptedListener pod("127.0.0.2");
  route_.frontend.path = "/shop";
  route_.backend_path = "/anything";
  start({node(pod)});
  ScriptedPeer client = user();
  client.send("GET /shop/cart?item=%41&x= HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(pod.accept().read_head(), StartsWith("GET /anything/cart?item=%41&x= HTTP/1.1\r\n"));
}

TEST_F(ServerTest, AbsoluteFormStandsForHost) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  ScriptedPeer client = user();
  client.send("GET http://b.example/p?q HTTP/1.1\r\nHost: a.example\r\n\r\n");
  EXPECT_THAT(pod.accept().read_head(), StartsWith("GET /p?q HTTP/1.1\r\nHost: b.example\r\n"));
}

TEST_F(ServerTest, AnswersItselfWithoutRouteOrNode) {
  route_.frontend.path = "/api";
  start({});
  ScriptedPeer client = user();
  client.send("GET /other HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string none = client.read_until("\"}");
  EXPECT_THAT(none, StartsWith("HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(none, HasSubstr("{\"message\":\""));
  client.send("HEAD /other HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.read_head(), StartsWith("HTTP/1.1 404 "));
  client.send("POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab");
  EXPECT_THAT(client.read_until("\"}"), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
}

TEST_F(ServerTest, BodyUntilCloseBecomesChunked) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  ScriptedPeer client = user();
  client.send(kGet);
  ScriptedPeer seen = pod.accept();
  seen.read_head();
  seen.send("HTTP/1.1 200 OK\r\n\r\nabc");
  seen.close();
  EXPECT_THAT(client.read_until("0\r\n\r\n"), EndsWith("3\r\nabc\r\n0\r\n\r\n"));
}

TEST_F(ServerTest, OldClientGetsTheBodyUntilClose) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  ScriptedPeer client = user();
  client.send("GET / HTTP/1.0\r\n\r\n");
  ScriptedPeer seen = pod.accept();
  EXPECT_THAT(seen.read_head(), StartsWith("GET / HTTP/1.1\r\nHost: \r\n"));
  seen.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
  EXPECT_EQ(client.read_to_end(), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc");
}

TEST_F(ServerTest, ServesOnSeveralWorkers) {
  ScriptedListener pod("127.0.0.2");
  options_.workers = 3;
  start({node(pod)});
  for (int i = 0; i < 12; ++i) {
    ScriptedPeer client = user();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    std::thread answers([&] {
      ScriptedPeer seen = pod.accept();
      seen.read_head();
      seen.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    });
    EXPECT_THAT(client.read_to_end(), EndsWith("ok"));
    answers.join();
  }
}

TEST_F(ServerTest, RefusesAnAddressThatIsTaken) {
  start({});
  ServerOptions same = options_;
  same.port = server_->port();
  Server second(same);
  const Result<void> started = second.start();
  ASSERT_TRUE(started.has_error());
  EXPECT_EQ(started.error().reason, Reason::kUnavailable);
}

/// A mutant's seam at work: half of every body vanishes, the query too, and /made-up is answered without a Pod.
class Mutilation : public RequestShaping {
 public:
  std::optional<MadeUpAnswer> answer(const ShapedRequest& request) const override {
    if (request.target != "/made-up") return std::nullopt;
    return MadeUpAnswer{.status = 200, .body = "{}"};
  }
  void target(const ShapedRequest&, std::string& target) const override {
    target.erase(std::min(target.find('?'), target.size()));
  }
  void host(const ShapedRequest& request, std::string& host) const override {
    host = "not-" + std::string(request.host);
  }
  bool reframes_bodies() const override { return true; }
  void request_body(std::string& piece, std::uint64_t offset) const override {
    if (offset == 0) piece.resize(piece.size() / 2);
  }
  void response_body(std::string& piece, std::uint64_t offset) const override {
    if (offset == 0) piece.resize(piece.size() / 2);
  }
};

TEST_F(ServerTest, ShapingChangesWhatItSays) {
  const Mutilation mutilation;
  options_.shaping = &mutilation;
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  ScriptedPeer client = user();
  client.send("GET /made-up HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.read_until("{}"), StartsWith("HTTP/1.1 200 OK"));
  client.send("POST /p?q=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd");
  ScriptedPeer seen = pod.accept();
  const std::string head = seen.read_head();
  EXPECT_THAT(head, StartsWith("POST /p HTTP/1.1\r\nHost: not-a\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Content-Length")));
  EXPECT_EQ(seen.read_until("0\r\n\r\n"), "2\r\nab\r\n0\r\n\r\n");
  seen.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef");
  EXPECT_THAT(client.read_until("0\r\n\r\n"), EndsWith("\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
}

}  // namespace
}  // namespace plumbline::gateway
