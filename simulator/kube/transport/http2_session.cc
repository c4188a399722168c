#include <fmt/format.h>
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <map>
#include <new>

#include "simulator/kube/transport/payload.h"
#include "simulator/kube/transport/request_head.h"
#include "simulator/kube/transport/session.h"

namespace plumbline::kube {
namespace {

constexpr std::uint32_t kStreamsMax = 250;  // at once, as real API servers allow; Go clients open another connection
constexpr std::int32_t kStreamWindow = 256 * 1024;
constexpr std::int32_t kConnectionWindow = 16 * 1024 * 1024;
constexpr std::size_t kPieceMax = std::size_t{64} * 1024;  // of a body, ready to be framed

class Http2Session final : public Session, public std::enable_shared_from_this<Http2Session> {
 public:
  explicit Http2Session(SessionContext context);

  void receive(std::string_view bytes) override;
  void end_of_input() override { broken_ = true; }
  void send(std::string& out, std::size_t size_max) override;
  bool wants_input() const override { return !broken_; }
  bool finished() const override {
    return broken_ ||
           (nghttp2_session_want_read(session_.get()) == 0 && nghttp2_session_want_write(session_.get()) == 0);
  }
  bool idle() const override { return streams_.empty(); }
  bool mid_request() const override {
    return std::any_of(streams_.begin(), streams_.end(), [](const auto& entry) { return !entry.second.dispatched; });
  }
  void tick(TimePoint now) override;
  void retire() override { nghttp2_session_terminate_session(session_.get(), NGHTTP2_NO_ERROR); }

 private:
  struct Stream {
    RequestHead head;
    std::size_t head_size = 0;
    std::string body;
    bool too_large = false;
    bool dispatched = false, is_head = false, gzip = false;
    std::unique_ptr<Payload> payload;
    std::string piece;       ///< of the body
    std::size_t framed = 0;  ///< bytes of it that were
    bool deferred = false;   ///< the payload had nothing, and is waited for
  };
  struct Free {
    void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  };

  static Http2Session& self(void* user) { return *static_cast<Http2Session*>(user); }
  static nghttp2_session_callbacks* callbacks();
  Stream* find(std::int32_t id) {
    const auto found = streams_.find(id);
    return found == streams_.end() ? nullptr : &found->second;
  }
  int header(std::int32_t id, std::string_view name, std::string_view value);
  void body(std::int32_t id, std::string_view piece);
  void dispatch(std::int32_t id, Stream& stream);
  void answer(std::int32_t id, Reply reply);
  void resume(std::int32_t id);
  ssize_t frame(std::int32_t id, std::uint8_t* to, std::size_t size, std::uint32_t* flags);

  SessionContext context_;
  std::map<std::int32_t, Stream> streams_;
  bool broken_ = false;
  std::unique_ptr<nghttp2_session, Free> session_;  ///< last: goes first
};

nghttp2_session_callbacks* Http2Session::callbacks() {
  static nghttp2_session_callbacks* const kCallbacks = [] {
    nghttp2_session_callbacks* made = nullptr;
    if (nghttp2_session_callbacks_new(&made) != 0) throw std::bad_alloc();
    nghttp2_session_callbacks_set_on_begin_headers_callback(
        made, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
          if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
            self(user).streams_.try_emplace(frame->hd.stream_id);
          return 0;
        });
    nghttp2_session_callbacks_set_on_header_callback(
        made, [](nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                 const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
          return self(user).header(frame->hd.stream_id, {reinterpret_cast<const char*>(name), name_size},
                                   {reinterpret_cast<const char*>(value), value_size});
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        made,
        [](nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t size, void* user) {
          self(user).body(id, {reinterpret_cast<const char*>(bytes), size});
          return 0;
        });
    nghttp2_session_callbacks_set_on_frame_recv_callback(
        made, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
          const bool carries = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
          if (!carries || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
          if (Stream* stream = self(user).find(frame->hd.stream_id); stream != nullptr && !stream->dispatched)
            self(user).dispatch(frame->hd.stream_id, *stream);
          return 0;
        });
    nghttp2_session_callbacks_set_on_stream_close_callback(
        made, [](nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
          self(user).streams_.erase(id);
          return 0;
        });
    return made;
  }();
  return kCallbacks;
}

Http2Session::Http2Session(SessionContext context) : context_(std::move(context)) {
  nghttp2_session* made = nullptr;
  if (nghttp2_session_server_new(&made, callbacks(), this) != 0) throw std::bad_alloc();
  session_.reset(made);
  const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, kStreamsMax},
                                             {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindow},
                                             {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kHeadMax}};
  nghttp2_submit_settings(made, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(made, NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
}

int Http2Session::header(std::int32_t id, std::string_view name, std::string_view value) {
  Stream* stream = find(id);
  if (stream == nullptr) return 0;
  stream->head_size += name.size() + value.size();
  if (stream->head_size > kHeadMax) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  if (name == ":method")
    stream->head.method = value;
  else if (name == ":path")
    stream->head.target = value;
  else
    stream->head.add(name, value);
  return 0;
}

void Http2Session::body(std::int32_t id, std::string_view piece) {
  Stream* stream = find(id);
  if (stream == nullptr || stream->too_large) return;
  if (stream->body.size() + piece.size() <= kRequestBodyMax) {
    stream->body.append(piece);
    return;
  }
  stream->body = {};
  stream->too_large = true;
  dispatch(id, *stream);
}

void Http2Session::dispatch(std::int32_t id, Stream& stream) {
  stream.dispatched = true;
  HttpRequest request = stream.head.request(context_);
  request.body = std::move(stream.body);
  request.body_too_large = stream.too_large;
  stream.is_head = request.method == "HEAD";
  stream.gzip = takes_gzip(request.accept_encoding);
  context_.handler(std::move(request), [weak = weak_from_this(), id](Reply reply) {
    if (const auto session = weak.lock()) session->answer(id, std::move(reply));
  });
}

void Http2Session::answer(std::int32_t id, Reply reply) {
  Stream* stream = find(id);
  if (stream == nullptr || stream->payload) return;
  stream->payload =
      std::make_unique<Payload>(std::move(reply), Payload::Wish{stream->is_head, stream->gzip}, context_.now());
  auto headers = stream->payload->headers();
  headers.emplace(headers.begin(), ":status", std::to_string(stream->payload->code()));
  std::vector<nghttp2_nv> fields;
  for (auto& [name, value] : headers) {
    std::transform(name.begin(), name.end(), name.begin(), [](char letter) {
      return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
    });
    fields.push_back({reinterpret_cast<std::uint8_t*>(name.data()), reinterpret_cast<std::uint8_t*>(value.data()),
                      name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
  }
  nghttp2_data_provider body{};
  body.source.fd = 0;
  body.read_callback = [](nghttp2_session*, std::int32_t stream_id, std::uint8_t* to, std::size_t size,
                          std::uint32_t* flags, nghttp2_data_source*,
                          void* user) { return self(user).frame(stream_id, to, size, flags); };
  const bool empty = stream->payload->ended();
  if (nghttp2_submit_response(session_.get(), id, fields.data(), fields.size(), empty ? nullptr : &body) != 0)
    broken_ = true;
  stream->payload->on_ready([weak = weak_from_this(), id] {
    if (const auto session = weak.lock()) session->resume(id);
  });
  context_.wake();
}

void Http2Session::resume(std::int32_t id) {
  Stream* stream = find(id);
  if (stream == nullptr || !stream->deferred) return;
  stream->deferred = false;
  nghttp2_session_resume_data(session_.get(), id);
  context_.wake_for_events();
}

ssize_t Http2Session::frame(std::int32_t id, std::uint8_t* to, std::size_t size, std::uint32_t* flags) {
  Stream* stream = find(id);
  if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  if (stream->framed == stream->piece.size()) {
    stream->piece.clear();
    stream->framed = 0;
    stream->payload->take(stream->piece, kPieceMax);
  }
  const std::size_t count = std::min(size, stream->piece.size() - stream->framed);
  std::copy_n(stream->piece.data() + stream->framed, count, to);
  stream->framed += count;
  const bool drained = stream->framed == stream->piece.size();
  if (drained) stream->piece = {};
  if (drained) stream->framed = 0;
  if (drained && stream->payload->ended()) {
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    // Who sends more than is taken is told to stop.
    if (stream->too_large) nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id, NGHTTP2_NO_ERROR);
  } else if (count == 0) {
    stream->deferred = true;
    return NGHTTP2_ERR_DEFERRED;
  }
  return static_cast<ssize_t>(count);
}

void Http2Session::receive(std::string_view bytes) {
  if (broken_) return;
  const ssize_t taken =
      nghttp2_session_mem_recv(session_.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (taken < 0) broken_ = true;
}

void Http2Session::send(std::string& out, std::size_t size_max) {
  while (out.size() < size_max) {
    const std::uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_.get(), &bytes);
    if (size < 0) broken_ = true;
    if (size <= 0) return;
    out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  }
}

void Http2Session::tick(TimePoint now) {
  for (auto& [id, stream] : streams_)
    if (stream.payload) stream.payload->tick(now);
}

}  // namespace

std::shared_ptr<Session> make_http2_session(SessionContext context) {
  return std::make_shared<Http2Session>(std::move(context));
}

}  // namespace plumbline::kube
