#include "simulator/clients/response_reader.h"

#include <gtest/gtest.h>

namespace plumbline::clients {
namespace {

using Progress = ResponseReader::Progress;

/// Feeds `bytes` in pieces of `step`.
Progress read(ResponseReader& reader, std::string_view bytes, std::size_t step, bool to_head = false) {
  reader.begin(to_head, ResponseReader::Keep::kEverything);
  Progress progress = Progress::kIncomplete;
  while (!bytes.empty() && progress == Progress::kIncomplete) {
    progress = reader.feed(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  return progress;
}

class ResponseReaderSteps : public ::testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Pieces, ResponseReaderSteps, ::testing::Values(1, 2, 3, 7, 100000));

TEST_P(ResponseReaderSteps, ReadsBodyOfGivenLength) {
  ResponseReader reader;
  ASSERT_EQ(read(reader, "HTTP/1.1 200 Fine Thing\r\nX-Pod: c/n/p#u\r\ncontent-length: 5\r\n\r\nhello", GetParam()),
            Progress::kComplete);
  EXPECT_EQ(reader.status(), 200);
  EXPECT_EQ(reader.reason(), "Fine Thing");
  EXPECT_EQ(header(reader.headers(), "x-pod"), "c/n/p#u");
  EXPECT_EQ(reader.body(), "hello");
  EXPECT_TRUE(reader.persistent());
}

TEST_P(ResponseReaderSteps, ReadsChunksExtensionsAndTrailers) {
  ResponseReader reader;
  ASSERT_EQ(
      read(reader,
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: t\r\n\r\n",
           GetParam()),
      Progress::kComplete);
  EXPECT_EQ(reader.body(), "abc0123456789");
}

TEST_P(ResponseReaderSteps, SkipsInterimResponses) {
  ResponseReader reader;
  ASSERT_EQ(read(reader, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 204 None\r\n\r\n",
                 GetParam()),
            Progress::kComplete);
  EXPECT_EQ(reader.interim(), (std::vector<int>{100, 103}));
  EXPECT_EQ(reader.status(), 204);
  EXPECT_TRUE(reader.headers().empty());
}

TEST_P(ResponseReaderSteps, AnswersToHeadHaveNoBody) {
  ResponseReader reader;
  EXPECT_EQ(read(reader, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", GetParam(), true), Progress::kComplete);
}

TEST_P(ResponseReaderSteps, BodyMayEndWithTheConnection) {
  ResponseReader reader;
  EXPECT_EQ(read(reader, "HTTP/1.1 200 OK\r\n\r\nabc", GetParam()), Progress::kIncomplete);
  EXPECT_EQ(reader.finish(), Progress::kComplete);
  EXPECT_EQ(reader.body(), "abc");
  EXPECT_FALSE(reader.persistent());
}

TEST_P(ResponseReaderSteps, ACutBodyIsIncomplete) {
  ResponseReader reader;
  EXPECT_EQ(read(reader, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", GetParam()), Progress::kIncomplete);
  EXPECT_EQ(reader.finish(), Progress::kIncomplete);
}

TEST_P(ResponseReaderSteps, RefusesWhatCouldBeMisread) {
  for (const std::string_view bytes :
       {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX : y\r\n\r\n", "HTTP/1.1 200 OK\r\nX: y\r\n z\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n", "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n"}) {
    ResponseReader reader;
    EXPECT_EQ(read(reader, bytes, GetParam()), Progress::kMalformed) << bytes;
  }
}

TEST(ResponseReader, SaysHowMuchWasNotPartOfTheResponse) {
  ResponseReader reader;
  EXPECT_EQ(read(reader, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxyz", 1000), Progress::kComplete);
  EXPECT_EQ(reader.rest(), 2u);
}

TEST(ResponseReader, HeadLimitHoldsAtTheLimitAndOnePast) {
  const std::string before = "HTTP/1.1 204 No\r\nX: ";
  const auto head = [&](std::size_t bytes) {
    return before + std::string(bytes - before.size() - 4, 'x') + "\r\n\r\n";
  };
  ResponseReader reader;
  EXPECT_EQ(read(reader, head(ResponseReader::kHeadBytesMax), 65536), Progress::kComplete);
  EXPECT_EQ(read(reader, head(ResponseReader::kHeadBytesMax + 1), 65536), Progress::kMalformed);
}

}  // namespace
}  // namespace plumbline::clients
