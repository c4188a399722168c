// Writes what happens in a store as the lines of a recording. One thread: the store's.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "simulator/kube/recording/recording.h"
#include "simulator/kube/store/store.h"

namespace plumbline::kube {

class RecordingWriter {
 public:
  /// A line without its newline. May not write to the store.
  using Sink = std::function<void(const std::string& line)>;
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  /// Tells `sink` at once of the head and of all that is there, then of every change. `store` must outlive this.
  RecordingWriter(const std::string& cluster, Store& store, Sink sink, Clock clock = std::chrono::steady_clock::now);
  /// Tells of nothing any more. May be called while a change is being told.
  void stop();
  /// As stop(), after it has told of the end.
  void end();

 private:
  std::chrono::microseconds since_began() const;

  Sink sink_;
  Clock clock_;
  std::chrono::steady_clock::time_point began_;
  std::uint64_t changes_ = 0;
  Store::Subscription subscription_;
};

}  // namespace plumbline::kube
