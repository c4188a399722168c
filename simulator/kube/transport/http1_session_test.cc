#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "simulator/kube/transport/fixture.h"
#include "simulator/kube/transport/payload.h"

namespace plumbline::kube {

namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Http1SessionTest : public ::testing::Test {
 protected:
  std::string answer_to(std::string_view bytes) {
    session_->receive(bytes);
    return sent(*session_);
  }
  static std::string body_of(const std::string& response) { return response.substr(response.find("\r\n\r\n") + 4); }
  /// The pieces of a chunked body, joined; "broken" when it is not one with an end.
  static std::string unchunked(std::string_view body) {
    std::string text;
    for (;;) {
      const std::size_t line = body.find("\r\n");
      if (line == std::string_view::npos) return "broken";
      const std::size_t size = std::stoul(std::string(body.substr(0, line)), nullptr, 16);
      if (size == 0) return body == "0\r\n\r\n" ? text : "broken";
      text += body.substr(line + 2, size);
      body.remove_prefix(line + 2 + size + 2);
    }
  }

  ScriptedHandler handler_;
  std::shared_ptr<Session> session_ = make_http1_session(handler_.context());
};

TEST_F(Http1SessionTest, ARequestReachesTheHandlerWithWhatCounts) {
  const std::string response = answer_to(
      "POST /api/v1/namespaces?x=1 HTTP/1.1\r\nHost: h\r\nAccept: application/json\r\nACCEPT-ENCODING: gzip\r\n"
      "Authorization: Bearer t\r\nUser-Agent: kubectl\r\nContent-Type: application/yaml\r\nIf-None-Match: \"e\"\r\n"
      "Content-Length: 4\r\n\r\na: 1");
  ASSERT_EQ(handler_.asked.size(), 1U);
  const HttpRequest& asked = handler_.asked.front();
  EXPECT_EQ(asked.method, "POST");
  EXPECT_EQ(asked.target, "/api/v1/namespaces?x=1");
  EXPECT_EQ(asked.accept, "application/json");
  EXPECT_EQ(asked.accept_encoding, "gzip");
  EXPECT_EQ(asked.authorization, "Bearer t");
  EXPECT_EQ(asked.user_agent, "kubectl");
  EXPECT_EQ(asked.content_type, "application/yaml");
  EXPECT_EQ(asked.if_none_match, "\"e\"");
  EXPECT_EQ(asked.body, "a: 1");
  EXPECT_EQ(asked.from, "10.0.0.7");
  EXPECT_THAT(response,
              StartsWith("HTTP/1.1 200 OK\r\nCache-Control: no-cache, private\r\nContent-Type: text/plain\r\n"));
  EXPECT_THAT(response, HasSubstr("\r\nContent-Length: 32\r\n"));
  EXPECT_THAT(response, EndsWith("\r\n\r\nPOST /api/v1/namespaces?x=1 a: 1"));
  EXPECT_TRUE(session_->idle());
  EXPECT_FALSE(session_->finished());
}

TEST_F(Http1SessionTest, RequestsThatCameTogetherAreAnsweredInOrder) {
  const std::string response = answer_to("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\n");
  const std::size_t first = response.find("GET /1 "), second = response.find("GET /2 "),
                    third = response.find("GET /3 ");
  ASSERT_NE(third, std::string::npos) << response;
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
}

TEST_F(Http1SessionTest, ARequestMayComeByteByByte) {
  std::string response;
  for (const char byte :
       std::string("PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
    response += answer_to({&byte, 1});
  EXPECT_THAT(response, EndsWith("\r\n\r\nPUT /x abcde"));
  EXPECT_FALSE(session_->mid_request());
}

TEST_F(Http1SessionTest, AHalfOfARequestIsNotIdle) {
  EXPECT_EQ(answer_to("GET /x HT"), "");
  EXPECT_TRUE(session_->mid_request());
  EXPECT_FALSE(session_->idle());
}

TEST_F(Http1SessionTest, WhoWantsToCloseIsClosed) {
  EXPECT_THAT(answer_to("GET /x HTTP/1.1\r\nConnection: close\r\n\r\n"), HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_TRUE(session_->finished());
}

TEST_F(Http1SessionTest, OldClientsKeepTheConnectionOnlyWhenTheyAsk) {
  EXPECT_THAT(answer_to("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
              ::testing::AllOf(StartsWith("HTTP/1.0 200 OK\r\n"), HasSubstr("\r\nConnection: keep-alive\r\n")));
  EXPECT_FALSE(session_->finished());
  answer_to("GET /x HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(session_->finished());
}

TEST_F(Http1SessionTest, AHeadHasTheLengthButNoBody) {
  const std::string response = answer_to("HEAD /x HTTP/1.1\r\n\r\n");
  EXPECT_THAT(response, HasSubstr("Content-Length: 8\r\n"));
  EXPECT_THAT(response, EndsWith("\r\n\r\n"));
}

TEST_F(Http1SessionTest, WhoAsksWhetherToGoOnIsTold) {
  EXPECT_EQ(answer_to("POST /x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"),
            "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_THAT(answer_to("ok"), EndsWith("POST /x ok"));
}

TEST_F(Http1SessionTest, ABodyThatIsTooLargeIsNotWaitedFor) {
  answer_to("POST /x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3145729\r\n\r\n");
  ASSERT_EQ(handler_.asked.size(), 1U);
  EXPECT_TRUE(handler_.asked.front().body_too_large);
  EXPECT_TRUE(session_->finished());
  EXPECT_EQ(answer_to("GET /smuggled HTTP/1.1\r\n\r\n"), "");
  EXPECT_EQ(handler_.asked.size(), 1U);
}

TEST_F(Http1SessionTest, AChunkedBodyThatGrowsTooLargeIsCutOff) {
  session_->receive("POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "100000\r\n" + std::string(0x100000, 'x') + "\r\n";
  for (int i = 0; i < 3; ++i) session_->receive(chunk);
  EXPECT_EQ(handler_.asked.size(), 0U);
  session_->receive("1\r\nx\r\n");
  ASSERT_EQ(handler_.asked.size(), 1U);
  EXPECT_TRUE(handler_.asked.front().body_too_large);
  EXPECT_TRUE(handler_.asked.front().body.empty());
}

TEST_F(Http1SessionTest, WhatIsNotHttpIsRefusedAsGoRefusesIt) {
  EXPECT_EQ(answer_to("hello\r\n\r\n"),
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
            "400 Bad Request");
  EXPECT_TRUE(session_->finished());
  EXPECT_TRUE(handler_.asked.empty());
}

TEST_F(Http1SessionTest, HeadersAreLimited) {
  session_->receive("GET /x HTTP/1.1\r\nX: ");
  session_->receive(std::string(kHeadMax + 1, 'x'));
  EXPECT_THAT(sent(*session_), StartsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
  EXPECT_TRUE(session_->finished());
}

TEST_F(Http1SessionTest, AnAnswerMayComeLate) {
  handler_.answer = nullptr;
  EXPECT_EQ(answer_to("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n"), "");
  ASSERT_EQ(handler_.kept.size(), 1U) << "the second waits for the answer to the first";
  const int before = handler_.woken;
  handler_.kept[0](HttpResponse{200, "text/plain", "one"});
  EXPECT_GT(handler_.woken, before);
  EXPECT_THAT(sent(*session_), EndsWith("\r\n\r\none"));
  ASSERT_EQ(handler_.kept.size(), 2U);
  // Who answers when nobody is there any more does no harm.
  session_.reset();
  handler_.kept[1](HttpResponse{});
}

TEST_F(Http1SessionTest, OnlySoMuchOfTheNextRequestsIsKept) {
  handler_.answer = nullptr;
  answer_to("GET /1 HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(session_->wants_input());
  session_->receive(std::string(65'536, 'x'));
  EXPECT_FALSE(session_->wants_input());
}

TEST_F(Http1SessionTest, LargeBodiesAreCompressedForWhoTakesIt) {
  std::string large;
  for (int i = 0; large.size() < 3 * kGzipFrom; ++i) large += "pod-" + std::to_string(i) + ",";
  handler_.answer = [&](const HttpRequest&) { return HttpResponse{200, "application/json", large}; };
  const std::string plain = answer_to("GET /x HTTP/1.1\r\nAccept-Encoding: gzip;q=0.5, br\r\n\r\n");
  EXPECT_THAT(plain, HasSubstr("\r\nContent-Encoding: gzip\r\n"));
  EXPECT_THAT(plain, HasSubstr("\r\nVary: Accept-Encoding\r\n"));
  EXPECT_THAT(plain, HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_THAT(plain, Not(HasSubstr("Content-Length")));
  EXPECT_LT(plain.size(), large.size() / 2);
  EXPECT_EQ(gunzip(unchunked(body_of(plain))), large);
  EXPECT_EQ(body_of(answer_to("GET /x HTTP/1.1\r\nAccept-Encoding: br\r\n\r\n")), large);
  large.resize(kGzipFrom - 1);
  EXPECT_EQ(body_of(answer_to("GET /x HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")), large);
}

TEST_F(Http1SessionTest, ABodyIsSentInPieces) {
  handler_.answer = [](const HttpRequest&) { return HttpResponse{200, "text/plain", std::string(10000, 'x')}; };
  session_->receive("GET /x HTTP/1.1\r\n\r\n");
  std::string first;
  session_->send(first, 4096);
  EXPECT_GE(first.size(), 4096U);
  EXPECT_LT(first.size(), 6000U);
  EXPECT_EQ(body_of(first + sent(*session_)).size(), 10000U);
}

class Http1WatchTest : public Http1SessionTest {
 protected:
  Http1WatchTest() {
    handler_.answer = [this](const HttpRequest&) -> Reply {
      return watch_pods(store_, bookmarks_, std::chrono::seconds(5));
    };
  }
  void add_pod(const char* name) {
    ASSERT_TRUE(store_.create(KindId::kPod, {{"metadata", {{"name", name}, {"namespace", "web"}}}}).has_value());
  }

  Store store_{quiet_options()};
  bool bookmarks_ = false;
};

TEST_F(Http1WatchTest, EventsAreChunksAsTheyHappen) {
  const std::string head = answer_to("GET /w HTTP/1.1\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_THAT(head, EndsWith("\r\n\r\n"));
  const int before = handler_.woken;
  add_pod("a");
  EXPECT_EQ(handler_.woken_for_events, 1);
  EXPECT_EQ(handler_.woken, before) << "events may wait for others";
  const std::string line = sent(*session_);
  EXPECT_THAT(line, HasSubstr("\r\n{\"type\":\"ADDED\",\"object\":{"));
  EXPECT_THAT(line, EndsWith("}\n\r\n"));
}

TEST_F(Http1WatchTest, EventsThatWaitedTogetherAreOneChunk) {
  answer_to("GET /w HTTP/1.1\r\n\r\n");
  for (const char* name : {"a", "b", "c"}) add_pod(name);
  EXPECT_EQ(handler_.woken_for_events, 1);
  const std::string chunk = sent(*session_);
  const std::string lines = unchunked(chunk + "0\r\n\r\n");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 3);
  EXPECT_EQ(chunk.size(), fmt::format("{:x}\r\n", lines.size()).size() + lines.size() + 2) << chunk;
}

TEST_F(Http1WatchTest, AWatchEndsWithItsTimeAndTheConnectionGoesOn) {
  bookmarks_ = true;
  answer_to("GET /w HTTP/1.1\r\n\r\n");
  session_->tick(handler_.now + std::chrono::milliseconds(4999));
  EXPECT_EQ(sent(*session_), "");
  session_->tick(handler_.now + std::chrono::seconds(5));
  const std::string end = sent(*session_);
  EXPECT_THAT(end, HasSubstr("{\"type\":\"BOOKMARK\""));
  EXPECT_THAT(end, EndsWith("\r\n0\r\n\r\n"));
  EXPECT_TRUE(session_->idle());
  EXPECT_FALSE(session_->finished());
}

TEST_F(Http1WatchTest, WhoHangsUpWatchesNoMore) {
  answer_to("GET /w HTTP/1.1\r\n\r\n");
  session_->end_of_input();
  EXPECT_TRUE(session_->finished());
}

TEST(PayloadTest, GzipIsTakenOnlyWhereItIsNamed) {
  EXPECT_TRUE(takes_gzip("gzip"));
  EXPECT_TRUE(takes_gzip("deflate, gzip;q=1.0, *;q=0.5"));
  EXPECT_FALSE(takes_gzip("x-gzip"));
  EXPECT_FALSE(takes_gzip(""));
}

TEST(PayloadTest, DatesAreAsHttpHasThem) {
  EXPECT_THAT(http_date(), ::testing::MatchesRegex("[A-Z][a-z][a-z], [0-9]+ [A-Z][a-z]+ 20[0-9]+ [0-9:]+ GMT"));
}

}  // namespace
}  // namespace plumbline::kube
