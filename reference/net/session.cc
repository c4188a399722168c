#include "reference/net/session.h"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>
#include <charconv>

#include "reference/net/worker.h"

namespace plumbline::gateway {
namespace {

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr int kDialsMax = 8;           ///< Pods that one request tries to connect to
constexpr int kInterimAnswersMax = 8;  ///< 1xx responses before the final one
constexpr std::chrono::milliseconds kDrainMax{1000};
constexpr std::size_t kDrainBytesMax = 1024 * 1024;

MadeUpAnswer refusal(int status, std::string_view message) {
  return {.status = status, .body = "{\"message\":\"" + std::string(message) + "\"}"};
}

/// One write of up to four pieces: a head, and a piece of body that may be framed as a chunk.
class Gather {
 public:
  Gather(std::string_view before, std::string_view bytes, bool chunked, bool last) {
    add(before);
    if (!chunked) {
      add(bytes);
      return;
    }
    if (!bytes.empty()) {
      const auto end =
          std::to_chars(size_line_.data(), size_line_.data() + size_line_.size() - 2, bytes.size(), 16).ptr;
      end[0] = '\r';
      end[1] = '\n';
      add({size_line_.data(), static_cast<std::size_t>(end + 2 - size_line_.data())});
      add(bytes);
      add(last ? "\r\n0\r\n\r\n" : "\r\n");
    } else if (last) {
      add("0\r\n\r\n");
    }
  }
  const std::array<asio::const_buffer, 4>& buffers() const { return buffers_; }
  bool empty() const { return count_ == 0; }

 private:
  void add(std::string_view piece) {
    if (!piece.empty()) buffers_[count_++] = asio::buffer(piece.data(), piece.size());
  }
  std::array<asio::const_buffer, 4> buffers_;
  std::size_t count_ = 0;
  std::array<char, 20> size_line_;
};

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
  return std::nullopt;
}

Task<Session::Outcome> Session::ask_pods() {
  bool same_pod = false;
  while (true) {
    if (const std::optional<Outcome> failed = co_await connect(same_pod)) co_return *failed;
    const bool maybe_stale = pod_->used;
    Outcome outcome = Outcome::kBroken;
    pod_spoke_ = nothing_sent_ = false;
    body_offset_ = 0;
    start_deadline(request_.give_up);
    if (co_await send_to_pod(request_.head, first_piece_)) {
      if (!body_complete_) {
        pump_runs_ = pump_began_ = true;
        pump_stops_ = false;
        asio::co_spawn(worker_.executor(), pump_body(), asio::detached);
      }
      outcome = co_await read_response();
    }
    if (outcome == Outcome::kAnswered) co_return outcome;
    if (outcome == Outcome::kBroken && expired_) outcome = Outcome::kLate;
    co_await end_pump();
    drop_pod();
    if (outcome != Outcome::kBroken || pod_spoke_ || pump_began_) co_return outcome;
    // RFC 9110 9.2.2: only what is idempotent, or never left here, may be sent again.
    if (!request_.idempotent && !nothing_sent_) co_return outcome;
    same_pod = maybe_stale;
    if (same_pod) continue;
    if (request_.repeats_left-- <= 0) co_return outcome;
    request_.tried.push_back(pod_key_);
  }
}

Task<std::optional<Session::Outcome>> Session::connect(bool same_pod) {
  Dispatcher& dispatcher = worker_.dispatcher();
  for (int dials = 0; dials < kDialsMax; ++dials) {
    if (worker_.stopping()) co_return Outcome::kNotConnected;
    if (worker_.now() >= request_.give_up) co_return Outcome::kLate;
    const bool fresh = same_pod && dials == 0 && dispatcher.is_node(pod_key_);
    if (!fresh) {
      const Endpoint* picked = dispatcher.pick(TunnelId(request_.tunnel), request_.tried, number_);
      if (picked == nullptr) co_return request_.tried.empty() ? Outcome::kNoNode : Outcome::kNotConnected;
      pod_key_ = picked->key;
      pod_address_ = picked->address;
      pod_port_ = picked->port;
      // A request that may be repeated finds out by itself whether the Pod has closed the connection.
      const bool may_repeat = request_.idempotent && body_complete_;
      while ((pod_ = worker_.pool().take(pod_key_))) {
        if (may_repeat || pod_->quiet()) co_return std::nullopt;
      }
    }
    if (co_await dial()) co_return std::nullopt;
    request_.tried.push_back(pod_key_);
  }
  co_return Outcome::kNotConnected;
}

Task<bool> Session::dial() {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(pod_address_, error);
  if (error) co_return false;
  pod_ = std::make_unique<Upstream>(worker_.executor());
  start_deadline(std::min(worker_.now() + worker_.options().connect_timeout, request_.give_up));
  std::tie(error) = co_await pod_->socket.async_connect({address, pod_port_}, kCompletion);
  expired_ = false;
  if (error) {
    drop_pod();
    co_return false;
  }
  pod_->socket.set_option(asio::ip::tcp::no_delay(true), error);
  co_return true;
}

Task<Session::Outcome> Session::read_response() {
  pod_in_.clear();
  pod_reader_.restart();
  int interim = 0;
  while (true) {
    if (!pod_in_.empty()) {
      const HeadState state = pod_reader_.read_head(pod_in_.view(), worker_.options().head_bytes_max);
      if (state == HeadState::kMalformed || state == HeadState::kTooLarge) co_return Outcome::kBroken;
      if (state == HeadState::kComplete) {
        const MessageHead& head = pod_reader_.head();
        if (head.status / 100 != 1) co_return Outcome::kAnswered;
        if (head.status == 101 || ++interim > kInterimAnswersMax) co_return Outcome::kBroken;
        if (!request_.version_1_0) {
          out_.clear();
          write_response_head(head, false, Ending::kKeepAlive, out_);
          if (!co_await send_to_client(out_, {}, false)) {
            client_gone_ = true;
            co_return Outcome::kRequestEnded;
          }
        }
        pod_in_.consume(pod_reader_.head_bytes());
        pod_reader_.restart();
        continue;
      }
    }
    if (expired_) co_return body_late_ ? Outcome::kRequestEnded : Outcome::kLate;
    start_deadline(request_.give_up);
    char* room = pod_in_.prepare(kReadBytes);
    const auto [error, count] = co_await pod_->socket.async_read_some(asio::buffer(room, kReadBytes), kCompletion);
    pod_in_.commit(count);
    pod_spoke_ |= count > 0;
    if (client_gone_ || body_malformed_ || body_late_) co_return Outcome::kRequestEnded;
    if (error) co_return expired_ ? Outcome::kLate : Outcome::kBroken;
  }
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

Task<void> Session::pump_body() {
  in_.consume(first_piece_.consumed);
  boost::system::error_code ignored;
  while (!body_complete_) {
    pump_waits_for_client_ = true;
    char* room = in_.prepare(kReadBytes);
    const auto [error, count] = co_await client_.async_read_some(asio::buffer(room, kReadBytes), kCompletion);
    pump_waits_for_client_ = false;
    in_.commit(count);
    if (pump_stops_ || expired_) break;
    if (error) {
      client_gone_ = true;
      break;
    }
    const BodyPiece piece = reader_.read_body(in_.data(), in_.size());
    if (piece.malformed) {
      body_malformed_ = true;
      break;
    }
    request_.give_up = worker_.now() + request_.timeout;
    start_deadline(request_.give_up);
    if (!co_await send_to_pod({}, piece) || pump_stops_) break;
    in_.consume(piece.consumed);
    body_complete_ = piece.complete;
  }
  // The Pod must not take what it got for the whole request.
  if ((client_gone_ || body_malformed_) && pod_) pod_->socket.close(ignored);
  pump_runs_ = false;
  pump_ended_.cancel();
}

Task<void> Session::end_pump() {
  if (!pump_runs_) co_return;
  pump_stops_ = true;
  boost::system::error_code ignored;
  client_.cancel(ignored);
  if (pod_) pod_->socket.close(ignored);
  while (pump_runs_) {
    pump_ended_.expires_at(Moment::max());
    co_await pump_ended_.async_wait(kCompletion);
  }
}

Task<bool> Session::send_to_pod(std::string_view before, const BodyPiece& piece) {
  std::string_view bytes = piece.bytes;
  const RequestShaping* shaping = worker_.options().shaping;
  if (shaping != nullptr && shaping->reframes_bodies()) [[unlikely]] {
    reshaped_request_.assign(bytes);
    shaping->request_body(reshaped_request_, body_offset_);
    bytes = reshaped_request_;
  }
  body_offset_ += piece.bytes.size();
  const Gather gather(before, bytes, request_.chunked_to_pod, piece.complete);
  if (gather.empty()) co_return true;
  const auto [error, count] = co_await asio::async_write(pod_->socket, gather.buffers(), kCompletion);
  nothing_sent_ = count == 0;
  co_return !error;
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
  body_late_ = pump_waits_for_client_;
  boost::system::error_code ignored;
  client_.cancel(ignored);
  if (pod_) pod_->socket.cancel(ignored);
}

void Session::drop_pod() { pod_.reset(); }

void Session::keep_pod() {
  if (worker_.stopping() || !worker_.dispatcher().is_node(pod_key_)) {
    drop_pod();
  } else {
    worker_.pool().give(pod_key_, std::move(pod_), worker_.now());
  }
}

}  // namespace plumbline::gateway
