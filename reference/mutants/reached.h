// Notices that a mutant's wrong decision was really made: a mutant that never got there proves nothing. Thread-safe.
#pragma once

#include <atomic>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "reference/control/notifier.h"

namespace plumbline::gateway {

class Reached {
 public:
  /// `notifier` must outlive it.
  Reached(std::string mutant, Notifier& notifier) : mutant_(std::move(mutant)), notifier_(notifier) {}
  /// The wrong decision is made now. Tells so the first time: event {type: "mutant.reached", mutant}.
  void operator()() const;

 private:
  std::string mutant_;
  Notifier& notifier_;
  mutable std::atomic<bool> told_{false};
};

}  // namespace plumbline::gateway
