#include "simulator/kube/transport/event_pace.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>
#include <vector>

namespace plumbline::kube {

struct EventPace::State {
  boost::asio::io_context& io;
  Pause pause;
  Clock clock;
  boost::asio::steady_timer timer;
  std::vector<std::function<void()>> waiting;
  std::chrono::steady_clock::time_point next{};  ///< not before
  bool closed = false;
};

EventPace::EventPace(boost::asio::io_context& io, Pause pause, Clock clock)
    : state_(std::make_shared<State>(State{io, pause, std::move(clock), boost::asio::steady_timer(io), {}})) {}

EventPace::~EventPace() {
  state_->closed = true;
  state_->waiting.clear();
  state_->timer.cancel();
}

void EventPace::add(std::function<void()> send) {
  State& state = *state_;
  state.waiting.push_back(std::move(send));
  if (state.waiting.size() > 1) return;
  const auto now = state.clock();
  if (now >= state.next) return boost::asio::post(state.io, [shared = state_] { EventPace::send(shared); });
  state.timer.expires_after(state.next - now);
  state.timer.async_wait([shared = state_](const boost::system::error_code&) { EventPace::send(shared); });
}

void EventPace::send(const std::shared_ptr<State>& state) {
  if (state->closed) return;
  const auto sends = std::exchange(state->waiting, {});
  const auto [each, most] = state->pause;
  state->next = state->clock() + std::min(most, each * static_cast<std::int64_t>(sends.size()));
  for (const auto& send : sends) send();
}

}  // namespace plumbline::kube
