#include "wire/http_feed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>
#include <vector>

namespace plumbline::wire {
namespace {

namespace http = boost::beast::http;
using Parser = http::response_parser<http::string_body>;

/// A parser and what was fed to it.
struct Fed {
  Fed() { parser.eager(true); }
  /// The first error; what follows it, or the end of the message, is not fed.
  boost::system::error_code take(const std::vector<std::string>& pieces) {
    boost::system::error_code error;
    for (const std::string& piece : pieces) {
      if (error || parser.is_done()) break;
      std::copy(piece.begin(), piece.end(), static_cast<char*>(buffer.prepare(piece.size()).data()));
      error = feed(parser, buffer, piece.size());
    }
    return error;
  }
  Parser parser;
  boost::beast::flat_buffer buffer;
};

const std::string kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::vector<std::string> bytes_of(const std::string& text) {
  std::vector<std::string> bytes;
  for (const char byte : text) bytes.emplace_back(1, byte);
  return bytes;
}

TEST(Feed, AMessageMayComeInPieces) {
  const std::vector<std::pair<std::string, std::string>> messages{
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "{}"},
      {"HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 0\r\n\r\n", ""},
      {"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n", ""},
      {kChunked + "0\r\n\r\n", ""},
      {kChunked + "1\r\nh\r\n4;a=b\r\nello\r\n0\r\n\r\n", "hello"},
      {kChunked + "5\r\nhello\r\n0\r\nX-Trailer: y\r\n\r\n", "hello"}};
  for (const auto& [message, body] : messages) {
    std::vector<std::vector<std::string>> ways{{message}, bytes_of(message)};
    for (std::size_t i = 1; i < message.size(); ++i) ways.push_back({message.substr(0, i), message.substr(i)});
    for (const auto& pieces : ways) {
      Fed fed;
      EXPECT_FALSE(fed.take(pieces)) << message << " in " << pieces.size() << ": " << pieces.front();
      EXPECT_TRUE(fed.parser.is_done()) << message << " in " << pieces.size() << ": " << pieces.front();
      EXPECT_EQ(fed.parser.get().body(), body);
    }
  }
}

TEST(Feed, ABodyIsThereAsFarAsItCame) {
  Fed fed;
  EXPECT_FALSE(fed.take({kChunked, "3\r\none\r\n"}));
  EXPECT_EQ(fed.parser.get().body(), "one");
  EXPECT_FALSE(fed.parser.is_done());
}

TEST(Feed, WhatFollowsAMessageIsLeft) {
  Fed fed;
  EXPECT_FALSE(fed.take({kChunked + "0\r\n\r\nHT"}));
  EXPECT_TRUE(fed.parser.is_done());
  EXPECT_EQ(fed.buffer.size(), 2u);
}

TEST(Feed, ItsErrorsAreTheParsers) {
  EXPECT_EQ(Fed().take({"HTTP/9.1 200 OK\r\n\r\n"}), http::error::bad_version);
  Fed limited;
  limited.parser.body_limit(3);
  EXPECT_EQ(limited.take({kChunked, "4\r\nfour\r\n"}), http::error::body_limit);
}

TEST(Feed, WhatStandsBetweenChunksIsLimited) {
  Fed fed;
  EXPECT_FALSE(fed.take({kChunked + "1;", std::string(kUnparsedBytesMax - 2, 'x')}));
  EXPECT_EQ(fed.take({"x"}), http::error::buffer_overflow);
}

}  // namespace
}  // namespace plumbline::wire
