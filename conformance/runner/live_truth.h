// The judge's truth, fed with the records of a history while it is written. Thread-safe.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
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
    if (record.value("type", "") == "control" && record.contains("result")) {
      answered_ = record.value("t1", record.value("t", std::int64_t{0}));
    }
    ++version_;
  }
  /// Nodes of the scenario's tunnel `tunnel` now.
  std::vector<TruthNode> expected(const std::string& tunnel) const {
    const std::lock_guard lock(mutex_);
    return truth_.expected(tunnel);
  }
  /// Since when, but not before `earliest`, the candidate owes what is expected of `tunnel` now: the last change of its
  /// nodes, or the candidate's last answer to a contract call.
  std::int64_t owed_since(const std::string& tunnel, std::int64_t earliest) const {
    const std::lock_guard lock(mutex_);
    const std::int64_t floor = std::max(earliest, answered_);
    const auto now = truth_.expected(tunnel);
    const auto times = truth_.changes(floor, INT64_MAX);
    for (auto t = times.rbegin(); t != times.rend(); ++t) {
      if (truth_.expected(tunnel, *t - 1) != now) return *t;
    }
    return floor;
  }
  /// Grows with every record: while it stays, so does what is expected.
  std::uint64_t version() const { return version_; }

 private:
  wire::HistorySink& next_;
  mutable std::mutex mutex_;
  Truth truth_;
  std::int64_t answered_ = 0;
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace plumbline::conformance
