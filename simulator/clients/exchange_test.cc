#include "simulator/clients/exchange.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulator/clients/tiny_server.h"

namespace plumbline::clients {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

ExchangeTarget at(const TinyServer& server) {
  ExchangeTarget target;
  target.address = "127.0.0.1";
  target.port = server.port();
  target.host = "api.example";
  target.now_us = [] { return std::int64_t{1}; };
  return target;
}

TEST(Exchange, KeepsExactlyWhatWasSentAndWhatCameBack) {
  std::string seen;
  TinyServer server([&](int fd, int) {
    seen = TinyServer::read_head(fd);
    seen += TinyServer::read_exactly(fd, 3);
    TinyServer::send(fd, "HTTP/1.1 201 Made\r\nX-b: 1\r\nx-A: 2\r\nContent-Length: 5\r\n\r\nhello");
  });
  ExchangeRequest request{
      .method = "PUT", .target = "/a?b", .headers = {{"X-Z", "1"}, {"x-a", "2"}}, .body = "abc", .id = {3, 4}};
  const ExchangeResult result = exchange(at(server), request);
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(seen,
            "PUT /a?b HTTP/1.1\r\nHost: api.example\r\nX-Plumbline-Id: 3-4\r\nX-Z: 1\r\nx-a: 2\r\nContent-Length: "
            "3\r\n\r\nabc");
  EXPECT_THAT(result.sent.headers, ElementsAre(Pair("Host", "api.example"), Pair("X-Plumbline-Id", "3-4"),
                                               Pair("X-Z", "1"), Pair("x-a", "2"), Pair("Content-Length", "3")));
  EXPECT_EQ(result.sent.body_sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(result.received.status, 201);
  EXPECT_EQ(result.received.reason, "Made");
  EXPECT_THAT(result.received.headers, ElementsAre(Pair("X-b", "1"), Pair("x-A", "2"), Pair("Content-Length", "5")));
  EXPECT_EQ(result.received.body, "hello");
  EXPECT_EQ(result.received.body_sha256, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
}

TEST(Exchange, SendsAndReceivesLargeBodiesAtOnce) {
  const std::string body = seeded_bytes(1, 1 << 20);
  TinyServer server([&](int fd, int) {
    TinyServer::read_head(fd);
    TinyServer::send(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n");
    for (int i = 0; i < 64; ++i) TinyServer::send(fd, TinyServer::read_exactly(fd, 16384));
  });
  ExchangeRequest request{.method = "POST", .body = body};
  const ExchangeResult result = exchange(at(server), request);
  EXPECT_EQ(result.error, "");
  EXPECT_TRUE(result.received.body == body);
  EXPECT_EQ(result.received.body_sha256, result.sent.body_sha256);
}

TEST(Exchange, SendsChunks) {
  std::string seen;
  TinyServer server([&](int fd, int) {
    seen = TinyServer::read_head(fd);
    seen += TinyServer::read_head(fd);
    TinyServer::send(fd, "HTTP/1.1 204 None\r\n\r\n");
  });
  ExchangeRequest request{.method = "POST", .body = std::string(kChunkBytes + 1, 'x'), .chunked = true};
  EXPECT_EQ(exchange(at(server), request).error, "");
  EXPECT_THAT(seen, ::testing::HasSubstr("Transfer-Encoding: chunked\r\n\r\n2000\r\nxxx"));
  EXPECT_THAT(seen, ::testing::EndsWith("x\r\n1\r\nx\r\n0\r\n\r\n"));
}

TEST(Exchange, WaitsForContinueBeforeTheBody) {
  std::string body;
  TinyServer server([&](int fd, int) {
    const std::string head = TinyServer::read_head(fd);
    EXPECT_THAT(head, ::testing::HasSubstr("Expect: 100-continue\r\n"));
    TinyServer::send(fd, "HTTP/1.1 100 Continue\r\n\r\n");
    body = TinyServer::read_exactly(fd, 3);
    TinyServer::send(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  ExchangeRequest request{.method = "POST", .body = "abc", .expect_continue = true};
  const ExchangeResult result = exchange(at(server), request);
  EXPECT_TRUE(result.received.continued);
  EXPECT_EQ(result.received.status, 200);
  EXPECT_EQ(body, "abc");
}

TEST(Exchange, HeadHasNoBody) {
  TinyServer server([](int fd, int) {
    TinyServer::read_head(fd);
    TinyServer::send(fd, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
    TinyServer::read_head(fd);
  });
  ExchangeRequest request{.method = "HEAD"};
  const ExchangeResult result = exchange(at(server), request);
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(header(result.received.headers, "content-length"), "9");
}

TEST(Exchange, NamesWhatWentWrong) {
  const auto error_of = [](std::string_view bytes, bool reset) {
    TinyServer server([&](int fd, int) {
      TinyServer::read_head(fd);
      TinyServer::send(fd, bytes);
      if (reset) TinyServer::reset(fd);
    });
    return exchange(at(server), {}).error;
  };
  EXPECT_EQ(error_of("", false), "closed");
  EXPECT_EQ(error_of("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", false), "closed");
  EXPECT_EQ(error_of("", true), "reset");
  EXPECT_EQ(error_of("rubbish\r\n\r\n", false), "malformed");
  EXPECT_EQ(error_of("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc", false), "malformed");
}

TEST(Exchange, IsBoundedByItsTimeout) {
  TinyServer server([](int fd, int) {
    TinyServer::read_head(fd);
    TinyServer::read_head(fd);
  });
  ExchangeTarget target = at(server);
  target.timeout = std::chrono::milliseconds(30);
  EXPECT_EQ(exchange(target, {}).error, "timeout");
}

TEST(Exchange, AnEarlyAnswerIsKeptAlthoughSendingFailed) {
  TinyServer server([](int fd, int) {
    TinyServer::read_head(fd);
    TinyServer::send(fd, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    TinyServer::read_exactly(fd, 1 << 22);
  });
  ExchangeRequest request{.method = "POST", .body = std::string(1 << 22, 'x')};
  const ExchangeResult result = exchange(at(server), request);
  EXPECT_EQ(result.received.status, 413);
  EXPECT_EQ(result.error, "");
}

TEST(SeededBytes, AreTheSameForTheSameSeed) {
  EXPECT_EQ(seeded_bytes(1, 100), seeded_bytes(1, 100));
  EXPECT_NE(seeded_bytes(1, 100), seeded_bytes(2, 100));
  EXPECT_EQ(seeded_bytes(1, 13).size(), 13u);
}

}  // namespace
}  // namespace plumbline::clients
