#include "reference/net/forwarding.h"

#include <gtest/gtest.h>

#include <optional>

namespace plumbline::gateway {
namespace {

std::optional<Target> split(std::string_view method, std::string_view text) {
  MessageHead head;
  head.method = method;
  head.target = text;
  Target target;
  if (!split_target(head, target)) return std::nullopt;
  return target;
}

TEST(SplitTarget, OriginForm) {
  const auto target = split("GET", "/a/b?c=d?e");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a/b");
  EXPECT_EQ(target->query, "?c=d?e");
  EXPECT_EQ(target->authority, "");
}

TEST(SplitTarget, AbsoluteForm) {
  auto target = split("GET", "HTTP://h.example:81/p?q");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->authority, "h.example:81");
  EXPECT_EQ(target->path, "/p");
  EXPECT_EQ(target->query, "?q");
  target = split("GET", "http://h?q");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->authority, "h");
  EXPECT_EQ(target->path, "/");
  EXPECT_EQ(target->query, "?q");
}

TEST(SplitTarget, RefusesWhatAGatewayDoesNotServe) {
  EXPECT_FALSE(split("CONNECT", "h:80"));
  EXPECT_FALSE(split("GET", "*"));
  EXPECT_TRUE(split("OPTIONS", "*"));
  EXPECT_FALSE(split("GET", "ftp://h/"));
  EXPECT_FALSE(split("GET", "http:///p"));
  EXPECT_FALSE(split("GET", "http://u:p@h/"));
  EXPECT_FALSE(split("GET", "p"));
}

TEST(Idempotent, FollowsTheRfc) {
  for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})
    EXPECT_TRUE(idempotent(method)) << method;
  for (const char* method : {"POST", "PATCH", "LINK"}) EXPECT_FALSE(idempotent(method)) << method;
}

TEST(WriteRequestHead, ChunkedReplacesTheLength) {
  MessageHead head;
  head.method = "POST";
  head.headers = {{"Content-Length", "3"}, {"host", "a"}};
  std::string out;
  write_request_head(head, "/p", "b", "192.0.2.7", true, out);
  EXPECT_EQ(out, "POST /p HTTP/1.1\r\nhost: b\r\nX-Forwarded-For: 192.0.2.7\r\nTransfer-Encoding: chunked\r\n\r\n");
}

TEST(WriteRequestHead, AppendsToTheLastForwardedFor) {
  MessageHead head;
  head.method = "GET";
  head.headers = {{"Host", "a"}, {"x-forwarded-for", "1.1.1.1"}, {"X-Forwarded-For", "2.2.2.2"}};
  std::string out;
  write_request_head(head, "/", "a", "3.3.3.3", false, out);
  EXPECT_EQ(out, "GET / HTTP/1.1\r\nHost: a\r\nx-forwarded-for: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2, 3.3.3.3\r\n\r\n");
}

TEST(WriteRequestHead, ConnectionCannotTakeAwayWhatFramesTheMessage) {
  MessageHead head;
  head.method = "POST";
  head.headers = {{"Host", "a"}, {"Connection", "host, content-length, x-a"}, {"Content-Length", "3"}, {"X-A", "1"}};
  head.named_by_connection = {"host", "content-length", "x-a"};
  std::string out;
  write_request_head(head, "/", "a", "3.3.3.3", false, out);
  EXPECT_EQ(out, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nX-Forwarded-For: 3.3.3.3\r\n\r\n");
}

TEST(WriteResponseHead, NoContentCarriesNoLength) {
  MessageHead head;
  head.status = 204;
  head.reason = "No Content";
  head.headers = {{"Content-Length", "0"}, {"X-A", "1"}};
  std::string out;
  write_response_head(head, false, Ending::kClose, out);
  EXPECT_EQ(out, "HTTP/1.1 204 No Content\r\nX-A: 1\r\nConnection: close\r\n\r\n");
}

TEST(WriteOwnAnswer, HeadGetsTheLengthOnly) {
  std::string out;
  write_own_answer(503, "none", true, Ending::kKeepAlive, out);
  EXPECT_EQ(out, "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n");
}

}  // namespace
}  // namespace plumbline::gateway
