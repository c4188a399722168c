#include "simulator/pods/request.h"

#include <gtest/gtest.h>

namespace plumbline::pods {
namespace {

using State = RequestReader::State;

/// Feeds in pieces of `size` bytes; returns what was not taken.
std::string feed(RequestReader& reader, const std::string& text, std::size_t size = 1 << 20) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::string piece = text.substr(at, size);
    const std::size_t taken = reader.feed(piece);
    at += taken;
    if (taken < piece.size()) break;
  }
  return text.substr(at);
}

TEST(RequestReader, ReadsHeadAsItWasSent) {
  RequestReader reader;
  EXPECT_EQ("", feed(reader, "GET /a?b=c HTTP/1.1\r\nHost: x\r\nx-A:  1 \r\nX-a: 2\r\n\r\n"));
  ASSERT_EQ(State::kDone, reader.state());
  const Request& request = reader.request();
  EXPECT_EQ("GET", request.method);
  EXPECT_EQ("/a?b=c", request.target);
  EXPECT_EQ((std::vector<Header>{{"Host", "x"}, {"x-A", "1"}, {"X-a", "2"}}), request.headers);
  EXPECT_EQ("1, 2", request.all("X-A"));
  EXPECT_TRUE(request.keeps_alive());
}

TEST(RequestReader, PiecesOfAnySizeReadTheSame) {
  const std::string text =
      "POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n1\r\n!\r\n0\r\nT: "
      "1\r\n\r\n";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    RequestReader reader;
    EXPECT_EQ("", feed(reader, text, size)) << size;
    ASSERT_EQ(State::kDone, reader.state()) << size << ": " << reader.problem();
    EXPECT_EQ("hello!", reader.request().body);
    EXPECT_TRUE(reader.request().chunked);
  }
}

TEST(RequestReader, LeavesTheNextRequestAlone) {
  RequestReader reader;
  EXPECT_EQ("GET /2 ", feed(reader, "POST /1 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /2 "));
  EXPECT_EQ("abc", reader.request().body);
  reader.next();
  feed(reader, "GET /2 HTTP/1.0\r\n\r\n");
  EXPECT_EQ("/2", reader.request().target);
  EXPECT_FALSE(reader.request().keeps_alive());
}

TEST(RequestReader, ExpectationIsTakenOnceAndOnlyBeforeTheBody) {
  RequestReader reader;
  const std::string head = "PUT / HTTP/1.1\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n";
  feed(reader, head);
  EXPECT_TRUE(reader.take_expectation());
  EXPECT_FALSE(reader.take_expectation());
  RequestReader hasty;
  feed(hasty, head + "x");
  EXPECT_FALSE(hasty.take_expectation());
}

TEST(RequestReader, RefusesWhatIsNoRequest) {
  const std::string head = "GET / HTTP/1.1\r\n";
  const std::map<std::string, int> bad = {
      {"\r\n\r\n", 400},
      {"GET /\r\n\r\n", 400},
      {"GET  / HTTP/1.1\r\n\r\n", 400},
      {"G@T / HTTP/1.1\r\n\r\n", 400},
      {"GET /\x01 HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\n\r\n", 505},
      {head + "no colon\r\n\r\n", 400},
      {head + "a : b\r\n\r\n", 400},
      {head + " folded: b\r\n\r\n", 400},
      {head + "a: \x01\r\n\r\n", 400},
      {head + "a: b\nc: d\r\n\r\n", 400},
      {head + "Content-Length: x\r\n\r\n", 400},
      {head + "Content-Length: +1\r\n\r\n", 400},
      {head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {head + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {head + "Content-Length: 16777217\r\n\r\n", 413},
      {head + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {head + "Transfer-Encoding: chunked\r\n\r\nx\r\n", 400},
      {head + "Transfer-Encoding: chunked\r\n\r\n1000001\r\n", 413},
      {head + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", 400},
      {head + "Transfer-Encoding: chunked\r\n\r\n1\nx", 400},
      {"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {std::string("\x16\x03\x01\x02\x00\x01\r\n\r\n", 10), 400},
  };
  for (const auto& [text, status] : bad) {
    RequestReader reader;
    feed(reader, text);
    EXPECT_EQ(State::kBad, reader.state()) << text;
    EXPECT_EQ(status, reader.status()) << text << ": " << reader.problem();
  }
}

TEST(RequestReader, HeadAtTheLimitIsReadAndOneBeyondIsNot) {
  const std::string start = "GET / HTTP/1.1\r\na: ";
  for (const std::size_t size : {kHeadBytesMax, kHeadBytesMax + 1}) {
    RequestReader reader;
    feed(reader, start + std::string(size - start.size(), 'x') + "\r\n\r\n", 1000);
    EXPECT_EQ(size == kHeadBytesMax ? State::kDone : State::kBad, reader.state()) << size;
  }
  for (const std::size_t count : {kHeadersMax, kHeadersMax + 1}) {
    std::string text = "GET / HTTP/1.1\r\n";
    for (std::size_t i = 0; i < count; ++i) text += "a: b\r\n";
    RequestReader reader;
    feed(reader, text + "\r\n");
    EXPECT_EQ(count == kHeadersMax ? State::kDone : State::kBad, reader.state()) << count;
  }
}

}  // namespace
}  // namespace plumbline::pods
