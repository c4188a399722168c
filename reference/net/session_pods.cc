// The side of a session that faces the Pods: picks, dials, sends, waits, and tries elsewhere when that is safe.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>

#include "reference/net/gather.h"
#include "reference/net/session.h"
#include "reference/net/worker.h"

namespace plumbline::gateway {
namespace {

constexpr int kDialsMax = 8;           ///< Pods that one request tries to connect to
constexpr int kInterimAnswersMax = 8;  ///< 1xx responses before the final one

}  // namespace

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
          body_due_ = true;
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

Task<void> Session::pump_body() {
  in_.consume(first_piece_.consumed);
  boost::system::error_code ignored;
  while (!body_complete_) {
    pump_waits_for_client_ = true;
    char* room = in_.prepare(kReadBytes);
    const auto [error, count] = co_await client_.async_read_some(asio::buffer(room, kReadBytes), kCompletion);
    pump_waits_for_client_ = false;
    in_.commit(count);
    body_due_ |= count > 0;
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

void Session::drop_pod() { pod_.reset(); }

void Session::keep_pod() {
  if (worker_.stopping() || !worker_.dispatcher().is_node(pod_key_)) {
    drop_pod();
  } else {
    worker_.pool().give(pod_key_, std::move(pod_), worker_.now());
  }
}

}  // namespace plumbline::gateway
