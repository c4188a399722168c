// Keeps one collection of one cluster up to date: LIST, then WATCH from its resourceVersion; again from the LIST when
// the version is too old (410), after growing pauses when the API server fails (Kubernetes API conventions, "Efficient
// detection of changes"). A state machine: each event returns the next thing to do. No clock, no socket.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "reference/ports/random.h"

namespace plumbline::gateway {

/// Pauses between attempts: doubled from `first` to `last`, each shortened by up to half by chance so that many
/// gateways do not come back in step.
struct BackoffOptions {
  std::chrono::milliseconds first{50};
  std::chrono::milliseconds last{5000};
};

class Backoff {
 public:
  Backoff(BackoffOptions options, Random random) : options_(options), random_(random) {}
  std::chrono::milliseconds next();
  void reset() { failures_ = 0; }

 private:
  BackoffOptions options_;
  Random random_;
  int failures_ = 0;
};

enum class WatchEnd {
  kClosed,  ///< the server ended it in good order
  kGone,    ///< 410: the version is too old
  kFailed,  ///< connection lost, unreadable, silent for too long, or any other status
};

class Reflector {
 public:
  enum class Step { kList, kWatch, kWait };
  struct Next {
    Step step = Step::kList;
    std::string resource_version;        ///< of kWatch
    std::chrono::milliseconds pause{0};  ///< of kWait; then call waited()
    friend bool operator==(const Next&, const Next&) = default;
  };

  Reflector(BackoffOptions options, Random random) : backoff_(options, random) {}

  Next start();
  /// A whole LIST was taken over; `resource_version` is the collection's. `poll`: do not watch but list again after
  /// this long (mutants).
  Next listed(const std::string& resource_version, std::optional<std::chrono::milliseconds> poll = std::nullopt);
  Next list_failed();
  /// An event or bookmark of the watch carried this version.
  void seen(const std::string& resource_version);
  Next watch_ended(WatchEnd how);
  Next waited();

 private:
  Next wait(Step after);

  Backoff backoff_;
  std::string version_;
  Step after_wait_ = Step::kList;
};

}  // namespace plumbline::gateway
