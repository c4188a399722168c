// When the events of watches are sent: at once after a pause, and what comes close behind together a little later, so
// that a busy cluster sends a few large pieces to each watcher, not one for every change. One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace plumbline::kube {

class EventPace {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  /// `io` must outlive this. What was added when this ends is not called any more.
  EventPace(boost::asio::io_context& io, std::chrono::steady_clock::duration pause,
            Clock clock = std::chrono::steady_clock::now);
  ~EventPace();
  EventPace(const EventPace&) = delete;
  EventPace& operator=(const EventPace&) = delete;

  /// `send` is called once, in the order of additions, never from here: in the next turn of the event loop when nothing
  /// was sent for `pause`, else when that is over.
  void add(std::function<void()> send);

 private:
  struct State;
  static void send(const std::shared_ptr<State>& state);
  std::shared_ptr<State> state_;  ///< shared with what asio still has to call, which may outlive this
};

}  // namespace plumbline::kube
