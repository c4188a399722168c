#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include <map>

#include "simulator/kube/transport/fixture.h"
#include "simulator/kube/transport/payload.h"

namespace plumbline::kube {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

/// A client of nghttp2, so that what is sent is judged by somebody else's reading.
class Http2Client {
 public:
  struct Answer {
    std::map<std::string, std::string> headers;
    std::string body;
    bool ended = false;
    std::uint32_t error = 0;
  };

  Http2Client() {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                      const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
          self(user).answers[frame->hd.stream_id].headers.emplace(
              std::string(reinterpret_cast<const char*>(name), name_size),
              std::string(reinterpret_cast<const char*>(value), value_size));
          return 0;
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        callbacks,
        [](nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t size, void* user) {
          self(user).answers[id].body.append(reinterpret_cast<const char*>(bytes), size);
          return 0;
        });
    nghttp2_session_callbacks_set_on_stream_close_callback(
        callbacks, [](nghttp2_session*, std::int32_t id, std::uint32_t error, void* user) {
          self(user).answers[id].ended = true;
          self(user).answers[id].error = error;
          return 0;
        });
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks,
                                                         [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
                                                           if (frame->hd.type == NGHTTP2_GOAWAY)
                                                             self(user).sent_away = true;
                                                           return 0;
                                                         });
    nghttp2_session_client_new(&session_, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
  }
  ~Http2Client() { nghttp2_session_del(session_); }
  Http2Client(const Http2Client&) = delete;
  Http2Client& operator=(const Http2Client&) = delete;

  std::int32_t ask(std::string method, std::string path, std::vector<std::pair<std::string, std::string>> more = {},
                   std::string body = {}) {
    std::vector<std::pair<std::string, std::string>> headers = {
        {":method", std::move(method)}, {":path", std::move(path)}, {":scheme", "https"}, {":authority", "h"}};
    headers.insert(headers.end(), more.begin(), more.end());
    std::vector<nghttp2_nv> fields;
    fields.reserve(headers.size());
    for (auto& [name, value] : headers)
      fields.push_back({reinterpret_cast<std::uint8_t*>(name.data()), reinterpret_cast<std::uint8_t*>(value.data()),
                        name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    nghttp2_data_provider provider{};
    provider.read_callback = [](nghttp2_session*, std::int32_t id, std::uint8_t* to, std::size_t size,
                                std::uint32_t* flags, nghttp2_data_source*, void* user) -> ssize_t {
      std::string& left = self(user).bodies_[id];
      const std::size_t count = std::min(size, left.size());
      std::copy_n(left.data(), count, to);
      left.erase(0, count);
      if (left.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
      return static_cast<ssize_t>(count);
    };
    const std::int32_t id = nghttp2_submit_request(session_, nullptr, fields.data(), fields.size(),
                                                   body.empty() ? nullptr : &provider, nullptr);
    bodies_[id] = std::move(body);
    return id;
  }

  /// Exchanges bytes until neither side has any.
  void talk(Session& server) {
    for (bool busy = true; busy;) {
      busy = false;
      const std::uint8_t* bytes = nullptr;
      for (ssize_t size; (size = nghttp2_session_mem_send(session_, &bytes)) > 0; busy = true)
        server.receive({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)});
      const std::string back = sent(server, 1000);
      if (back.empty()) continue;
      busy = true;
      ASSERT_EQ(nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(back.data()), back.size()),
                static_cast<ssize_t>(back.size()));
    }
  }
  nghttp2_session* get() { return session_; }

  std::map<std::int32_t, Answer> answers;
  bool sent_away = false;

 private:
  static Http2Client& self(void* user) { return *static_cast<Http2Client*>(user); }
  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, std::string> bodies_;
};

class Http2SessionTest : public ::testing::Test {
 protected:
  ScriptedHandler handler_;
  std::shared_ptr<Session> session_ = make_http2_session(handler_.context());
  Http2Client client_;
};

TEST_F(Http2SessionTest, ManyRequestsShareAConnection) {
  const std::int32_t first = client_.ask("GET", "/1"), second = client_.ask("PUT", "/2", {}, std::string(100'000, 'x'));
  client_.talk(*session_);
  EXPECT_THAT(client_.answers[first].headers, Contains(Pair(":status", "200")));
  EXPECT_THAT(client_.answers[first].headers, Contains(Pair("content-type", "text/plain")));
  EXPECT_THAT(client_.answers[first].headers, Contains(Pair("content-length", "7")));
  EXPECT_EQ(client_.answers[first].body, "GET /1 ");
  EXPECT_EQ(client_.answers[second].body, "PUT /2 " + std::string(100'000, 'x'));
  EXPECT_TRUE(client_.answers[second].ended);
  EXPECT_TRUE(session_->idle());
  EXPECT_FALSE(session_->finished());
}

TEST_F(Http2SessionTest, HeadersReachTheHandler) {
  client_.ask("GET", "/x", {{"accept", "application/json"}, {"authorization", "Bearer t"}, {"user-agent", "go"}});
  client_.talk(*session_);
  ASSERT_EQ(handler_.asked.size(), 1U);
  EXPECT_EQ(handler_.asked[0].accept, "application/json");
  EXPECT_EQ(handler_.asked[0].authorization, "Bearer t");
  EXPECT_EQ(handler_.asked[0].user_agent, "go");
  EXPECT_EQ(handler_.asked[0].from, "10.0.0.7");
}

TEST_F(Http2SessionTest, AnswersMayComeLateAndInAnyOrder) {
  handler_.answer = nullptr;
  const std::int32_t first = client_.ask("GET", "/1"), second = client_.ask("GET", "/2");
  client_.talk(*session_);
  ASSERT_EQ(handler_.kept.size(), 2U);
  handler_.kept[1](HttpResponse{200, "text/plain", "two"});
  client_.talk(*session_);
  EXPECT_EQ(client_.answers[second].body, "two");
  EXPECT_FALSE(client_.answers[first].ended);
  EXPECT_FALSE(session_->idle());
  session_.reset();
  handler_.kept[0](HttpResponse{});  // nobody is there any more
}

TEST_F(Http2SessionTest, LargeBodiesAreCompressedForWhoTakesIt) {
  const std::string large(2 * kGzipFrom, 'x');
  handler_.answer = [&](const HttpRequest&) { return HttpResponse{200, "application/json", large}; };
  const std::int32_t id = client_.ask("GET", "/x", {{"accept-encoding", "gzip"}});
  client_.talk(*session_);
  EXPECT_THAT(client_.answers[id].headers, Contains(Pair("content-encoding", "gzip")));
  EXPECT_EQ(gunzip(client_.answers[id].body), large);
}

TEST_F(Http2SessionTest, ABodyThatIsTooLargeIsRefusedAndTheConnectionGoesOn) {
  handler_.answer = [](const HttpRequest& request) {
    return HttpResponse{request.body_too_large ? 413 : 200, "text/plain", "words"};
  };
  const std::int32_t large = client_.ask("PUT", "/x", {}, std::string(kRequestBodyMax + 1, 'x'));
  client_.talk(*session_);
  EXPECT_THAT(client_.answers[large].headers, Contains(Pair(":status", "413")));
  const std::int32_t next = client_.ask("GET", "/y");
  client_.talk(*session_);
  EXPECT_EQ(client_.answers[next].body, "words");
}

TEST_F(Http2SessionTest, AHeadHasTheLengthButNoBody) {
  const std::int32_t id = client_.ask("HEAD", "/x");
  client_.talk(*session_);
  EXPECT_THAT(client_.answers[id].headers, Contains(Pair("content-length", "8")));
  EXPECT_EQ(client_.answers[id].body, "");
  EXPECT_TRUE(client_.answers[id].ended);
}

TEST_F(Http2SessionTest, AWatchIsToldEventsUntilItsTimeIsOver) {
  Store store(quiet_options());
  handler_.answer = [&](const HttpRequest&) -> Reply { return watch_pods(store, true, std::chrono::seconds(5)); };
  const std::int32_t id = client_.ask("GET", "/w");
  client_.talk(*session_);
  EXPECT_EQ(client_.answers[id].body, "");
  const int before = handler_.woken;
  ASSERT_EQ(handler_.woken_for_events, 0);
  ASSERT_TRUE(store.create(KindId::kPod, {{"metadata", {{"name", "a"}, {"namespace", "web"}}}}).has_value());
  EXPECT_EQ(handler_.woken_for_events, 1);
  EXPECT_EQ(handler_.woken, before) << "events may wait for others";
  client_.talk(*session_);
  EXPECT_THAT(client_.answers[id].body, HasSubstr("{\"type\":\"ADDED\",\"object\":{"));
  EXPECT_FALSE(client_.answers[id].ended);
  session_->tick(handler_.now + std::chrono::milliseconds(4999));
  client_.talk(*session_);
  EXPECT_FALSE(client_.answers[id].ended);
  session_->tick(handler_.now + std::chrono::seconds(5));
  client_.talk(*session_);
  EXPECT_THAT(client_.answers[id].body, HasSubstr("{\"type\":\"BOOKMARK\""));
  EXPECT_TRUE(client_.answers[id].ended);
}

TEST_F(Http2SessionTest, AWatchThatIsGivenUpGoes) {
  Store store(quiet_options());
  handler_.answer = [&](const HttpRequest&) -> Reply { return watch_pods(store, false, std::chrono::seconds(5)); };
  const std::int32_t id = client_.ask("GET", "/w");
  client_.talk(*session_);
  EXPECT_FALSE(session_->idle());
  nghttp2_submit_rst_stream(client_.get(), NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
  client_.talk(*session_);
  EXPECT_TRUE(session_->idle());
}

TEST_F(Http2SessionTest, WhatIsNotHttp2EndsTheConnection) {
  session_->receive("GET / HTTP/1.1\r\n\r\n");
  sent(*session_);
  EXPECT_TRUE(session_->finished());
}

TEST_F(Http2SessionTest, AnIdleConnectionIsRetiredPolitely) {
  client_.ask("GET", "/x");
  client_.talk(*session_);
  session_->retire();
  client_.talk(*session_);
  EXPECT_TRUE(client_.sent_away);
  EXPECT_TRUE(session_->finished());
}

}  // namespace
}  // namespace plumbline::kube
