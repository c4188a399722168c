// Keeps work that costs much from being done too often: after work on many things a key rests, and what happens
// meanwhile is done at once afterwards. Work on few things never rests. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <utility>

#include "simulator/kube/controllers/work_queue.h"

namespace plumbline::kube {

inline constexpr std::size_t kThingsWithoutRest = 256;
/// So that a key takes about a tenth of the time at most.
inline constexpr std::chrono::microseconds kRestPerThing{100};

class Pace {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  /// `queue` must outlive this.
  explicit Pace(WorkQueue& queue, Clock clock = std::chrono::steady_clock::now)
      : queue_(queue), clock_(std::move(clock)) {}

  /// True: not now; the key comes again by itself.
  bool rests(const ObjectKey& key);
  void worked(const ObjectKey& key, std::size_t things);

 private:
  WorkQueue& queue_;
  Clock clock_;
  std::map<ObjectKey, std::chrono::steady_clock::time_point> until_;
};

}  // namespace plumbline::kube
