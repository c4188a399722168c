#include "simulator/pods/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "simulator/pods/json_text.h"

namespace plumbline::pods {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;

const Identity kPod{ClusterId("cls-1"), "default", "httpbin-v1-x", "uid-1", "1"};
const Ends kEnds{"10.0.255.10", "10.0.16.3"};

Request request(const std::string& method, const std::string& target) {
  Request made;
  made.method = method;
  made.target = target;
  made.headers = {{"Host", "api"}};
  return made;
}

Answer get(const std::string& target) { return answer_as(kPod, request("GET", target), kEnds); }

TEST(Answer, SaysWhoItIsAndWhatItReceived) {
  Request post = request("POST", "/anything/x?a=1&b=%20+&a=2");
  post.headers.push_back({"X-Two", "1"});
  post.headers.push_back({"x-two", "2"});
  post.body = "body \"quoted\"";
  const Answer answer = answer_as(kPod, post, kEnds);
  EXPECT_EQ(200, answer.status);
  EXPECT_EQ((Header{"X-Pod", "cls-1/default/httpbin-v1-x#uid-1"}), answer.headers[1]);
  const json body = json::parse(answer.body);
  EXPECT_EQ((json{{"cluster", "cls-1"},
                  {"namespace", "default"},
                  {"name", "httpbin-v1-x"},
                  {"uid", "uid-1"},
                  {"version", "1"},
                  {"address", "10.0.16.3"}}),
            body["pod"]);
  EXPECT_EQ("POST", body["method"]);
  EXPECT_EQ("/anything/x", body["path"]);
  EXPECT_EQ("  ", body["args"]["b"]);
  EXPECT_EQ((json{{"Host", "api"}, {"X-Two", "1, 2"}}), body["headers"]);
  EXPECT_EQ("10.0.255.10", body["origin"]);
  EXPECT_EQ("body \"quoted\"", body["data"]);
}

TEST(Answer, OriginIsTheClientThatAGatewayNames) {
  Request forwarded = request("GET", "/get");
  forwarded.headers.push_back({"x-forwarded-for", "203.0.113.9"});
  EXPECT_EQ("203.0.113.9", json::parse(answer_as(kPod, forwarded, kEnds).body)["origin"]);
  forwarded.headers.push_back({"X-Forwarded-For", "10.0.255.1"});
  EXPECT_EQ("203.0.113.9, 10.0.255.1", json::parse(answer_as(kPod, forwarded, kEnds).body)["origin"]);
}

TEST(Answer, BytesThatAreNoTextStayValidJson) {
  Request post = request("POST", "/\x80");
  post.headers.push_back({"X", "\xff\xc3\xa9"});
  post.body = std::string("\x00\xff", 2);
  const json body = json::parse(answer_as(kPod, post, {}).body);
  EXPECT_EQ("data:application/octet-stream;base64,AP8=", body["data"]);
  EXPECT_EQ("\xef\xbf\xbd\xc3\xa9", body["headers"]["X"]);
}

TEST(Answer, FollowsThePath) {
  EXPECT_EQ(418, get("/status/418").status);
  EXPECT_EQ("", get("/status/418").body);
  EXPECT_EQ(std::chrono::milliseconds(1500), get("/delay/1.5").delay);
  EXPECT_EQ(1048576U, get("/bytes/1048576").body.size());
  EXPECT_EQ(get("/bytes/100?seed=7").body, get("/bytes/100?seed=7").body);
  EXPECT_NE(get("/bytes/100?seed=7").body, get("/bytes/100?seed=8").body);
  EXPECT_TRUE(get("/stream-bytes/10").chunked);
  EXPECT_TRUE(get("/get?chunked").chunked);
  EXPECT_FALSE(get("/get").chunked);
  EXPECT_EQ("/get", json::parse(get("http://api/get").body)["path"]);
}

TEST(Answer, RefusesBadArgumentsAndSaysWhoRefuses) {
  for (const char* target : {"/status/199", "/status/600", "/status/x", "/bytes/16777217", "/bytes/-1", "/bytes/",
                             "/delay/61", "/delay/-1", "/delay/x", "/bytes/1?seed=x"}) {
    const Answer answer = get(target);
    EXPECT_EQ(400, answer.status) << target;
    EXPECT_EQ("httpbin-v1-x", json::parse(answer.body)["pod"]["name"]) << target;
  }
}

TEST(Answer, WantsExactlyOneHost) {
  Request none = request("GET", "/get");
  none.headers.clear();
  EXPECT_EQ(400, answer_as(kPod, none, {}).status);
  Request two = request("GET", "/get");
  two.headers.push_back({"host", "other"});
  EXPECT_EQ(400, answer_as(kPod, two, {}).status);
  none.minor = 0;
  EXPECT_EQ(200, answer_as(kPod, none, {}).status);
}

TEST(Serialize, FramesTheBody) {
  Answer answer;
  answer.body = "hello";
  EXPECT_EQ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", serialize(answer, 1, false, false));
  EXPECT_EQ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", serialize(answer, 1, false, true));
  EXPECT_EQ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
            serialize(answer, 1, true, false));
  EXPECT_THAT(serialize(answer, 0, false, false), HasSubstr("Connection: keep-alive"));
  answer.chunked = true;
  EXPECT_EQ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            serialize(answer, 1, false, false));
  EXPECT_THAT(serialize(answer, 0, false, false), HasSubstr("Content-Length: 5"));
  answer.status = 204;
  EXPECT_EQ("HTTP/1.1 204 No Content\r\n\r\n", serialize(answer, 1, false, false));
}

TEST(Serialize, ChunksOfALongBodyAddUp) {
  Answer answer;
  answer.chunked = true;
  answer.body = std::string(20'000, 'x');
  const std::string text = serialize(answer, 1, false, false);
  EXPECT_THAT(text, HasSubstr("\r\n2000\r\nxxx"));
  EXPECT_THAT(text, EndsWith("x\r\n0\r\n\r\n"));
  EXPECT_EQ(20'000, std::count(text.begin() + static_cast<std::ptrdiff_t>(text.find("\r\n\r\n")), text.end(), 'x'));
}

TEST(JsonText, Utf8AsTheStandardSaysIt) {
  for (const char* good : {"a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) EXPECT_TRUE(is_utf8(good)) << good;
  for (const char* bad : {"\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5", "\xc3"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

}  // namespace
}  // namespace plumbline::pods
