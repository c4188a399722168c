#include <fmt/format.h>
#include <llhttp.h>

#include <algorithm>
#include <boost/beast/http/status.hpp>

#include "simulator/kube/transport/payload.h"
#include "simulator/kube/transport/request_head.h"
#include "simulator/kube/transport/session.h"

namespace plumbline::kube {
namespace {

constexpr std::size_t kHeldMax = std::size_t{64} * 1024;  // bytes of next requests that wait for the answer to this one
constexpr std::size_t kChunkMax = std::size_t{64} * 1024;  // of a streamed body

std::string_view reason_of(int code) {
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(code));
  return {reason.data(), reason.size()};
}

class Http1Session final : public Session, public std::enable_shared_from_this<Http1Session> {
 public:
  explicit Http1Session(SessionContext context) : context_(std::move(context)) {
    llhttp_init(&parser_, HTTP_REQUEST, settings());
    parser_.data = this;
  }

  void receive(std::string_view bytes) override;
  void end_of_input() override;
  void send(std::string& out, std::size_t size_max) override;
  bool wants_input() const override { return !last_ && held_.size() < kHeldMax; }
  bool finished() const override { return last_ && !waiting_ && !payload_ && outgoing_.empty(); }
  bool idle() const override { return !waiting_ && !payload_ && !begun_; }
  bool mid_request() const override { return begun_; }
  void tick(TimePoint now) override {
    if (payload_) payload_->tick(now);
  }
  void retire() override { last_ = true; }

 private:
  static Http1Session& self(llhttp_t* parser) { return *static_cast<Http1Session*>(parser->data); }
  static const llhttp_settings_t* settings();
  bool counted(std::size_t size) { return (head_size_ += size) <= kHeadMax; }
  int head_complete();
  int body(std::string_view piece);
  void parse(std::string_view bytes);
  void dispatch();
  void answer(std::unique_ptr<Payload> payload);
  /// Words for who does not speak HTTP; the connection ends.
  void refuse_head(int code);

  SessionContext context_;
  llhttp_t parser_{};
  RequestHead head_;
  std::string name_, value_;
  HttpRequest request_;
  std::size_t head_size_ = 0;
  bool begun_ = false;     ///< a request has begun to arrive
  bool complete_ = false;  ///< it is here
  bool waiting_ = false;   ///< it is being carried out
  bool last_ = false;      ///< nothing follows what is under way
  bool is_head_ = false, chunked_ = false, old_ = false;
  std::string held_;
  std::string outgoing_;  ///< heads, and what precedes them
  std::unique_ptr<Payload> payload_;
};

const llhttp_settings_t* Http1Session::settings() {
  static const llhttp_settings_t kSettings = [] {
    llhttp_settings_t made;
    llhttp_settings_init(&made);
    made.on_message_begin = [](llhttp_t* parser) {
      Http1Session& session = self(parser);
      session.begun_ = true;
      session.head_size_ = 0;
      session.head_ = {};
      session.request_ = {};
      return 0;
    };
    made.on_url = [](llhttp_t* parser, const char* at, std::size_t size) {
      if (!self(parser).counted(size)) return static_cast<int>(HPE_USER);
      self(parser).head_.target.append(at, size);
      return 0;
    };
    made.on_header_field = [](llhttp_t* parser, const char* at, std::size_t size) {
      if (!self(parser).counted(size)) return static_cast<int>(HPE_USER);
      self(parser).name_.append(at, size);
      return 0;
    };
    made.on_header_value = [](llhttp_t* parser, const char* at, std::size_t size) {
      if (!self(parser).counted(size)) return static_cast<int>(HPE_USER);
      self(parser).value_.append(at, size);
      return 0;
    };
    made.on_header_value_complete = [](llhttp_t* parser) {
      Http1Session& session = self(parser);
      session.head_.add(session.name_, session.value_);
      session.name_.clear();
      session.value_.clear();
      return 0;
    };
    made.on_headers_complete = [](llhttp_t* parser) { return self(parser).head_complete(); };
    made.on_body = [](llhttp_t* parser, const char* at, std::size_t size) { return self(parser).body({at, size}); };
    made.on_message_complete = [](llhttp_t* parser) {
      self(parser).complete_ = true;
      return static_cast<int>(HPE_PAUSED);
    };
    return made;
  }();
  return &kSettings;
}

int Http1Session::head_complete() {
  head_.method = llhttp_method_name(static_cast<llhttp_method_t>(parser_.method));
  old_ = parser_.http_major == 1 && parser_.http_minor == 0;
  request_ = head_.request(context_);
  const bool length_known = (parser_.flags & F_CONTENT_LENGTH) != 0;
  if (length_known && parser_.content_length > kRequestBodyMax) request_.body_too_large = true;
  if (head_.expects_continue && !old_ && !request_.body_too_large) outgoing_ += "HTTP/1.1 100 Continue\r\n\r\n";
  // A body that nobody asked to be sent need not be waited for.
  if (request_.body_too_large) {
    last_ = true;
    complete_ = true;
    return HPE_USER;
  }
  return 0;
}

int Http1Session::body(std::string_view piece) {
  if (request_.body.size() + piece.size() <= kRequestBodyMax) {
    request_.body.append(piece);
    return 0;
  }
  request_.body.clear();
  request_.body_too_large = true;
  last_ = true;
  complete_ = true;
  return HPE_USER;
}

void Http1Session::receive(std::string_view bytes) {
  if (last_ && !begun_) return;
  if (waiting_ || payload_) {
    held_.append(bytes);
    return;
  }
  parse(bytes);
}

void Http1Session::parse(std::string_view bytes) {
  const llhttp_errno_t error = llhttp_execute(&parser_, bytes.data(), bytes.size());
  if (complete_) {
    if (error == HPE_PAUSED || error == HPE_PAUSED_UPGRADE) {
      const char* end = llhttp_get_error_pos(&parser_);
      held_.assign(end, static_cast<std::size_t>(bytes.data() + bytes.size() - end));
    }
    return dispatch();
  }
  if (error == HPE_OK) return;
  refuse_head(head_size_ > kHeadMax ? 431 : 400);
}

void Http1Session::dispatch() {
  complete_ = false;
  begun_ = false;
  waiting_ = true;
  if (last_ || llhttp_should_keep_alive(&parser_) == 0 || parser_.upgrade != 0) last_ = true;
  is_head_ = request_.method == "HEAD";
  const bool gzip = takes_gzip(request_.accept_encoding);
  context_.handler(std::move(request_), [weak = weak_from_this(), head = is_head_, gzip](Reply reply) {
    const auto session = weak.lock();
    if (!session || !session->waiting_) return;
    session->answer(std::make_unique<Payload>(std::move(reply), Payload::Wish{head, gzip}, session->context_.now()));
  });
}

void Http1Session::answer(std::unique_ptr<Payload> payload) {
  waiting_ = false;
  payload_ = std::move(payload);
  chunked_ = !payload_->size() && !is_head_ && !old_;
  if (!payload_->size() && old_) last_ = true;
  outgoing_ += fmt::format("HTTP/1.{} {} {}\r\n", old_ ? 0 : 1, payload_->code(), reason_of(payload_->code()));
  for (const auto& [name, value] : payload_->headers())
    outgoing_.append(name).append(": ").append(value).append("\r\n");
  if (chunked_) outgoing_ += "Transfer-Encoding: chunked\r\n";
  if (last_)
    outgoing_ += "Connection: close\r\n";
  else if (old_)
    outgoing_ += "Connection: keep-alive\r\n";
  outgoing_ += "\r\n";
  payload_->on_ready(context_.wake_for_events);
  context_.wake();
}

void Http1Session::refuse_head(int code) {
  last_ = true;
  begun_ = false;
  outgoing_ +=
      fmt::format("HTTP/1.1 {0} {1}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n{0} {1}",
                  code, reason_of(code));
}

void Http1Session::end_of_input() {
  last_ = true;
  begun_ = false;
  held_.clear();
  // Who does not listen any more watches nothing.
  if (payload_ && payload_->is_watch()) payload_.reset();
  if (waiting_) waiting_ = false;
}

void Http1Session::send(std::string& out, std::size_t size_max) {
  for (;;) {
    out += outgoing_;
    outgoing_.clear();
    if (!payload_ || out.size() >= size_max) return;
    if (chunked_) {
      // What watchers share is copied once for each of them: straight into `out`.
      const std::size_t begin = out.size();
      payload_->take(out, std::min(size_max, begin + kChunkMax));
      if (out.size() > begin) out.insert(begin, fmt::format("{:x}\r\n", out.size() - begin)).append("\r\n");
    } else {
      payload_->take(out, size_max);
    }
    if (!payload_->ended()) {
      if (chunked_ && !payload_->is_watch() && out.size() < size_max) continue;
      return;
    }
    if (chunked_) out += "0\r\n\r\n";
    payload_.reset();
    if (last_) return;
    llhttp_resume(&parser_);
    if (held_.empty()) return;
    const std::string next = std::move(held_);
    held_.clear();
    parse(next);
  }
}

}  // namespace

std::shared_ptr<Session> make_http1_session(SessionContext context) {
  return std::make_shared<Http1Session>(std::move(context));
}

}  // namespace plumbline::kube
