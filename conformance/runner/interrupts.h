// Ctrl-C (SIGINT) and SIGTERM: both are a user's wish that the run ends, with ExitCode::kInconclusive and whatever
// report there can be. Requires a process with one thread.
#pragma once

#include <signal.h>

namespace plumbline::conformance {

/// From now on a wish ends this process at once with ExitCode::kInconclusive, saying so on standard error. For commands
/// while they read and write; what runs workers holds the wishes back with Interrupts, to report what there is.
void end_when_interrupted();

/// Holds wishes back while it lives, so that they can be asked for. None is lost: one that came and was never asked for
/// takes its usual effect when this ends; once it is known that one came, further ones are the same wish.
class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  /// Whether there was a wish since this began.
  bool came();
  /// Readable when one may have come since came() was last asked. Owned by this.
  int descriptor() const { return descriptor_; }
  /// To be called in a forked child: signals are as in a process that has just started.
  void forget_in_child() const;

 private:
  int descriptor_ = -1;
  sigset_t before_{};
  bool came_ = false;
};

}  // namespace plumbline::conformance
