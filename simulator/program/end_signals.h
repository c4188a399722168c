// SIGINT, SIGTERM, and SIGHUP where it is not ignored (nohup), as something to wait for. From its making on they end
// nothing by themselves; children that are forked inherit that. For a process with one thread.
#pragma once

#include <signal.h>
#include <sys/signalfd.h>

#include "simulator/network/descriptor.h"

namespace plumbline::program {

class EndSignals {
 public:
  EndSignals() {
    const sigset_t ends = all();
    ::sigprocmask(SIG_BLOCK, &ends, nullptr);
    fd_.reset(::signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  /// Readable when one has come.
  int fd() const { return fd_.get(); }
  /// The one that has come is done with; the next one ends the process.
  void let_through() const {
    signalfd_siginfo taken{};
    (void)!::read(fd_.get(), &taken, sizeof taken);
    const sigset_t ends = all();
    ::sigprocmask(SIG_UNBLOCK, &ends, nullptr);
  }
  /// A terminal that is closed ends a program, unless it was told to go on.
  static bool hang_up_ends() {
    struct sigaction now {};
    return ::sigaction(SIGHUP, nullptr, &now) == 0 && now.sa_handler != SIG_IGN;
  }

 private:
  static sigset_t all() {
    sigset_t ends;
    ::sigemptyset(&ends);
    ::sigaddset(&ends, SIGINT);
    ::sigaddset(&ends, SIGTERM);
    if (hang_up_ends()) ::sigaddset(&ends, SIGHUP);
    return ends;
  }
  network::Descriptor fd_;
};

}  // namespace plumbline::program
