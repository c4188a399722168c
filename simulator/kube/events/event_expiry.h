// Lets Events end an hour after they were last written, whoever wrote them, as real servers do. One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <memory>

#include "simulator/kube/api/operations.h"

namespace plumbline::kube {

inline constexpr std::chrono::hours kEventLife{1};

class EventExpiry {
 public:
  /// `clock` says what time it is. All must outlive this.
  EventExpiry(boost::asio::io_context& io, Operations& operations, Store::WallClock clock);

  /// Ends those whose time has come, a thousand at most; true when there are more. Happens by itself, too.
  bool expire();

 private:
  struct Due {
    std::chrono::system_clock::time_point at;
    std::shared_ptr<const Identity> event;
    std::uint64_t resource_version;  ///< what was written later has a later time
  };
  void on_event(const Event& event);
  void wait(bool more);

  Operations& operations_;
  Store::WallClock clock_;
  boost::asio::steady_timer timer_;
  bool waiting_ = false;
  std::deque<Due> due_;  ///< the oldest first
  Store::Subscription events_;
};

}  // namespace plumbline::kube
