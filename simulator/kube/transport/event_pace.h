// When the events of watches are sent: at once after a pause, and what comes close behind together a little later, so
// that a busy cluster with many watchers sends a few large pieces to each, not one for every change. One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace plumbline::kube {

class EventPace {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  /// How long nothing is sent after something was: `each` for every connection that it was sent to, `most` at most.
  struct Pause {
    std::chrono::steady_clock::duration each, most;
  };
  /// `io` must outlive this. What was added when this ends is not called any more.
  EventPace(boost::asio::io_context& io, Pause pause, Clock clock = std::chrono::steady_clock::now);
  ~EventPace();
  EventPace(const EventPace&) = delete;
  EventPace& operator=(const EventPace&) = delete;

  /// `send`, to one connection, is called once, in the order of additions, never from here: in the next turn of the
  /// event loop when no pause is on, else when it is over.
  void add(std::function<void()> send);

 private:
  struct State;
  static void send(const std::shared_ptr<State>& state);
  std::shared_ptr<State> state_;  ///< shared with what asio still has to call, which may outlive this
};

}  // namespace plumbline::kube
