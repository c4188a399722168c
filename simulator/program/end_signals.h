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
    fd_.reset(::signalfd(-1, &ends, SFD_CLOEXEC));
  }
  /// Readable when one has come.
  int fd() const { return fd_.get(); }

 private:
  network::Descriptor fd_;
};

}  // namespace plumbline::program
