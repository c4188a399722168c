#include "conformance/runner/stall_watch.h"

namespace plumbline::conformance {

StallWatch::StallWatch(std::function<std::int64_t()> now_us, wire::HistorySink& sink)
    : now_us_(std::move(now_us)), sink_(sink), thread_([this] { watch(); }) {}

StallWatch::~StallWatch() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void StallWatch::watch() {
  std::unique_lock lock(mutex_);
  std::int64_t before = now_us_();
  while (!changed_.wait_for(lock, kPeriod, [&] { return ended_; })) {
    const std::int64_t now = now_us_();
    const auto gap = std::chrono::microseconds(now - before) - kPeriod;
    if (gap > kStallMin) {
      sink_.write({{"type", "stall"}, {"t", before}, {"ms", static_cast<double>(gap.count()) / 1000.0}});
    }
    before = now;
  }
}

}  // namespace plumbline::conformance
