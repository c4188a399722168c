// What the data plane does when users, Pods or bytes are not as they should be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "reference/net/server_fixture.h"

namespace plumbline::gateway {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using ServerFailuresTest = ServerTest;

TEST_F(ServerFailuresTest, FailsOverToAnotherPodWhenOneRefuses) {
  ScriptedListener dead("127.0.0.2"), alive("127.0.0.3");
  start({node(dead), node(alive)});
  dead.close();
  ScriptedPeer client = user();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab");
  ScriptedPeer seen = alive.accept();
  seen.read_head();
  EXPECT_EQ(seen.read_exactly(2), "ab");
  seen.send(kOk);
  EXPECT_THAT(client.read_until("ok"), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(ServerFailuresTest, FailsOverWhenAConnectionIsNotTakenInTime) {
  options_.connect_timeout = std::chrono::milliseconds(50);
  ScriptedListener full("127.0.0.2", 0), alive("127.0.0.3");
  ScriptedPeer filling[3];  // a full backlog leaves further SYNs unanswered
  for (ScriptedPeer& peer : filling) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const sockaddr_in at = loopback(full.address(), full.port());
    EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at), -1) << "it is under way";
    peer = ScriptedPeer(fd);
  }
  start({node(full), node(alive)});
  ScriptedPeer client = user();
  client.send(kGet);
  ScriptedPeer seen = alive.accept();
  seen.read_head();
  seen.send(kOk);
  EXPECT_THAT(client.read_until("ok"), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(ServerFailuresTest, SaysBadGatewayWhenNoPodTakesTheConnection) {
  ScriptedListener one("127.0.0.2"), two("127.0.0.3");
  start({node(one), node(two)});
  one.close();
  two.close();
  ScriptedPeer client = user();
  client.send(kGet);
  EXPECT_THAT(client.read_until("\"}"), StartsWith("HTTP/1.1 502 Bad Gateway\r\n"));
}

TEST_F(ServerFailuresTest, ReplacesAStalePooledConnection) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  ScriptedPeer client = user();
  for (const std::string_view method : {"GET", "POST"}) {
    client.send(std::string(method) + " / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    ScriptedPeer seen = pod.accept();
    EXPECT_THAT(seen.read_head(), StartsWith(method));
    seen.send(kOk);
    EXPECT_THAT(client.read_until("ok"), StartsWith("HTTP/1.1 200 OK"));
    seen.close();
  }
}

TEST_F(ServerFailuresTest, RepeatsOnlyIdempotentRequestsElsewhere) {
  ScriptedListener one("127.0.0.2"), two("127.0.0.3");
  start({node(one), node(two)});
  ScriptedPeer client = user();
  client.send(kGet);
  ScriptedPeer first = one.accept();
  first.read_head();
  first.reset();
  ScriptedPeer second = two.accept();
  second.read_head();
  second.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  EXPECT_THAT(client.read_until("ok"), StartsWith("HTTP/1.1 200 OK"));
  second.close();

  std::thread posts([&] { client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"); });
  posts.join();
  ScriptedPeer third = one.accept();
  third.read_head();
  third.reset();
  EXPECT_THAT(client.read_until("\"}"), StartsWith("HTTP/1.1 502 "));
  EXPECT_FALSE(two.has_visitor());
}

TEST_F(ServerFailuresTest, SaysGatewayTimeoutWhenAPodStalls) {
  ScriptedListener pod("127.0.0.2");
  route_.timeout = std::chrono::milliseconds(50);
  start({node(pod)});
  ScriptedPeer client = user();
  client.send(kGet);
  ScriptedPeer seen = pod.accept();
  EXPECT_THAT(client.read_until("\"}"), StartsWith("HTTP/1.1 504 Gateway Timeout\r\n"));
  seen.read_head();
  EXPECT_TRUE(seen.ended()) << "the connection to a Pod that did not answer is not used again";
}

TEST_F(ServerFailuresTest, SaysGatewayTimeoutWhenAPodStallsWhileTheClientWaitsToContinue) {
  ScriptedListener pod("127.0.0.2");
  route_.timeout = std::chrono::milliseconds(50);
  start({node(pod)});
  ScriptedPeer client = user();
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  ScriptedPeer seen = pod.accept();
  EXPECT_THAT(client.read_until("\"}"), StartsWith("HTTP/1.1 504 Gateway Timeout\r\n"));
}

TEST_F(ServerFailuresTest, SaysBadGatewayWhenAPodAnswersRubbish) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  for (const std::string_view rubbish : {"hello\r\n\r\n", "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
                                         "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                                         "HTTP/1.1 101 Switching Protocols\r\n\r\n"}) {
    ScriptedPeer client = user();
    client.send(kGet);
    ScriptedPeer seen = pod.accept();
    seen.read_head();
    seen.send(rubbish);
    EXPECT_THAT(client.read_until("\"}"), StartsWith("HTTP/1.1 502 Bad Gateway\r\n")) << rubbish;
    EXPECT_TRUE(seen.ended()) << rubbish;
  }
}

TEST_F(ServerFailuresTest, AnAnswerThatIsCutDoesNotLookComplete) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  for (const std::string_view head : {"Content-Length: 9", "Transfer-Encoding: chunked"}) {
    ScriptedPeer client = user();
    client.send(kGet);
    ScriptedPeer seen = pod.accept();
    seen.read_head();
    seen.send("HTTP/1.1 200 OK\r\n" + std::string(head) + "\r\n\r\n3\r\nabc\r\n");
    seen.close();
    EXPECT_THAT(client.read_to_end(), Not(HasSubstr("0\r\n\r\n")));
  }
}

TEST_F(ServerFailuresTest, RefusesAmbiguousRequestsAndForwardsNothing) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  const std::string_view cases[] = {
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
      "GET / HTTP/1.1\nHost: a\n\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
      "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
  };
  for (const std::string_view request : cases) {
    ScriptedPeer client = user();
    client.send(request);
    client.finish_sending();
    const std::string answer = client.read_to_end();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n")) << request;
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n")) << request;
    EXPECT_FALSE(pod.has_visitor()) << request;
  }
}

TEST_F(ServerFailuresTest, ABodyThatBreaksLaterNeverReachesThePodAsWhole) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  ScriptedPeer client = user();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  ScriptedPeer seen = pod.accept();
  seen.read_until("abc\r\n");
  client.send("nonsense\r\n");
  EXPECT_EQ(seen.read_to_end(), "");
  EXPECT_THAT(client.read_until("\"}"), StartsWith("HTTP/1.1 400 Bad Request\r\n"));
}

TEST_F(ServerFailuresTest, HeadLimitHoldsAtTheLimitAndOnePast) {
  ScriptedListener pod("127.0.0.2");
  options_.head_bytes_max = 300;
  start({node(pod)});
  const auto request = [](std::size_t bytes) {
    const std::string before = "GET / HTTP/1.1\r\nHost: a\r\nX: ", after = "\r\n\r\n";
    return before + std::string(bytes - before.size() - after.size(), 'x') + after;
  };
  ScriptedPeer fits = user();
  fits.send(request(300));
  EXPECT_THAT(pod.accept().read_head(), StartsWith("GET / "));
  ScriptedPeer too_large = user();
  too_large.send(request(301));
  EXPECT_THAT(too_large.read_to_end(), StartsWith("HTTP/1.1 431 "));
}

TEST_F(ServerFailuresTest, AHeadThatDoesNotEndIsCutOff) {
  options_.head_timeout = std::chrono::milliseconds(50);
  start({});
  ScriptedPeer client = user();
  client.send("GET / HTTP/1.1\r\nHo");
  EXPECT_THAT(client.read_until("\"}"), StartsWith("HTTP/1.1 408 "));
}

TEST_F(ServerFailuresTest, AnIdleConnectionIsClosedSilently) {
  options_.idle_timeout = std::chrono::milliseconds(50);
  start({});
  ScriptedPeer client = user();
  EXPECT_TRUE(client.ended());
}

TEST_F(ServerFailuresTest, PoolLimitHoldsAtTheLimitAndOnePast) {
  ScriptedListener pod("127.0.0.2");
  options_.pooled_connections_max = 1;
  start({node(pod)});
  ScriptedPeer users[2] = {user(), user()};
  ScriptedPeer seen[2];
  for (int i = 0; i < 2; ++i) {
    users[i].send(kGet);
    seen[i] = pod.accept();
    seen[i].read_head();
  }
  for (int i = 0; i < 2; ++i) {
    seen[i].send(kOk);
    users[i].read_until("ok");
  }
  EXPECT_TRUE(seen[1].ended()) << "one idle connection is enough";
  users[0].send(kGet);
  EXPECT_THAT(seen[0].read_head(), StartsWith("GET ")) << "the other one is used again";
}

TEST_F(ServerFailuresTest, ClosesConnectionsThatNobodyUses) {
  ScriptedListener pod("127.0.0.2");
  options_.pooled_idle_timeout = std::chrono::milliseconds(10);
  start({node(pod)});
  ScriptedPeer client = user();
  client.send(kGet);
  ScriptedPeer seen = pod.accept();
  seen.read_head();
  seen.send(kOk);
  EXPECT_TRUE(seen.ended());
}

TEST_F(ServerFailuresTest, InterimAnswersHaveALimit) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  const auto answer_after = [&](int interim) {
    ScriptedPeer client = user();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    ScriptedPeer seen = pod.accept();
    seen.read_head();
    for (int i = 0; i < interim; ++i) seen.send("HTTP/1.1 103 Early Hints\r\n\r\n");
    seen.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    for (int i = 0; i < 8; ++i) EXPECT_EQ(client.read_head(), "HTTP/1.1 103 Early Hints\r\n\r\n");
    return client.read_head();
  };
  EXPECT_THAT(answer_after(8), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer_after(9), StartsWith("HTTP/1.1 502 "));
}

TEST_F(ServerFailuresTest, ARequestBodyThatStallsIsCutOff) {
  ScriptedListener pod("127.0.0.2");
  route_.timeout = std::chrono::milliseconds(50);
  start({node(pod)});
  ScriptedPeer client = user();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
  ScriptedPeer seen = pod.accept();
  EXPECT_THAT(client.read_until("\"}"), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(seen.read_to_end(), EndsWith("\r\n\r\na"));
}

TEST_F(ServerFailuresTest, StoppingEndsRequestsInFlight) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  ScriptedPeer waiting = user(), uploading = user(), idle = user();
  waiting.send(kGet);
  ScriptedPeer first = pod.accept();
  uploading.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
  ScriptedPeer second = pod.accept();
  server_->stop();
  EXPECT_TRUE(waiting.ended());
  EXPECT_TRUE(uploading.ended());
  EXPECT_TRUE(idle.ended());
}

TEST_F(ServerFailuresTest, ClosesPooledConnectionsOfEndpointsThatLeave) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  ScriptedPeer client = user();
  client.send(kGet);
  ScriptedPeer seen = pod.accept();
  seen.read_head();
  seen.send(kOk);
  client.read_until("ok");
  set_nodes({});
  EXPECT_TRUE(seen.ended());
}

TEST_F(ServerFailuresTest, AClientThatLeavesTakesItsPodConnectionWithIt) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  ScriptedPeer client = user();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  ScriptedPeer seen = pod.accept();
  seen.read_until("abc");
  client.close();
  EXPECT_TRUE(seen.ended());
}

TEST_F(ServerFailuresTest, AnEarlyAnswerReachesAClientThatIsStillSending) {
  ScriptedListener pod("127.0.0.2");
  start({node(pod)});
  ScriptedPeer client = user();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc");
  ScriptedPeer seen = pod.accept();
  seen.read_until("abc");
  seen.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
  const std::string answer = client.read_until("no");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 Too Large\r\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
}

}  // namespace
}  // namespace plumbline::gateway
