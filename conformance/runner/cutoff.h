// The moment at which a scenario is cut short, so that a run ends in bounded time whatever the candidate does: nothing
// new is begun after it, and what is under way is ended as its own deadline allows. Value type.
#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

namespace plumbline::conformance {

class Cutoff {
 public:
  using Clock = std::chrono::steady_clock;

  /// Never.
  Cutoff() = default;
  /// `cap` from now on.
  explicit Cutoff(std::chrono::milliseconds cap) : at_(Clock::now() + cap) {}

  bool passed() const { return Clock::now() >= at_; }
  Clock::time_point at() const { return at_; }
  /// Lets `span` pass; false when the cut came first, and then no longer than until the cut.
  bool pause(std::chrono::milliseconds span) const {
    const auto end = Clock::now() + span;
    std::this_thread::sleep_until(std::min(end, at_));
    return end <= at_;
  }

 private:
  Clock::time_point at_ = Clock::time_point::max();
};

}  // namespace plumbline::conformance
