#include "simulator/kube/recording/player.h"

#include <boost/asio/post.hpp>
#include <variant>

namespace plumbline::kube {
namespace {

// What is due is carried out in portions, so that clients are answered in between.
constexpr int kPortion = 256;

}  // namespace

Player::Player(boost::asio::io_context& io, RecordingReader& reader, std::optional<double> speed, Hand hand,
               Clock clock)
    : io_(io), reader_(reader), speed_(speed), hand_(std::move(hand)), clock_(std::move(clock)), timer_(io) {}

Result<RecordingHead> Player::begin() {
  RecordingHead head;
  for (;;) {
    auto line = reader_.next();
    if (!line) return line.error();
    if (!*line && head.resource_version == 0)
      return Error{Reason::kInvalidValue, reader_.where() + ": there is no head", "", ""};
    if (!*line) return head;
    if (const auto* first = std::get_if<RecordingHead>(&**line)) head = *first;
    if (auto* change = std::get_if<RecordedChange>(&**line)) next_ = std::move(*change);
    if (next_ || std::holds_alternative<RecordingEnd>(**line)) return head;
    if (const auto* state = std::get_if<RecordedState>(&**line))
      if (const auto done = carry_out(Op::kAdded, state->object); !done) return done.error();
  }
}

Result<void> Player::carry_out(Op op, const Value& object) {
  const auto done = hand_(op, object);
  if (done) return {};
  Error why = done.error();
  why.text = reader_.where() + ": " + why.text;
  return why;
}

void Player::start(Ended ended) {
  ended_ = std::move(ended);
  started_ = clock_();
  boost::asio::post(io_, [this] { play(); });
}

Result<void> Player::read_next() {
  next_.reset();
  auto line = reader_.next();
  if (!line) return line.error();
  if (*line)
    if (auto* change = std::get_if<RecordedChange>(&**line)) next_ = std::move(*change);
  return {};
}

std::chrono::steady_clock::time_point Player::due(std::chrono::microseconds at) const {
  if (!speed_) return started_;
  return started_ + std::chrono::duration_cast<std::chrono::steady_clock::duration>(at / *speed_);
}

void Player::play() {
  for (int i = 0; i < kPortion; ++i) {
    if (!next_) return ended_(std::nullopt);
    if (const auto left = due(next_->at) - clock_(); left > left.zero()) {
      timer_.expires_after(left);
      return timer_.async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled) play();
      });
    }
    if (const auto done = carry_out(next_->op, next_->object); !done) return ended_(done.error());
    ++changes_;
    if (const auto read = read_next(); !read) return ended_(read.error());
  }
  boost::asio::post(io_, [this] { play(); });
}

}  // namespace plumbline::kube
