// Lets a recording happen again: first what was there, at once; then, when it is started, each change at its time.
// One thread: that of its io_context.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "simulator/kube/recording/recording_reader.h"

namespace plumbline::kube {

inline constexpr double kSlowest = 0.01;

class Player {
 public:
  /// Carries out what the recording says.
  using Hand = std::function<Result<void>(Op op, const Value& object)>;
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  /// How it ended: nothing, or what the reader or the hand said.
  using Ended = std::function<void(const std::optional<Error>& why)>;

  /// `speed`: 2 is twice as fast as it was, at least kSlowest; nothing is as fast as can be. `reader` must outlive
  /// this.
  Player(boost::asio::io_context& io, RecordingReader& reader, std::optional<double> speed, Hand hand,
         Clock clock = std::chrono::steady_clock::now);

  /// Reads the head, and hands over what was there. The head; kInvalidValue as the reader's and the hand's.
  Result<RecordingHead> begin();
  /// Plays the changes; once, after begin().
  void start(Ended ended);
  std::uint64_t changes() const { return changes_; }  ///< that were carried out

 private:
  Result<void> carry_out(Op op, const Value& object);
  Result<void> read_next();
  void play();
  std::chrono::steady_clock::time_point due(std::chrono::microseconds at) const;

  boost::asio::io_context& io_;
  RecordingReader& reader_;
  std::optional<double> speed_;
  Hand hand_;
  Clock clock_;
  Ended ended_;
  std::optional<RecordedChange> next_;
  std::uint64_t changes_ = 0;
  std::chrono::steady_clock::time_point started_;
  boost::asio::steady_timer timer_;
};

}  // namespace plumbline::kube
