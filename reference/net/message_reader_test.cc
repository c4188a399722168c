#include "reference/net/message_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace plumbline::gateway {
namespace {

constexpr std::size_t kLimit = 4096;

struct Read {
  HeadState head = HeadState::kIncomplete;
  std::string body;
  bool complete = false;
  bool malformed = false;
  std::size_t rest = 0;
};

/// The first message of `stream`, which arrives in pieces of `step` bytes.
Read read(MessageReader& reader, const std::string& stream, std::size_t step) {
  Read result;
  reader.restart();
  std::size_t arrived = 0;
  while (arrived < stream.size() && result.head == HeadState::kIncomplete) {
    arrived = std::min(stream.size(), arrived + step);
    result.head = reader.read_head(std::string_view(stream).substr(0, arrived), kLimit);
  }
  if (result.head != HeadState::kComplete) return result;
  std::size_t used = reader.head_bytes();
  while (!result.complete && !result.malformed) {
    std::string piece = stream.substr(used, arrived - used);
    const BodyPiece got = reader.read_body(piece.data(), piece.size());
    result.body += got.bytes;
    used += got.consumed;
    result.complete = got.complete && !got.malformed;
    result.malformed = got.malformed;
    if (arrived == stream.size() && used == arrived) break;
    if (!got.complete) arrived = std::min(stream.size(), arrived + step);
  }
  result.rest = stream.size() - used;
  return result;
}

class MessageReaderSteps : public ::testing::TestWithParam<std::size_t> {
 protected:
  MessageReader request_{MessageReader::Side::kRequest};
  MessageReader response_{MessageReader::Side::kResponse};
};
INSTANTIATE_TEST_SUITE_P(Pieces, MessageReaderSteps, ::testing::Values(1, 2, 5, 64, 100000));

TEST_P(MessageReaderSteps, ReadsARequestWithoutBody) {
  const std::string stream = "\r\nGET /a?b=c HTTP/1.1\r\nHost: x.example\r\nX-Empty:\r\nX-B:  c d \r\n\r\n";
  const Read got = read(request_, stream, GetParam());
  ASSERT_EQ(got.head, HeadState::kComplete);
  EXPECT_TRUE(got.complete);
  const MessageHead& head = request_.head();
  EXPECT_EQ(head.method, "GET");
  EXPECT_EQ(head.target, "/a?b=c");
  EXPECT_EQ(head.host, "x.example");
  ASSERT_EQ(head.headers.size(), 3u);
  EXPECT_EQ(head.headers[1].name, "X-Empty");
  EXPECT_EQ(head.headers[1].value, "");
  EXPECT_EQ(head.headers[2].value, "c d");
  EXPECT_EQ(head.framing, Framing::kNone);
  EXPECT_TRUE(head.persistent);
}

TEST_P(MessageReaderSteps, LeavesTheNextMessageAlone) {
  const std::string next = "GET /next";
  const Read length = read(request_, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" + next, 100000);
  EXPECT_EQ(length.body, "abc");
  EXPECT_EQ(length.rest, next.size());
  const Read chunked =
      read(request_, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + next,
           GetParam());
  EXPECT_TRUE(chunked.complete);
  EXPECT_EQ(chunked.body, "abc");
  EXPECT_EQ(chunked.rest, next.size());
}

TEST_P(MessageReaderSteps, DecodesChunksAndDropsExtensionsAndTrailers) {
  const Read got = read(request_,
                        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"
                        "1;a=b\r\nx\r\n00a;c=\"d\"\r\n0123456789\r\n0\r\nT: u\r\nV: w\r\n\r\n",
                        GetParam());
  EXPECT_TRUE(got.complete);
  EXPECT_EQ(got.body, "x0123456789");
}

TEST_P(MessageReaderSteps, RefusesChunksThatCouldBeMisread) {
  for (const std::string_view body :
       {"3\nabc\r\n0\r\n\r\n", "3\r\nabc\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n", "3\r\nab\r\n0\r\n\r\n",
        "0x3\r\nabc\r\n0\r\n\r\n", "3 \r\nabc\r\n0\r\n\r\n", "-3\r\nabc\r\n0\r\n\r\n", "fffffffffffffffff\r\nabc\r\n",
        "3;a\nabc\r\n0\r\n\r\n", "3;a\rX\nabc\r\n0\r\n\r\n", "3\r\nabc\r\n0\r\n\n", "3\r\nabc\r\n0\n\n",
        "3\r\nabc\r\n0\r\nT : u\r\n\r\n", "\r\n\r\n"}) {
    const Read got = read(
        request_, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body), GetParam());
    EXPECT_TRUE(got.malformed) << body;
    EXPECT_FALSE(got.complete) << body;
  }
}

TEST_P(MessageReaderSteps, RefusesHeadsThatCouldBeMisread) {
  for (const std::string_view stream :
       {"GET / HTTP/1.1\nHost: x\n\n",
        "GET / HTTP/1.1\r\nHost: x\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n\n",
        "GET / HTTP/1.1\r\nHost: x\rA: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n\rA: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: \x01\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x, y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: u@x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        "GET / HTTP/0.9\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.2\r\nHost: x\r\n\r\n",
        "GET /\r\n\r\n",
        "SOURCE / ICE/1.0\r\nHost: x\r\n\r\n",
        "DESCRIBE / RTSP/1.0\r\nHost: x\r\n\r\n",
        "get / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /\x80 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551616\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    EXPECT_EQ(read(request_, std::string(stream), GetParam()).head, HeadState::kMalformed) << stream;
  }
}

TEST_P(MessageReaderSteps, KnowsWhetherTheSenderKeepsTheConnection) {
  const auto persistent = [&](std::string_view version, std::string_view header) {
    EXPECT_EQ(
        read(request_, "GET / " + std::string(version) + "\r\nHost: x\r\n" + std::string(header) + "\r\n", GetParam())
            .head,
        HeadState::kComplete);
    return request_.head().persistent;
  };
  EXPECT_TRUE(persistent("HTTP/1.1", ""));
  EXPECT_FALSE(persistent("HTTP/1.1", "Connection: x, Close\r\n"));
  EXPECT_FALSE(persistent("HTTP/1.0", ""));
  EXPECT_TRUE(persistent("HTTP/1.0", "Connection: keep-alive\r\n"));
}

TEST_P(MessageReaderSteps, ResponsesWithoutLengthLastUntilClose) {
  const Read got = read(response_, "HTTP/1.1 200\r\n\r\nabc", GetParam());
  EXPECT_EQ(got.body, "abc");
  EXPECT_FALSE(got.complete);
  EXPECT_TRUE(response_.finish());
}

TEST_P(MessageReaderSteps, SomeResponsesNeverHaveABody) {
  for (const std::string_view status : {"100 Continue", "204 No Content", "304 Not Modified"}) {
    const Read got =
        read(response_, "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 5\r\n\r\nHTTP/", GetParam());
    EXPECT_TRUE(got.complete) << status;
    EXPECT_EQ(got.body, "") << status;
  }
}

TEST(MessageReader, HeadLimitHoldsAtTheLimitAndOnePast) {
  MessageReader reader(MessageReader::Side::kRequest);
  const std::string head = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  EXPECT_EQ(reader.read_head(head, head.size()), HeadState::kComplete);
  reader.restart();
  EXPECT_EQ(reader.read_head(head, head.size() - 1), HeadState::kTooLarge);
  reader.restart();
  EXPECT_EQ(reader.read_head(head.substr(0, 20), 20), HeadState::kTooLarge);
}

TEST(MessageReader, TrailerLimitHoldsAtTheLimitAndOnePast) {
  const auto body = [](std::size_t trailer) {
    return "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: " + std::string(trailer - 1, 'x') +
           "\r\n\r\n";
  };
  MessageReader reader(MessageReader::Side::kRequest);
  EXPECT_TRUE(read(reader, body(MessageReader::kTrailerBytesMax), 100000).complete);
  EXPECT_TRUE(read(reader, body(MessageReader::kTrailerBytesMax + 1), 100000).malformed);
}

TEST(MessageReader, CompactsChunksInPlace) {
  MessageReader reader(MessageReader::Side::kRequest);
  std::string stream = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  ASSERT_EQ(reader.read_head(stream, kLimit), HeadState::kComplete);
  std::string body = "2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n";
  const BodyPiece piece = reader.read_body(body.data(), body.size());
  EXPECT_EQ(piece.bytes, "abcd");
  EXPECT_GE(piece.bytes.data(), body.data());
  EXPECT_LE(piece.bytes.data() + piece.bytes.size(), body.data() + body.size());
}

}  // namespace
}  // namespace plumbline::gateway
