// A child process that shares nothing with the host: PID 1 of namespaces of its own (PID, network, mount, IPC, and
// user unless the caller has the capabilities already). Whatever ends it, the kernel ends everything inside.
#pragma once

#include <sys/types.h>

#include <functional>

#include "model/error.h"

namespace plumbline::network {

/// Runs `body` in such a child; its return value is the child's exit code. Returns the pid to wait for.
///
/// Requires a caller with one thread. Inside: `body` runs in PID 1 with an empty network (not even `lo` is up), mounts
/// that do not propagate, /proc of the new PID namespace, an empty /dev/shm in memory for work files, and the open
/// descriptors of the caller. Descriptors may be raised to the hard limit: they are.
/// The child and all its descendants die when the caller dies in any way, or gets SIGTERM or SIGKILL by the returned
/// pid; SIGINT is left to `body`. A child that dies by a signal ends the returned pid with exit code 128 + signal.
/// Built with a leak checker, a body that returns 0 and lost memory ends it with 23.
/// kUnavailable: the host does not let us; `text` says what failed and how to mend it.
Result<pid_t> spawn_isolated(const std::function<int()>& body);

/// Waits for it. Returns the exit code; 128 + signal when it was killed.
int wait_isolated(pid_t pid);

/// True when new namespaces need a user namespace around them: the caller lacks CAP_SYS_ADMIN, CAP_NET_ADMIN or
/// CAP_NET_RAW.
bool needs_user_namespace();

}  // namespace plumbline::network
