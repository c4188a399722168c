// Notices when the host did not run this process for a while: what was measured then is not the candidate's fault.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "wire/history.h"

namespace plumbline::conformance {

/// Owns a thread that looks at the clock every few milliseconds and records gaps. `sink` must be thread-safe.
class StallWatch {
 public:
  static constexpr std::chrono::milliseconds kPeriod{5};
  static constexpr std::chrono::milliseconds kStallMin{50};  ///< shorter gaps are not recorded

  StallWatch(std::function<std::int64_t()> now_us, wire::HistorySink& sink);
  ~StallWatch();  ///< joins

 private:
  void watch();

  std::function<std::int64_t()> now_us_;
  wire::HistorySink& sink_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace plumbline::conformance
