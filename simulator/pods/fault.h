// What can be wrong with a Pod. A value; no I/O.
#pragma once

namespace plumbline::pods {

/// What a Pod does wrong. Set per Pod, changed at any time.
enum class Fault {
  kNone,
  kNotReady,     ///< answers, but its readiness probe fails: Kubernetes says not ready
  kRefused,      ///< nothing listens: connections are refused
  kUnreachable,  ///< its address answers "host unreachable"
  kSilentDrop,   ///< SYNs vanish
  kStall,        ///< accepts, never answers
  kReset,        ///< accepts, then resets
  kSlow,         ///< answers after `delay`
};

}  // namespace plumbline::pods
