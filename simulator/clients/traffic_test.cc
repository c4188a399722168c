#include "simulator/clients/traffic.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <set>

#include "simulator/clients/tiny_server.h"

namespace plumbline::clients {
namespace {

constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nX-Pod: c/n/p#u\r\nContent-Length: 2\r\n\r\nok";

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

TrafficOptions options(std::uint16_t port) {
  TrafficOptions made;
  made.address = "127.0.0.1";
  made.port = port;
  made.window = 7;
  made.requests = 100;
  made.now_us = now_us;
  return made;
}

std::vector<wire::ClientResult> run(const TrafficOptions& with) {
  Traffic traffic(with);
  EXPECT_TRUE(traffic.start().has_value());
  return traffic.wait();
}

void serve_forever(int fd, int) {
  while (!TinyServer::read_head(fd).empty()) TinyServer::send(fd, kAnswer);
}

TEST(Traffic, SendsEveryRequestOnceOverKeptConnections) {
  TinyServer server(serve_forever);
  TrafficOptions with = options(server.port());
  with.connections = 4;
  const auto results = run(with);
  ASSERT_EQ(results.size(), 100u);
  std::set<int> numbers, connections;
  for (const auto& result : results) {
    EXPECT_EQ(result.id.window, 7);
    EXPECT_EQ(result.status, 200);
    EXPECT_EQ(result.pod, "c/n/p#u");
    EXPECT_EQ(result.error, "");
    EXPECT_LE(result.t, result.t1);
    numbers.insert(result.id.n);
    connections.insert(result.connection);
  }
  EXPECT_EQ(numbers.size(), 100u);
  EXPECT_EQ(*numbers.rbegin(), 99);
  EXPECT_LE(connections.size(), 4u);
  EXPECT_EQ(server.connections(), 4);
}

TEST(Traffic, FreshMeansAConnectionForEveryRequest) {
  TinyServer server(serve_forever);
  TrafficOptions with = options(server.port());
  with.fresh = true;
  with.connections = 3;
  const auto results = run(with);
  std::set<int> connections;
  for (const auto& result : results) connections.insert(result.connection);
  EXPECT_EQ(connections.size(), 100u);
  EXPECT_EQ(server.connections(), 100);
}

TEST(Traffic, NothingIsSentAfterItsEnd) {
  TinyServer server(serve_forever);
  TrafficOptions with = options(server.port());
  with.span = std::chrono::hours(1);
  with.until = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
  EXPECT_FALSE(run(with).empty());
  with.until = std::chrono::steady_clock::now();
  EXPECT_TRUE(run(with).empty());
}

TEST(Traffic, RequestCarriesItsNumberAndHeaders) {
  std::string seen;
  TinyServer server([&](int fd, int) {
    seen = TinyServer::read_head(fd);
    TinyServer::send(fd, kAnswer);
    TinyServer::read_head(fd);
  });
  TrafficOptions with = options(server.port());
  with.requests = 1;
  with.method = "POST";
  with.path = "/get?x=1";
  with.host = "api.example";
  with.headers = {{"X-A", "b"}};
  run(with);
  EXPECT_EQ(
      seen,
      "POST /get?x=1 HTTP/1.1\r\nHost: api.example\r\nX-A: b\r\nX-Plumbline-Id: 7-0\r\nContent-Length: 0\r\n\r\n");
}

TEST(Traffic, ReconnectsAfterErrorsAndNamesThem) {
  TinyServer server([](int fd, int connection) {
    TinyServer::read_head(fd);
    if (connection == 0) TinyServer::send(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");  // and closes
    if (connection == 1) TinyServer::reset(fd);
    if (connection == 2) TinyServer::send(fd, "rubbish\r\n\r\n");
    if (connection < 3) return;
    TinyServer::send(fd, kAnswer);
    serve_forever(fd, connection);
  });
  TrafficOptions with = options(server.port());
  with.requests = 5;
  const auto results = run(with);
  ASSERT_EQ(results.size(), 5u);
  EXPECT_EQ(results[0].error, "closed");
  EXPECT_EQ(results[1].error, "reset");
  EXPECT_EQ(results[2].error, "malformed");
  EXPECT_EQ(results[3].error, "");
  EXPECT_EQ(results[4].error, "");
  EXPECT_EQ(results[3].connection, results[4].connection);
}

TEST(Traffic, OpensAnotherConnectionWhenTheKeptOneWasClosed) {
  TinyServer server([](int fd, int) {
    TinyServer::read_head(fd);
    TinyServer::send(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  });
  TrafficOptions with = options(server.port());
  with.requests = 3;
  for (const auto& result : run(with)) EXPECT_EQ(result.error, "");
  EXPECT_EQ(server.connections(), 3);
}

TEST(Traffic, SaysRefusedWhenNobodyListens) {
  std::uint16_t port = 0;
  { port = TinyServer(serve_forever).port(); }
  TrafficOptions with = options(port);
  with.requests = 2;
  const auto results = run(with);
  ASSERT_EQ(results.size(), 2u);
  for (const auto& result : results) EXPECT_EQ(result.error, "refused");
}

TEST(Traffic, SaysTimeoutWhenNothingIsAnswered) {
  TinyServer server([](int fd, int) {
    while (!TinyServer::read_head(fd).empty()) {
    }
  });
  TrafficOptions with = options(server.port());
  with.requests = 2;
  with.timeout = std::chrono::milliseconds(30);
  const auto results = run(with);
  ASSERT_EQ(results.size(), 2u);
  for (const auto& result : results) {
    EXPECT_EQ(result.error, "timeout");
    EXPECT_EQ(result.status, 0);
    EXPECT_GE(result.t1 - result.t, 30000);
  }
}

TEST(Traffic, GivesUpAfterSoManyTimeoutsInARow) {
  TinyServer server([](int fd, int) {
    while (!TinyServer::read_head(fd).empty()) {
    }
  });
  TrafficOptions with = options(server.port());
  with.timeout = std::chrono::milliseconds(30);
  with.patience = 3;
  Traffic traffic(with);
  ASSERT_TRUE(traffic.start().has_value());
  EXPECT_EQ(traffic.wait().size(), 3u) << "of 100";
  EXPECT_TRUE(traffic.gave_up());
}

TEST(Traffic, AnswersBetweenTimeoutsKeepItPatient) {
  TinyServer server([](int fd, int connection) {
    while (!TinyServer::read_head(fd).empty()) {
      if (connection % 2 == 1)
        TinyServer::send(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    }
  });
  TrafficOptions with = options(server.port());
  with.requests = 6;
  with.timeout = std::chrono::milliseconds(30);
  with.patience = 2;
  Traffic traffic(with);
  ASSERT_TRUE(traffic.start().has_value());
  EXPECT_EQ(traffic.wait().size(), 6u);
  EXPECT_FALSE(traffic.gave_up());
}

TEST(Traffic, SpanEndsByItselfAndStopEndsItEarly) {
  TinyServer server(serve_forever);
  TrafficOptions with = options(server.port());
  with.requests = 0;
  with.span = std::chrono::milliseconds(50);
  EXPECT_GT(run(with).size(), 0u);
  with.span = std::chrono::hours(1);
  Traffic traffic(with);
  ASSERT_TRUE(traffic.start().has_value());
  while (traffic.ended() < 10) std::this_thread::yield();
  traffic.stop();
  EXPECT_GE(traffic.wait().size(), 10u);
}

TEST(Traffic, ReadsBodiesThatEndWithTheConnection) {
  TinyServer server([](int fd, int) {
    TinyServer::read_head(fd);
    TinyServer::send(fd, "HTTP/1.1 200 OK\r\n\r\n" + std::string(100000, 'x'));
  });
  TrafficOptions with = options(server.port());
  with.requests = 3;
  for (const auto& result : run(with)) EXPECT_EQ(result.error, "");
}

TEST(Traffic, StartReportsANamespaceThatCannotBeEntered) {
  TrafficOptions with = options(1);
  with.network_namespace = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  Traffic traffic(with);
  const Result<void> started = traffic.start();
  ASSERT_TRUE(started.has_error());
  EXPECT_EQ(started.error().reason, Reason::kInternal);
  ::close(with.network_namespace);
}

}  // namespace
}  // namespace plumbline::clients
