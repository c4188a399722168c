// The judge's truth, fed with the records of a history while it is written. Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>

#include "conformance/checks/truth.h"
#include "wire/history.h"

namespace plumbline::conformance {

/// Passes every record on to `next`, which must outlive it, and looks at it.
class LiveTruth : public wire::HistorySink {
 public:
  explicit LiveTruth(wire::HistorySink& next) : next_(next) {}

  void write(const nlohmann::json& record) override {
    look_at(record);
    next_.write(record);
  }
  /// Takes a record that reaches the history in another way (the header).
  void look_at(const nlohmann::json& record) {
    const std::lock_guard lock(mutex_);
    truth_.feed(record);
    ++version_;
  }
  /// Nodes of the scenario's tunnel `tunnel` now.
  std::vector<TruthNode> expected(const std::string& tunnel) const {
    const std::lock_guard lock(mutex_);
    return truth_.expected(tunnel);
  }
  /// Grows with every record: while it stays, so does what is expected.
  std::uint64_t version() const { return version_; }

 private:
  wire::HistorySink& next_;
  mutable std::mutex mutex_;
  Truth truth_;
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace plumbline::conformance
