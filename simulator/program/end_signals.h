// SIGINT and SIGTERM as something to wait for. From its making on they end nothing by themselves; children that are
// forked inherit that. For a process with one thread.
#pragma once

#include <signal.h>
#include <sys/signalfd.h>

#include "simulator/network/descriptor.h"

namespace plumbline::program {

class EndSignals {
 public:
  EndSignals() {
    sigset_t ends;
    ::sigemptyset(&ends);
    ::sigaddset(&ends, SIGINT);
    ::sigaddset(&ends, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &ends, nullptr);
    fd_.reset(::signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  /// Readable when one has come.
  int fd() const { return fd_.get(); }
  /// The one that has come is done with; the next one ends the process.
  void let_through() const {
    signalfd_siginfo taken{};
    (void)!::read(fd_.get(), &taken, sizeof taken);
    sigset_t ends;
    ::sigemptyset(&ends);
    ::sigaddset(&ends, SIGINT);
    ::sigaddset(&ends, SIGTERM);
    ::sigprocmask(SIG_UNBLOCK, &ends, nullptr);
  }

 private:
  network::Descriptor fd_;
};

}  // namespace plumbline::program
