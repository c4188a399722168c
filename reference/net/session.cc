#include "reference/net/session.h"

#include <boost/asio/write.hpp>

#include "reference/net/gather.h"
#include "reference/net/worker.h"

namespace plumbline::gateway {
namespace {

constexpr std::chrono::milliseconds kDrainMax{1000};
constexpr std::size_t kDrainBytesMax = std::size_t{1024} * 1024;

MadeUpAnswer refusal(int status, std::string_view message) {
  return {.status = status, .body = "{\"message\":\"" + std::string(message) + "\"}"};
}

/// Lets `add` append fields to a complete head, before its empty line.
template <class Add>
void add_fields(std::string& head, const Add& add) {
  constexpr std::string_view kEnd = "\r\n";
  head.resize(head.size() - kEnd.size());
  add(head);
  head += kEnd;
}

}  // namespace

Session::Session(Worker& worker, Socket client, std::uint64_t number)
    : worker_(worker), client_(std::move(client)), number_(number), pump_ended_(worker.executor()), deadline_([this] {
        on_deadline();
      }) {
  boost::system::error_code ignored;
  client_address_ = client_.remote_endpoint(ignored).address().to_string();
}

Session::~Session() { worker_.ended(*this); }

void Session::close() {
  boost::system::error_code ignored;
  client_.close(ignored);
  if (pod_) pod_->socket.close(ignored);
}

Task<void> Session::run([[maybe_unused]] std::unique_ptr<Session> self) {
  while (!worker_.stopping() && co_await read_request()) {
    const Ending ending = co_await serve();
    if (!pump_began_) in_.consume(first_piece_.consumed);
    if (ending == Ending::kClose) break;
  }
  if (!client_gone_) co_await drain_client();
}

Task<bool> Session::read_request() {
  const ServerOptions& options = worker_.options();
  reader_.restart();
  expired_ = false;
  request_.persistent = request_.head_only = false;
  bool begun = false;
  while (true) {
    if (!in_.empty()) {
      const HeadState state = reader_.read_head(in_.view(), options.head_bytes_max);
      if (state == HeadState::kComplete) co_return true;
      if (state == HeadState::kMalformed) {
        co_await refuse(400, "malformed request");
        co_return false;
      }
      if (state == HeadState::kTooLarge) {
        co_await refuse(431, "request head too large");
        co_return false;
      }
    }
    if (!begun) {
      begun = !in_.empty();
      start_deadline(worker_.now() + (begun ? options.head_timeout : options.idle_timeout));
    }
    char* room = in_.prepare(kReadBytes);
    const auto [error, count] = co_await client_.async_read_some(asio::buffer(room, kReadBytes), kCompletion);
    in_.commit(count);
    if (error || expired_) {
      client_gone_ = !(expired_ && begun);
      if (!client_gone_) co_await refuse(408, "request head incomplete");
      co_return false;
    }
  }
}

Task<Ending> Session::serve() {
  pump_began_ = body_malformed_ = body_late_ = false;
  body_offset_ = response_offset_ = 0;
  const std::optional<MadeUpAnswer> own = admit();
  in_.consume(reader_.head_bytes());
  first_piece_ = reader_.read_body(in_.data(), in_.size());
  body_complete_ = first_piece_.complete && !first_piece_.malformed;
  body_due_ = !reader_.head().expects_continue || first_piece_.consumed > 0;
  if (first_piece_.malformed) co_return co_await refuse(400, "malformed request body");
  if (own) co_return co_await answer(*own);

  const Outcome outcome = co_await ask_pods();
  if (outcome == Outcome::kAnswered) co_return co_await relay_response();
  co_return co_await answer_failure(outcome);
}

std::optional<MadeUpAnswer> Session::admit() {
  const MessageHead& head = reader_.head();
  const RequestShaping* shaping = worker_.options().shaping;
  request_.head_only = head.method == "HEAD";
  request_.version_1_0 = head.version_minor == 0;
  request_.persistent = head.persistent && !request_.version_1_0;

  Target target;
  if (!split_target(head, target)) {
    request_.persistent = false;
    return refusal(400, "request target not served");
  }
  const std::string_view host = target.authority.empty() ? head.host : target.authority;
  const ShapedRequest shaped{.method = head.method, .target = head.target, .host = host, .connection = number_};
  if (shaping != nullptr) [[unlikely]] {
    if (auto made_up = shaping->answer(shaped)) return made_up;
  }
  const Route* route = worker_.dispatcher().route(head.method, target.path);
  if (route == nullptr) return refusal(404, "no API takes this method and path");

  if (route->scheme != Scheme::kHttp) return refusal(502, "TLS to Pods is not offered");

  request_.tunnel = route->tunnel.str();
  request_.timeout = route->timeout;
  request_.give_up = worker_.now() + route->timeout;
  request_.repeats_left = route->retries;
  request_.idempotent = idempotent(head.method);
  request_.tried.clear();
  std::string pod_target = Dispatcher::backend_path(*route, target.path);
  pod_target.append(target.query);
  std::string pod_host(route->host ? std::string_view(*route->host) : host);
  request_.chunked_to_pod = head.framing == Framing::kChunked;
  if (shaping != nullptr) [[unlikely]] {
    shaping->target(shaped, pod_target);
    shaping->host(shaped, pod_host);
    request_.chunked_to_pod |= head.framing == Framing::kLength && shaping->reframes_bodies();
  }
  request_.head.clear();
  write_request_head(head, pod_target, pod_host, client_address_, request_.chunked_to_pod, request_.head);
  if (shaping != nullptr) [[unlikely]] {
    add_fields(request_.head, [shaping](std::string& out) { shaping->request_fields(out); });
  }
  return std::nullopt;
}

Task<Ending> Session::relay_response() {
  const MessageHead& head = pod_reader_.head();
  const RequestShaping* shaping = worker_.options().shaping;
  const bool reframes = shaping != nullptr && shaping->reframes_bodies();
  if (request_.head_only) pod_reader_.expect_no_body();
  const Framing framing = head.framing;
  const bool has_end = framing == Framing::kNone || (framing == Framing::kLength && !reframes);
  const bool chunked = !has_end && !request_.version_1_0;
  const Ending ending = request_.persistent && body_complete_ ? Ending::kKeepAlive : Ending::kClose;
  out_.clear();
  write_response_head(head, chunked, ending, out_);
  if (shaping != nullptr) [[unlikely]] {
    add_fields(out_, [shaping](std::string& out) { shaping->response_fields(out); });
  }
  const bool reusable = head.persistent && framing != Framing::kUntilClose;
  pod_in_.consume(pod_reader_.head_bytes());

  std::string_view before = out_;
  bool whole = false;
  while (true) {
    BodyPiece piece = pod_reader_.read_body(pod_in_.data(), pod_in_.size());
    if (piece.malformed || !co_await send_to_client(before, piece, chunked)) break;
    before = {};
    pod_in_.consume(piece.consumed);
    whole = piece.complete;
    if (whole) break;
    start_deadline(worker_.now() + request_.timeout);
    char* room = pod_in_.prepare(kReadBytes);
    const auto [error, count] = co_await pod_->socket.async_read_some(asio::buffer(room, kReadBytes), kCompletion);
    pod_in_.commit(count);
    if (expired_ || client_gone_) break;
    if (error == asio::error::eof && pod_reader_.finish()) {
      BodyPiece last;
      last.complete = true;
      whole = co_await send_to_client({}, last, chunked);
      break;
    }
    if (error) break;
  }
  // An answer that was cut must not look complete: nothing is sent behind it, and the connection ends.
  client_gone_ |= !whole;
  co_await end_pump();
  if (whole && reusable && body_complete_ && pod_in_.empty()) {
    keep_pod();
  } else {
    drop_pod();
  }
  co_return client_gone_ ? Ending::kClose : ending;
}

Task<Ending> Session::answer_failure(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNoNode:
      co_return co_await refuse(503, "no Pod is ready to take this request");
    case Outcome::kLate:
      co_return co_await refuse(504, "the Pod did not answer in time");
    case Outcome::kRequestEnded:
      if (client_gone_) co_return Ending::kClose;
      if (body_malformed_) co_return co_await refuse(400, "malformed request body");
      co_return co_await refuse(408, "request body incomplete");
    case Outcome::kNotConnected:
      co_return co_await refuse(502, "no Pod took the connection");
    case Outcome::kBroken:
    case Outcome::kAnswered:
      break;
  }
  co_return co_await refuse(502, "the Pod gave no valid answer");
}

// A function of its own: g++ 12 destroys temporaries of a co_await expression twice.
Task<Ending> Session::refuse(int status, std::string_view message) {
  const MadeUpAnswer own = refusal(status, message);
  co_return co_await answer(own);
}

Task<Ending> Session::answer(const MadeUpAnswer& own) {
  const Ending ending = request_.persistent && body_complete_ ? Ending::kKeepAlive : Ending::kClose;
  out_.clear();
  write_own_answer(own.status, own.content_type, own.body, request_.head_only, ending, out_);
  expired_ = false;
  if (!co_await send_to_client(out_, {}, false)) {
    client_gone_ = true;
    co_return Ending::kClose;
  }
  co_return ending;
}

// Reads what the client still sends before closing, so that a reset does not overtake the answer (RFC 9112 9.6).
Task<void> Session::drain_client() {
  boost::system::error_code error;
  client_.shutdown(asio::socket_base::shutdown_send, error);
  expired_ = false;
  start_deadline(worker_.now() + kDrainMax);
  in_.clear();
  for (std::size_t drained = 0; !error && !expired_ && drained < kDrainBytesMax;) {
    char* room = in_.prepare(kReadBytes);
    std::size_t count = 0;
    std::tie(error, count) = co_await client_.async_read_some(asio::buffer(room, kReadBytes), kCompletion);
    drained += count;
  }
}

Task<bool> Session::send_to_client(std::string_view before, const BodyPiece& piece, bool chunked) {
  std::string_view bytes = piece.bytes;
  const RequestShaping* shaping = worker_.options().shaping;
  if (shaping != nullptr && shaping->reframes_bodies() && !bytes.empty()) [[unlikely]] {
    reshaped_response_.assign(bytes);
    shaping->response_body(reshaped_response_, response_offset_);
    bytes = reshaped_response_;
  }
  response_offset_ += piece.bytes.size();
  const Gather gather(before, bytes, chunked, piece.complete);
  if (gather.empty()) co_return true;
  start_deadline(worker_.now() + worker_.options().idle_timeout);
  const auto [error, count] = co_await asio::async_write(client_, gather.buffers(), kCompletion);
  co_return !error;
}

void Session::start_deadline(Moment at) { worker_.deadlines().set(deadline_, at); }

void Session::on_deadline() {
  expired_ = true;
  body_late_ = pump_waits_for_client_ && body_due_;
  boost::system::error_code ignored;
  client_.cancel(ignored);
  if (pod_) pod_->socket.cancel(ignored);
}

}  // namespace plumbline::gateway
